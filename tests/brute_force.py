"""What a store should answer, worked out from the raw events in the dullest way there is.

Nothing here uses the code under test: the definitions are written a second time, sessions are found by comparing every
pair of events, and local time is looked at minute by minute. Where both agree, either both are right or two people made
the same mistake.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cmp_to_key, lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from liveinsight.models.events import StoredEvent
    from liveinsight.stats.query import Query
    from liveinsight.store.base import Batch

PRESENCE = {"heartbeat", "page_exit", "scroll", "web_vital"}
OF_SESSIONS = {"sessions", "bounce_rate", "avg_duration", "views_per_session"}
OF_EVENTS = {"page", "page_title", "event_type", "conversion_type"}
TIMES = {"minute", "hour", "day", "week", "month"}


class Visit:
    """A session: its events, oldest first, and the number it has among those of its client id."""

    def __init__(self, events: list[StoredEvent], number: int) -> None:
        views = [each for each in events if each.event_type == "page_view"]
        self.events = events
        self.site, self.client_id = events[0].site_id, events[0].session_id
        self.public_id = self.client_id if number == 1 else f"{self.client_id}.{number}"
        self.start, self.end = events[0].timestamp, events[-1].timestamp
        self.page_views = len(views)
        self.interactions = len([each for each in events if each.event_type not in PRESENCE | {"page_view"}])
        self.conversions = len([each for each in events if each.event_type == "conversion"])
        self.entry_page = (views or events)[0].page
        self.exit_page = views[-1].page if views else events[0].page

    def is_online(self, now: int) -> bool:
        if now - self.end > 300_000:
            return False
        return self.events[-1].event_type != "page_exit" or now - self.end <= 10_000


class Witness:
    """Somebody who wrote down every batch, and answers from these notes."""

    def __init__(self) -> None:
        self.events: list[StoredEvent] = []
        self.received: list[tuple[int, str, str, str]] = []  # hour, site, outcome, reason: one entry an event

    def record(self, batch: Batch) -> tuple[list[str], int]:
        hour = batch.received_at // 3_600_000 * 3_600_000
        new = []
        for event in batch.events:
            is_known = any((each.site_id, each.event_id) == (event.site_id, event.event_id) for each in self.events)
            if not is_known:
                self.events.append(event)
                new.append(event.event_id)
            self.received.append((hour, event.site_id, "duplicates" if is_known else "stored", ""))
        for site, outcome, reason, events in batch.refused:
            self.received += [(hour, site, outcome, reason)] * events
        return new, len(batch.events) - len(new)

    def purge(self, before: int) -> tuple[int, int]:
        old = [visit for visit in self.visits() if visit.end < before]
        gone = [event for visit in old for event in visit.events]
        self.events = [event for event in self.events if event not in gone]
        self.received = [row for row in self.received if row[0] + 3_600_000 > before]
        return len(gone), len(old)

    def visits(self, site: str | None = None) -> list[Visit]:
        found = []
        for chain in {(each.site_id, each.session_id) for each in self.events if site in {None, each.site_id}}:
            groups: list[list[StoredEvent]] = []
            for event in self.events:
                if (event.site_id, event.session_id) != chain:
                    continue
                near = [each for each in groups if any(abs(o.timestamp - event.timestamp) <= 1_800_000 for o in each)]
                groups = [each for each in groups if each not in near]
                groups.append([event, *(other for each in near for other in each)])
            ordered = [sorted(each, key=lambda e: (e.timestamp, e.event_id.encode())) for each in groups]
            ordered.sort(key=lambda each: each[0].timestamp)
            found += [Visit(each, number) for number, each in enumerate(ordered, 1)]
        return found

    def live(self, site: str, now: int) -> tuple[list[tuple[Any, ...]], dict[tuple[int, str], int]]:
        """The active sessions as `told` tells them, in order; and the last 300 seconds by second and type."""
        active = [visit for visit in self.visits(site) if now - visit.end <= 1_800_000]
        active.sort(key=lambda visit: (-visit.end, visit.public_id))
        recent: dict[tuple[int, str], int] = {}
        for event in self.events:
            age = now // 1000 - event.timestamp // 1000
            if event.site_id == site and 0 <= age < 300:
                key = (event.timestamp // 1000, event.event_type)
                recent[key] = recent.get(key, 0) + 1
        return [told(visit, now) for visit in active], recent

    def session_events(self, public_id: str, site: str | None) -> list[StoredEvent]:
        found = [visit for visit in self.visits(site) if visit.public_id == public_id]
        found.sort(key=lambda visit: (visit.client_id != public_id, -visit.end, visit.site))
        return found[0].events if found else []

    def ledger(self, site: str | None, start: int, end: int) -> list[tuple[str, int, str, str, int]]:
        rows = sorted({row for row in self.received if start <= row[0] < end and site in {None, row[1]}})
        return [(row[1], row[0], row[2], row[3], self.received.count(row)) for row in rows]

    def answer(self, query: Query) -> tuple[list[tuple[tuple[Any, ...], tuple[Any, ...]]], int]:
        """The asked rows as (dimensions, metrics), and how many rows there are in all."""
        start, end = query.period
        pairs = [
            (event, visit)
            for visit in self.visits(query.site_id)
            for event in visit.events
            if start <= event.timestamp < end and all(_holds(each, event, visit) for each in query.filters)
        ]
        by_event: dict[tuple[Any, ...], list[StoredEvent]] = {}
        by_visit: dict[tuple[Any, ...], list[Visit]] = {}
        for event, visit in pairs:
            values = [_value(name, event, visit) for name in query.dimensions]
            if any(value == "" and _is_of_events(name) for name, value in zip(query.dimensions, values, strict=True)):
                continue
            by_event.setdefault(_at(event.timestamp, values, query), []).append(event)
            if start <= visit.start < end:
                stands = by_visit.setdefault(_at(visit.start, values, query), [])
                if visit not in stands:
                    stands.append(visit)
        keys = _all_parts(query)
        if set(query.metrics) - OF_SESSIONS:
            keys |= by_event.keys()
        if set(query.metrics) & OF_SESSIONS:
            keys |= by_visit.keys()
        rows = [
            (key, tuple(_metric(name, by_event.get(key, []), by_visit.get(key, [])) for name in query.metrics))
            for key in keys
        ]
        rows.sort(key=cmp_to_key(lambda one, other: _compare(one, other, query)))
        return rows[query.offset :][: query.limit], len(rows)


def told(visit: Visit, now: int) -> tuple[Any, ...]:
    """Everything that is known about a session."""
    first, last = visit.events[0], visit.events[-1]
    return (
        *(visit.public_id, visit.site, visit.client_id, last.visitor_id, visit.start, visit.end),
        *(last.event_type, visit.entry_page, visit.exit_page, first.context),
        *(len(visit.events), visit.page_views, visit.interactions, visit.conversions, visit.is_online(now)),
    )


def _metric(name: str, events: list[StoredEvent], visits: list[Visit]) -> float:
    visitors = {event.visitor_id for event in events}
    buyers = {event.visitor_id for event in events if event.event_type == "conversion"}
    numbers = {
        "events": len(events),
        "page_views": len([event for event in events if event.event_type == "page_view"]),
        "visitors": len(visitors),
        "conversions": len([event for event in events if event.event_type == "conversion"]),
        "conversion_rate": len(buyers) / len(visitors) if visitors else 0.0,
        "sessions": len(visits),
    }
    if name in numbers:
        return numbers[name]
    total = 0
    for visit in visits:
        if name == "bounce_rate":
            total += visit.page_views <= 1 and visit.interactions == 0
        else:
            total += visit.end - visit.start if name == "avg_duration" else visit.page_views
    return total / len(visits) if visits else 0.0


def _is_of_events(dimension: str) -> bool:
    return dimension in OF_EVENTS or dimension.startswith("prop:")


def _value(dimension: str, event: StoredEvent, visit: Visit) -> str:
    if dimension in TIMES:
        return "(time)"
    if dimension.startswith("prop:"):
        value = event.properties.get(dimension[5:], "")
        return str(value).lower() if isinstance(value, bool) else str(value)
    if dimension in {"entry_page", "exit_page"}:
        return visit.entry_page if dimension == "entry_page" else visit.exit_page
    return str(getattr(event if dimension in OF_EVENTS else visit.events[0].context, dimension))


def _holds(condition: Any, event: StoredEvent, visit: Visit) -> bool:
    value = _value(condition.dimension, event, visit)
    if condition.operator == "is_not":
        return all(value != each for each in condition.values)
    if condition.operator == "is":
        return any(value == each for each in condition.values)
    if condition.operator == "contains":
        return any(value.find(each) >= 0 for each in condition.values)
    return any(value[: len(each)] == each for each in condition.values)


def _at(time: int, values: list[str], query: Query) -> tuple[Any, ...]:
    return tuple(
        part_of(time, name, query.timezone) if name in TIMES else value
        for name, value in zip(query.dimensions, values, strict=True)
    )


def _all_parts(query: Query) -> set[tuple[Any, ...]]:
    """The rows that are there whatever happened."""
    if not query.dimensions:
        return {()}
    interval = query.dimensions[0]
    if len(query.dimensions) > 1 or interval not in TIMES:
        return set()
    return {(start,) for start in parts_of(*query.period, interval, query.timezone)}


def _compare(one: Any, other: Any, query: Query) -> int:
    names = [*query.dimensions, *query.metrics]
    order = list(query.order_by)
    if not order:
        order = [(name, False) for name in query.dimensions if name in TIMES] + [(query.metrics[0], True)]
    order += [(name, False) for name in query.dimensions if name not in dict(order)]
    for name, descending in order:
        a, b = ((*row[0], *row[1])[names.index(name)] for row in (one, other))
        if isinstance(a, str):
            a, b = a.encode(), b.encode()
        if a != b:
            return 1 if (a > b) != descending else -1
    return 0


# Local time, minute by minute.


def parts_of(start: int, end: int, interval: str, timezone: str) -> list[int]:
    """The starts of the parts that touch [start, end)."""
    first = part_of(start, interval, timezone)
    minutes = range(first + 60_000, end, 60_000)
    return [first, *(minute for minute in minutes if _begins(minute, interval, timezone))]


@lru_cache(maxsize=100_000)
def part_of(time: int, interval: str, timezone: str) -> int:
    """The start of the minute, hour, day, week or month that holds `time`."""
    minute = time - time % 60_000
    while not _begins(minute, interval, timezone):
        minute -= 60_000
    return minute


@lru_cache(maxsize=100_000)
def _begins(minute: int, interval: str, timezone: str) -> bool:
    """Whether a clock on the wall comes to a new minute, hour, ... at this time."""
    local = _on_the_wall(minute, timezone)
    if interval == "minute":
        return True
    if interval == "hour":
        return local.minute == 0
    if local.date() == _on_the_wall(minute - 60_000, timezone).date():
        return False
    return {"day": True, "week": local.isoweekday() == 1, "month": local.day == 1}[interval]


def _on_the_wall(minute: int, timezone: str) -> datetime:
    return datetime.fromtimestamp(minute // 1000, UTC).astimezone(ZoneInfo(timezone))
