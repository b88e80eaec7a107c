"""Sessions with their events, and which conditions hold for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from liveinsight.models.events import CONVERSION, StoredEvent
from liveinsight.models.sessions import SESSION_GAP_MS, Session, fold, numbered_id
from liveinsight.stats.filters import Did, hold
from liveinsight.stats.visits import PublicSession
from liveinsight.store.plain.values import value_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from liveinsight.stats.filters import Condition, Filter
    from liveinsight.stats.visits import VisitorSessions


class Visit(NamedTuple):
    """A session with its events, oldest first, and its public id."""

    public_id: str
    session: Session
    events: list[StoredEvent]


def visits_of(events: Iterable[StoredEvent]) -> list[Visit]:
    """The sessions that events make, those of each client session id in order."""
    chains: dict[tuple[str, str], list[StoredEvent]] = {}
    for event in events:
        chains.setdefault((event.site_id, event.session_id), []).append(event)
    return [visit for chain in chains.values() for visit in _split(chain)]


def _split(events: list[StoredEvent]) -> Iterable[Visit]:
    """The visits of one client session id: a gap of more than 30 minutes begins another."""
    spans: list[list[StoredEvent]] = []
    for event in sorted(events, key=lambda each: each.key):
        if spans and event.timestamp - spans[-1][-1].timestamp <= SESSION_GAP_MS:
            spans[-1].append(event)
        else:
            spans.append([event])
    for number, span in enumerate(spans, 1):
        session = None
        for event in span:
            session = fold(session, event)
        assert session is not None  # noqa: S101  a span has events
        yield Visit(numbered_id(session.session_id, number), session, span)


def visitor_sessions(question: VisitorSessions, visits: list[Visit]) -> list[PublicSession]:
    """The sessions of a visitor."""
    found = [
        PublicSession(visit.public_id, visit.session)
        for visit in visits
        if visit.session.visitor_id == question.visitor_id and visit.session.started_at < question.before
    ]
    found.sort(key=lambda each: (-each.session.started_at, each.public_id))
    return found[: question.limit]


def passes(conditions: Iterable[Condition], event: StoredEvent, visit: Visit) -> bool:
    """Whether all conditions hold for an event of a visit."""

    def leaf(condition: Filter | Did) -> bool:
        if isinstance(condition, Did):
            return any(passes((condition.condition,), each, visit) for each in visit.events)
        return condition.holds(value_of(condition.dimension, event, visit.session))

    return hold(conditions, leaf)


def converts(goal: tuple[Condition, ...], event: StoredEvent, visit: Visit) -> bool:
    """Whether an event is a conversion: reaches the goal, if there is one."""
    return passes(goal, event, visit) if goal else event.event_type == CONVERSION
