"""A store in memory: the oracle that other stores are held to, and a help in tests.

It keeps every event in one list and answers each question from scratch, in the most obvious way. Nothing is durable,
and nothing is fast.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from threading import RLock
from typing import TYPE_CHECKING, NamedTuple

from pydantic_core import to_json

from liveinsight.models.events import CONVERSION, PAGE_VIEW, StoredEvent
from liveinsight.models.sessions import SESSION_GAP_MS, Session, fold, numbered_id
from liveinsight.stats.period import HOUR_MS
from liveinsight.stats.query import Result, Row
from liveinsight.stats.vocabulary import EVENT, INTERVALS, METRICS, PROPERTY, SESSION, dimension_scope
from liveinsight.store.base import (
    DUPLICATE,
    RECENT_MS,
    STORED,
    Batch,
    LedgerRow,
    Live,
    LiveSession,
    Purged,
    Recorded,
)
from liveinsight.store.promise import Promise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from liveinsight.stats.period import Period
    from liveinsight.stats.query import Query


class Visit(NamedTuple):
    """A session with its events, oldest first, and its public id."""

    public_id: str
    session: Session
    events: list[StoredEvent]


@dataclass(slots=True)
class Group:
    """What one row of an answer counts."""

    events: list[StoredEvent] = field(default_factory=list)
    sessions: set[Session] = field(default_factory=set)

    def of(self, event_type: str) -> int:
        return sum(event.event_type == event_type for event in self.events)

    def visitors(self) -> int:
        return len({event.visitor_id for event in self.events})

    def converted(self) -> int:
        return len({event.visitor_id for event in self.events if event.event_type == CONVERSION})

    def mean(self, number: Callable[[Session], int]) -> float:
        return _share(sum(map(number, self.sessions)), len(self.sessions))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


_MEASURES: dict[str, Callable[[Group], int | float]] = {
    "events": lambda group: len(group.events),
    "page_views": lambda group: group.of(PAGE_VIEW),
    "visitors": Group.visitors,
    "conversions": lambda group: group.of(CONVERSION),
    "conversion_rate": lambda group: _share(group.converted(), group.visitors()),
    "sessions": lambda group: len(group.sessions),
    "bounce_rate": lambda group: group.mean(lambda session: session.is_bounce),
    "avg_duration": lambda group: group.mean(lambda session: session.duration),
    "views_per_session": lambda group: group.mean(lambda session: session.page_views),
}


class MemoryStore:
    """A `Store` without a file."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._events: list[StoredEvent] = []
        self._ledger: Counter[tuple[int, str, str, str]] = Counter()
        self._documents: dict[tuple[str, str], str] = {}

    def record(self, batch: Batch) -> Promise[Recorded]:
        hour = batch.received_at - batch.received_at % HOUR_MS
        stored = []
        with self._lock:
            known = {(event.site_id, event.event_id) for event in self._events}
            for event in batch.events:
                is_new = (event.site_id, event.event_id) not in known
                known.add((event.site_id, event.event_id))
                if is_new:
                    stored.append(event)
                self._ledger[hour, event.site_id, STORED if is_new else DUPLICATE, ""] += 1
            for tally in batch.refused:
                self._ledger[hour, tally.site_id, tally.outcome, tally.reason] += tally.events
            self._events.extend(stored)
        done: Promise[Recorded] = Promise()
        done.set_result(Recorded(stored, len(batch.events) - len(stored)))
        return done

    def run(self, query: Query) -> Result:
        with self._lock:
            groups = _grouped(self._visits(query.site_id), query)
        rows = [Row(key, tuple(_MEASURES[name](group) for name in query.metrics)) for key, group in groups.items()]
        asked = (*query.dimensions, *query.metrics)
        for name, descending in reversed(query.ordering()):
            column = asked.index(name)
            rows.sort(key=lambda row: (*row.dimensions, *row.metrics)[column], reverse=descending)
        return Result(rows[query.offset : query.offset + query.limit], len(rows))

    def live(self, site_id: str, now: int) -> Live:
        with self._lock:
            visits = self._visits(site_id)
        active = [LiveSession(visit.public_id, visit.session) for visit in visits if visit.session.is_active(now)]
        active.sort(key=lambda live: (-live.session.last_activity, live.public_id))
        second = now // 1000
        recent = Counter(
            (event.timestamp // 1000, event.event_type)
            for visit in visits
            for event in visit.events
            if second - RECENT_MS // 1000 < event.timestamp // 1000 <= second
        )
        return Live(active, dict(recent))

    def session_events(self, session_id: str, site_id: str | None = None) -> list[StoredEvent]:
        with self._lock:
            found = [visit for visit in self._visits(site_id) if visit.public_id == session_id]
        if not found:
            return []
        found.sort(key=lambda visit: visit.session.site_id)
        chosen = max(found, key=lambda visit: (visit.session.session_id == session_id, visit.session.last_activity))
        return chosen.events

    def ledger(self, site_id: str | None, period: Period) -> list[LedgerRow]:
        with self._lock:
            return [
                LedgerRow(site, hour, outcome, reason, events)
                for (hour, site, outcome, reason), events in sorted(self._ledger.items())
                if period.start <= hour < period.end and site_id in {None, site}
            ]

    def document(self, kind: str, key: str) -> str | None:
        with self._lock:
            return self._documents.get((kind, key))

    def put_document(self, kind: str, key: str, text: str | None, *, keep: bool = False) -> str | None:
        with self._lock:
            if keep and (kind, key) in self._documents:
                return self._documents[kind, key]
            if text is None:
                self._documents.pop((kind, key), None)
            else:
                self._documents[kind, key] = text
            return text

    def documents(self, kind: str) -> dict[str, str]:
        with self._lock:
            return {key: text for (each, key), text in self._documents.items() if each == kind}

    def purge(self, before: int) -> Purged:
        with self._lock:
            kept = [visit for visit in self._visits(None) if visit.session.last_activity >= before]
            events = [event for visit in kept for event in visit.events]
            purged = Purged(len(self._events) - len(events), len(self._visits(None)) - len(kept))
            self._events = events
            for row in [row for row in self._ledger if row[0] + HOUR_MS <= before]:
                del self._ledger[row]
        return purged

    def close(self) -> None:
        """Nothing to write."""

    def _visits(self, site_id: str | None) -> list[Visit]:
        chains: dict[tuple[str, str], list[StoredEvent]] = {}
        for event in self._events:
            if site_id in {None, event.site_id}:
                chains.setdefault((event.site_id, event.session_id), []).append(event)
        return [visit for events in chains.values() for visit in _split(events)]


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


def _grouped(visits: list[Visit], query: Query) -> dict[tuple[str | int, ...], Group]:
    """The events and sessions of every row of the answer."""
    parts = query.parts()
    groups: dict[tuple[str | int, ...], Group] = {}
    if not query.dimensions:
        groups[()] = Group()
    elif query.dimensions == (query.interval,):
        groups = {(start,): Group() for start in parts}
    counted = {METRICS[name].scope for name in query.metrics}
    start, end = query.period
    for _, session, events in visits:
        for event in events:
            if not (start <= event.timestamp < end and _passes(event, session, query)):
                continue
            if EVENT in counted and (key := _key(event, session, event.timestamp, query, parts)) is not None:
                groups.setdefault(key, Group()).events.append(event)
            if SESSION in counted and start <= session.started_at < end:
                key = _key(event, session, session.started_at, query, parts)
                if key is not None:
                    groups.setdefault(key, Group()).sessions.add(session)
    return groups


def _passes(event: StoredEvent, session: Session, query: Query) -> bool:
    return all(each.holds(_value(each.dimension, event, session)) for each in query.filters)


def _key(
    event: StoredEvent, session: Session, at: int, query: Query, parts: Sequence[int]
) -> tuple[str | int, ...] | None:
    """The row that an event, or its session that stands at `at`, belongs to; None when it belongs to none."""
    key: list[str | int] = []
    for name in query.dimensions:
        if name in INTERVALS:
            key.append(parts[bisect_right(parts, at) - 1])
            continue
        value = _value(name, event, session)
        if not value and dimension_scope(name) == EVENT:
            return None
        key.append(value)
    return tuple(key)


def _value(dimension: str, event: StoredEvent, session: Session) -> str:
    if dimension.startswith(PROPERTY):
        value = event.properties.get(dimension.removeprefix(PROPERTY), "")
        return value if isinstance(value, str) else to_json(value).decode()
    if dimension in {"entry_page", "exit_page"}:
        return str(getattr(session, dimension))
    return str(getattr(event if dimension_scope(dimension) == EVENT else session.context, dimension))
