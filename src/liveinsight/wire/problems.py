"""The one mapping of errors to HTTP.

Every error, on every route, is `{"status": "error", "message": "one plain sentence", "code": "stable_code",
"details": [...]}`. What went wrong inside is logged and never answered.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic_core import to_json

from liveinsight.errors import (
    BodyTooLarge,
    InvalidInput,
    LiveInsightError,
    NotFound,
    RateLimited,
    Retryable,
    Unauthorized,
)
from liveinsight.wire.reading import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

logger = logging.getLogger(__name__)

# The first class that fits decides: subclasses come before what they derive from.
_STATUSES: tuple[tuple[type[LiveInsightError], int], ...] = (
    (BodyTooLarge, 413),
    (InvalidInput, 400),
    (Unauthorized, 401),
    (NotFound, 404),
    (RateLimited, 429),
    (Retryable, 503),
)
# What frameworks raise by themselves: code and message by status.
_OF_STATUS = {
    400: ("invalid_input", "The request cannot be understood."),
    401: ("unauthorized", "Log in first."),
    403: ("forbidden", "You may not do that."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take that method."),
    413: ("body_too_large", "The body is too large for this address."),
    429: ("rate_limited", "Too many requests from this address. Wait a little."),
}
_FAULT = "Something went wrong on our side. The server's log says what."
_PLACES = {"query": "parameter "}
# Where Pydantic's own sentence would puzzle a person who wrote an address or a curl command.
_PLAIN = {
    "missing": "is required",
    "extra_forbidden": "is not known here",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "is too large a number",
    "int_from_float": "must be a whole number",
    "json_invalid": "is not valid JSON",
    "model_type": "must be a JSON object",
    "tuple_type": "must be a list",
}
_SUBJECT = re.compile(r"^\w+ should ")  # Pydantic names the type that it wants: the field is named already


class Problem(NamedTuple):
    """An error as it is answered."""

    status: int
    message: str
    code: str
    details: list[dict[str, Any]]
    headers: dict[str, str]

    def envelope(self) -> dict[str, Any]:
        """What the client reads."""
        return {"status": "error", "message": self.message, "code": self.code, "details": self.details}

    def body(self) -> bytes:
        """The envelope as JSON."""
        return to_json(self.envelope(), inf_nan_mode="null")


class _Detail(NamedTuple):
    """One thing that is wrong with a request. `place` is how to call where it stands."""

    place: str
    field: str
    message: str

    def public(self) -> dict[str, Any]:
        return {"field": self.field, "message": self.message}


def problem_of(error: Exception) -> Problem:
    """What to answer to an error. One that nobody raised on purpose is logged, and answered without any detail."""
    if isinstance(error, LiveInsightError):
        for kind, status in _STATUSES:
            if isinstance(error, kind):
                return Problem(status, error.message, error.code, error.details, _headers(error))
    if isinstance(error, InvalidRequest):
        return _invalid([_detail(each) for each in error.errors])
    logger.error("request failed", exc_info=error)
    return Problem(500, _FAULT, "internal_error", [], {})


def problem_of_status(status: int, headers: Mapping[str, str] | None = None) -> Problem:
    """What to answer to an error that a framework raised."""
    code, message = _OF_STATUS.get(status, ("http_error", "The request cannot be answered."))
    return Problem(status, message, code, [], dict(headers or {}))


def _invalid(details: list[_Detail]) -> Problem:
    first = details[0]
    subject = f"{first.place}{first.field}" if first.field else "the body"
    message = f"{subject[0].upper()}{subject[1:]} {first.message}."
    return Problem(400, message, "invalid_input", [each.public() for each in details], {})


def _headers(error: LiveInsightError) -> dict[str, str]:
    if isinstance(error, Retryable):
        return {"Retry-After": str(error.retry_after)}
    if isinstance(error, Unauthorized):
        return {"WWW-Authenticate": "Bearer"}
    return {}


def _detail(found: Mapping[str, Any]) -> _Detail:
    place, *path = found["loc"]
    return _Detail(_PLACES.get(place, ""), ".".join(map(str, path)), _plain(found))


def _plain(found: Mapping[str, Any]) -> str:
    message = _PLAIN.get(found["type"]) or str(found["msg"]).removeprefix("Value error, ")
    return _SUBJECT.sub("must ", message).replace(" after validation", "")
