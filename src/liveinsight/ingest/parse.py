"""Raw body to raw events. Whatever is wrong with one event stays with that event; the rest of the batch goes on."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json

from liveinsight.errors import BodyTooLarge, InvalidInput
from liveinsight.ingest.outcome import Refusal, rejected
from liveinsight.models.events import MAX_BATCH_EVENTS, Event

MAX_BODY_BYTES = 1024 * 1024
_LONGEST_INT = 40  # digits; longer ones cannot be valid anywhere and are costly to convert
_LONGEST_MESSAGE = 200
_SHOULD = re.compile(r"^\w+ should ")
_MAX_SENT_AT = 10**15

_validate = Event.__pydantic_validator__.validate_python


@dataclass(frozen=True, slots=True)
class Envelope:
    """A body read as JSON: the raw events, and the sender's clock in ms when it said so."""

    events: list[Any]
    sent_at: int | None
    suspicious: bool  # may hold text that no store should keep: look at each event closely


def read_envelope(body: bytes) -> Envelope:
    """One event, a list, or {"events": [...], "sent_at": ms}. Raises InvalidInput or BodyTooLarge for the whole."""
    if len(body) > MAX_BODY_BYTES:
        raise BodyTooLarge
    raw, lenient = _read_json(body)
    sent_at = None
    if isinstance(raw, dict):
        sent_at = raw.pop("sent_at", None)
        raw = raw.get("events", [raw])
    if not isinstance(raw, list):
        msg = 'Send one event as a JSON object, a list of events, or {"events": [...]}.'
        raise InvalidInput(msg, code="invalid_json")
    if not raw:
        msg = "The batch is empty: send at least one event."
        raise InvalidInput(msg, code="empty_batch")
    if len(raw) > MAX_BATCH_EVENTS:
        msg = f"The batch has {len(raw)} events; the limit is {MAX_BATCH_EVENTS}. Send smaller batches."
        raise BodyTooLarge(msg, code="too_many_events")
    if sent_at is not None and (type(sent_at) is not int or not 0 < sent_at < _MAX_SENT_AT):
        msg = "sent_at must be the sender's clock in milliseconds since the epoch, as a whole number."
        raise InvalidInput(msg, code="invalid_sent_at")
    return Envelope(raw, sent_at, lenient or b"\\u0000" in body)


def read_event(raw: object, *, suspicious: bool) -> Event | Refusal:
    """The validated event, or the first thing that is wrong with it."""
    if not isinstance(raw, dict):
        return rejected("invalid_event", "", "an event must be a JSON object")
    if suspicious and (refusal := _unstorable_text(raw)):
        return refusal
    try:
        return _validate(raw)  # type: ignore[no-any-return]
    except ValidationError as error:
        return _first_problem(error)


def _read_json(body: bytes) -> tuple[Any, bool]:
    """(value, whether it needed the lenient reader, which lets one odd event through so that the others survive)."""
    try:
        return from_json(body, allow_inf_nan=False), False
    except ValueError:
        pass
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        msg = "The body is not UTF-8. Send JSON encoded as UTF-8."
        raise InvalidInput(msg, code="invalid_encoding") from None
    try:
        return json.loads(text, parse_int=_bounded_int, strict=False), True
    except RecursionError:
        msg = "The body is nested too deeply. Events are flat: custom properties are text, numbers, true or false."
        raise InvalidInput(msg, code="invalid_json") from None
    except ValueError as error:
        where = f" at line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        msg = f"The body is not valid JSON{where}."
        raise InvalidInput(msg, code="invalid_json") from None


def _bounded_int(digits: str) -> float:
    return int(digits) if len(digits) <= _LONGEST_INT else math.inf


def _unstorable_text(raw: dict[str, Any]) -> Refusal | None:
    for name, value in raw.items():
        for text in (name, value):
            if not isinstance(text, str):
                continue
            field = name.encode("utf-8", "replace").decode().replace("\x00", "?")
            if "\x00" in text:
                return rejected("invalid_event", field, "must not contain the NUL character")
            if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
                return rejected("invalid_event", field, "contains half of a surrogate pair, which is not a character")
    return None


def _first_problem(error: ValidationError) -> Refusal:
    problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
    field = ".".join(str(part) for part in problem["loc"])
    message = _SHOULD.sub("must ", problem["msg"].removeprefix("Value error, "))
    if problem["type"] == "missing":
        message = "is required"
    return rejected("invalid_event", field, message[:_LONGEST_MESSAGE])
