"""Whether a condition holds for an event of a visit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.stats.filters import AllOf, AnyOf, Did, Filter, Not

if TYPE_CHECKING:
    from collections.abc import Iterable

    from liveinsight.models.events import StoredEvent
    from liveinsight.stats.filters import Condition
    from tests.brute_force.visit import Visit

OF_EVENTS = {"page", "page_title", "event_type", "conversion_type", "currency", "element"}


def is_of_events(dimension: str) -> bool:
    """Whether a dimension belongs to the event; else it belongs to the session."""
    return dimension in OF_EVENTS or dimension.startswith("prop:")


def value_of(dimension: str, event: StoredEvent, visit: Visit) -> str:
    """The value of a dimension as text, empty when it is missing."""
    if dimension.startswith("prop:"):
        value = event.properties.get(dimension[5:], "")
        return str(value).lower() if isinstance(value, bool) else str(value)
    if dimension == "element":
        return _element(event.sent)
    if dimension in {"entry_page", "exit_page"}:
        return visit.entry_page if dimension == "entry_page" else visit.exit_page
    return str(getattr(event if dimension in OF_EVENTS else visit.events[0].context, dimension))


def all_hold(conditions: Iterable[Condition], event: StoredEvent, visit: Visit) -> bool:
    """Whether every condition holds for an event."""
    return False not in [holds(each, event, visit) for each in conditions]


def holds(condition: Condition, event: StoredEvent, visit: Visit) -> bool:
    """Whether a condition holds for an event."""
    match condition:
        case AllOf(conditions):
            return False not in [holds(each, event, visit) for each in conditions]
        case AnyOf(conditions):
            return True in [holds(each, event, visit) for each in conditions]
        case Not(inner):
            return not holds(inner, event, visit)
        case Did(inner):
            return True in [holds(inner, other, visit) for other in visit.events]
        case Filter(dimension, operator, values):
            answers = [_compared(value_of(dimension, event, visit), operator, each) for each in values]
            return False not in answers if operator == "is_not" else True in answers


def _compared(value: str, operator: str, asked: str) -> bool:
    return {
        "is": value == asked,
        "is_not": value != asked,
        "contains": value.find(asked) >= 0,
        "starts_with": value[: len(asked)] == asked,
        "matches": _fits(asked, value),
    }[operator]


def _fits(pattern: str, value: str) -> bool:
    """Letter by letter: a star is nothing, or one more letter and still a star."""
    if not pattern:
        return not value
    if pattern[0] == "*":
        return _fits(pattern[1:], value) or (value != "" and _fits(pattern, value[1:]))
    return value[:1] == pattern[0] and _fits(pattern[1:], value[1:])


def _element(sent: dict[str, str]) -> str:
    words = ""
    if sent.get("element_tag"):
        words += sent["element_tag"]
    if sent.get("element_id"):
        words += "#" + sent["element_id"]
    if sent.get("element_text"):
        words += (" " if words else "") + '"' + sent["element_text"] + '"'
    return words
