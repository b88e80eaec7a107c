"""Sessions: a pure fold of events, the same in every store and for every order of arrival.

A session is the events of one (site_id, session_id) with no gap over 30 minutes. One event is a session of its own
(`session_of`); sessions that touch are joined (`merge`). Merging is commutative and associative, so late, repeated or
shuffled deliveries all end in the same sessions. A `chain` is the list of a client session id's sessions, in order.
"""

from __future__ import annotations

from typing import NamedTuple

from liveinsight.models.events import CONVERSION, PAGE_EXIT, PAGE_VIEW, Context, StoredEvent, is_interaction

SESSION_GAP_MS = 30 * 60 * 1000
ONLINE_MS = 5 * 60 * 1000
LEFT_AFTER_MS = 10 * 1000


class Moment(NamedTuple):
    """A point in a session: time in ms, the event's id as tie-break, and the page it happened on."""

    timestamp: int
    event_id: str
    page: str


class Session(NamedTuple):
    """One visit. Times in ms since the epoch. `first_view` and `last_view` are None while no page was viewed."""

    site_id: str
    session_id: str
    visitor_id: str
    first: Moment
    last: Moment
    last_type: str
    first_view: Moment | None
    last_view: Moment | None
    events: int
    page_views: int
    interactions: int
    conversions: int
    context: Context

    @property
    def started_at(self) -> int:
        return self.first.timestamp

    @property
    def last_activity(self) -> int:
        return self.last.timestamp

    @property
    def duration(self) -> int:
        """Last minus first event time, ms."""
        return self.last.timestamp - self.first.timestamp

    @property
    def entry_page(self) -> str:
        return (self.first_view or self.first).page

    @property
    def exit_page(self) -> str:
        return (self.last_view or self.first).page

    @property
    def current_page(self) -> str:
        """Where the visitor is: the last page viewed."""
        return self.exit_page

    @property
    def is_bounce(self) -> bool:
        return self.page_views <= 1 and not self.interactions

    def is_active(self, now: int) -> bool:
        """Whether the session may still go on at `now` (ms)."""
        return now - self.last.timestamp <= SESSION_GAP_MS

    def is_online(self, now: int) -> bool:
        """Active in the last five minutes and not gone: a `page_exit` counts as leaving after ten seconds."""
        quiet = now - self.last.timestamp
        return quiet <= ONLINE_MS and not (self.last_type == PAGE_EXIT and quiet > LEFT_AFTER_MS)


def session_of(event: StoredEvent) -> Session:
    """The session that a single event makes."""
    moment = Moment(event.timestamp, event.event_id, event.page)
    kind = event.event_type
    view = moment if kind == PAGE_VIEW else None
    return Session(
        event.site_id,
        event.session_id,
        event.visitor_id,
        moment,
        moment,
        kind,
        view,
        view,
        1,
        1 if view else 0,
        1 if is_interaction(kind) else 0,
        1 if kind == CONVERSION else 0,
        event.context,
    )


def merge(one: Session, other: Session) -> Session:
    """The session that holds the events of both. The first event decides the context, the last one the visitor."""
    early = one if one.first <= other.first else other
    ending = one if one.last >= other.last else other
    return Session(
        one.site_id,
        one.session_id,
        ending.visitor_id,
        early.first,
        ending.last,
        ending.last_type,
        _earlier(one.first_view, other.first_view),
        _later(one.last_view, other.last_view),
        one.events + other.events,
        one.page_views + other.page_views,
        one.interactions + other.interactions,
        one.conversions + other.conversions,
        early.context,
    )


def fold(session: Session | None, event: StoredEvent) -> Session:
    """The session after one more of its events; `event` must belong to it."""
    return session_of(event) if session is None else merge(session, session_of(event))


def add_to_chain(chain: list[Session], session: Session) -> list[Session]:
    """The chain with `session` in it, joined with every session less than the gap away. `chain` is in order of time."""
    joined = session
    apart = []
    for known in chain:
        if (
            known.first.timestamp - SESSION_GAP_MS <= joined.last.timestamp
            and joined.first.timestamp <= known.last.timestamp + SESSION_GAP_MS
        ):
            joined = merge(known, joined)
        else:
            apart.append(known)
    if not apart:
        return [joined]
    return sorted([*apart, joined], key=lambda each: each.first)


def numbered_id(session_id: str, number: int) -> str:
    """The public id of the `number`-th session of a client session id: the first keeps the id."""
    return session_id if number == 1 else f"{session_id}.{number}"


def _earlier(one: Moment | None, other: Moment | None) -> Moment | None:
    if one is None or other is None:
        return one or other
    return min(one, other)


def _later(one: Moment | None, other: Moment | None) -> Moment | None:
    if one is None or other is None:
        return one or other
    return max(one, other)
