"""What the dimensions are in events and sessions, by vocabulary name. Context holds the other session-level ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic_core import to_json

from liveinsight.stats.vocabulary import PROPERTY

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.models.events import StoredEvent
    from liveinsight.models.sessions import Session

EVENT_VALUES: dict[str, Callable[[StoredEvent], str]] = {
    "page": lambda event: event.page,
    "page_title": lambda event: event.page_title,
    "event_type": lambda event: event.event_type,
    "conversion_type": lambda event: event.conversion_type,
    "currency": lambda event: event.currency,
    "element": lambda event: event.element,
}
SESSION_VALUES: dict[str, Callable[[Session], str]] = {
    "entry_page": lambda session: session.entry_page,
    "exit_page": lambda session: session.exit_page,
}


def value_of(dimension: str, event: StoredEvent, session: Session) -> str:
    """The value of an event- or session-level dimension; empty when it is missing."""
    if of_event := EVENT_VALUES.get(dimension):
        return of_event(event)
    if of_session := SESSION_VALUES.get(dimension):
        return of_session(session)
    if dimension.startswith(PROPERTY):
        value = event.properties.get(dimension.removeprefix(PROPERTY), "")
        return value if isinstance(value, str) else to_json(value).decode()
    return str(getattr(session.context, dimension))
