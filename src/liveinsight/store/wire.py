"""What a store is asked and answers, as JSON: for a store that lives in another process.

JSON knows no tuples, no keys but text, and no types of ours. A value of ours is an object with its name:
`{"Period": [0, 9]}`, a tuple is `{"()": [...]}`, a dictionary `{"{}": [[key, value], ...]}`.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json, to_json

from liveinsight.errors import InvalidInput
from liveinsight.ingest.outcome import Tally
from liveinsight.models.events import Context, FilteredEvent, StoredEvent
from liveinsight.models.sessions import Moment, Session
from liveinsight.stats.filtered import FilteredEvents
from liveinsight.stats.filters import AllOf, AnyOf, Did, Filter, Not
from liveinsight.stats.funnel import Funnel, Step
from liveinsight.stats.journey import Flow, Journey, Link
from liveinsight.stats.period import Period
from liveinsight.stats.query import Query, Result, Row
from liveinsight.stats.retention import Cohort, Retention
from liveinsight.stats.visits import PublicSession, VisitorSessions
from liveinsight.store.base import Arrivals, Batch, LedgerRow, Live, Purged

if TYPE_CHECKING:
    from collections.abc import Callable

_QUESTIONS: tuple[type, ...] = (Query, Funnel, Retention, Journey, VisitorSessions, FilteredEvents)
_PARTS_OF_QUESTIONS = (Period, Filter, AllOf, AnyOf, Not, Did)
_ANSWERS = (Result, Row, Step, Cohort, Flow, Link, PublicSession, Session, Moment, Live, LedgerRow, Purged)
_EVENTS = (StoredEvent, Context, FilteredEvent, Batch, Tally, Arrivals)
KNOWN: dict[str, type] = {each.__name__: each for each in (*_QUESTIONS, *_PARTS_OF_QUESTIONS, *_ANSWERS, *_EVENTS)}
_TUPLE, _DICT = "()", "{}"


def dumps(value: Any) -> bytes:
    """JSON of a value. Raises TypeError for one that is no part of the interface of a store."""
    return to_json(_plain(value), inf_nan_mode="constants")


def loads(text: bytes) -> Any:
    """The value of JSON. Raises InvalidInput for what no store sends."""
    try:
        return _value(from_json(text))
    except (KeyError, TypeError, ValueError) as error:
        msg = "The request is none that a store makes. Do both sides have the same version of LiveInsight?"
        raise InvalidInput(msg, code="invalid_store_request") from error


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {_DICT: [[_plain(key), _plain(each)] for key, each in value.items()]}
    name = type(value).__name__
    if KNOWN.get(name) is type(value):
        return {name: [_plain(each) for each in _FIELDS[name](value)]}
    if type(value) is tuple:
        return {_TUPLE: [_plain(each) for each in value]}
    msg = f"A {name} is not sent to a store, nor by one."
    raise TypeError(msg)


def _value(plain: Any) -> Any:
    if isinstance(plain, list):
        return [_value(each) for each in plain]
    if not isinstance(plain, dict):
        return plain
    [(name, content)] = plain.items()
    values = [_value(each) for each in content]
    if name == _TUPLE:
        return tuple(values)
    if name == _DICT:
        return dict(values)
    kind = KNOWN[name]
    # One that is older lacks the last fields, which have defaults.
    return kind(**dict(zip(_NAMES[name], values, strict=False))) if is_dataclass(kind) else kind(*values)


def _reader(kind: type) -> Callable[[Any], tuple[Any, ...]]:
    names = _names(kind)
    one = attrgetter(*names)
    return (lambda value: (one(value),)) if len(names) == 1 else one


def _names(kind: type) -> list[str]:
    return [each.name for each in fields(kind)] if is_dataclass(kind) else list(kind._fields)  # type: ignore[attr-defined]


_NAMES = {name: _names(kind) for name, kind in KNOWN.items()}
_FIELDS = {name: _reader(kind) for name, kind in KNOWN.items()}
