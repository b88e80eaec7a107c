"""What a session adds to the cells. The meaning of the numbers is `stats.query.Query`'s."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from liveinsight.models.events import CONVERSION, PAGE_VIEW
from liveinsight.models.sessions import Moment
from liveinsight.stats.period import MINUTE_MS
from liveinsight.stats.vocabulary import DIMENSIONS, PROPERTY, SESSION
from liveinsight.store.dynamodb.cells.cell import (
    ALWAYS,
    BILLION,
    CONVERSIONS,
    DEPTH,
    ENTRIES,
    EVENTS,
    EXITS,
    MINUTE,
    QUARTER,
    SCROLLED,
    TIME,
    TIMED,
    VIEWS,
    WHOLE,
    Cell,
    Segment,
)
from liveinsight.store.dynamodb.cells.crowd import hashed
from liveinsight.store.plain.values import EVENT_VALUES, value_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from liveinsight.models.events import StoredEvent
    from liveinsight.models.sessions import Session
    from liveinsight.store.dynamodb.cells.cell import By
    from liveinsight.store.plain import Visit

    Group = tuple[str, str]  # dimension, value

_OF_SESSIONS = [name for name, dimension in DIMENSIONS.items() if dimension.scope == SESSION]


class _Report(NamedTuple):
    """What an event tells about the visit of a page."""

    minute: int
    engaged: int | None
    depth: int | None  # billionths of a percent


def counted(visit: Visit) -> Segment:
    """The cells of one session."""
    session = visit.session
    cells = Segment()
    groups: dict[Group, list[StoredEvent]] = {}
    for event in visit.events:
        for group in _values(event, session):
            groups.setdefault(group, []).append(event)
    for group, events in groups.items():
        cells.take(((quarter, *group), cell) for quarter, cell in _by(QUARTER, events, session))
    whole = list(_by(QUARTER, visit.events, session))
    for group in _of_whole(visit):
        cells.take(((quarter, *group), cell) for quarter, cell in whole)
    cells.take(((minute // QUARTER, MINUTE, str(minute)), cell) for minute, cell in _by(1, visit.events, session))
    return cells


def difference(before: list[Visit], after: list[Visit]) -> Segment:
    """How the cells change when sessions become others."""
    was = {visit.session: visit.events for visit in before}
    same = {visit.session for visit in after if was.get(visit.session) == visit.events}
    cells = Segment()
    for visits, sign in ((after, 1), (before, -1)):
        for visit in visits:
            if visit.session not in same:
                cells.take(counted(visit), sign)
    return cells


def _of_whole(visit: Visit) -> Iterator[Group]:
    yield WHOLE, ""
    for name in _OF_SESSIONS:
        yield name, value_of(name, visit.events[0], visit.session)


def _values(event: StoredEvent, session: Session) -> Iterator[Group]:
    """The event-level dimensions that an event has a value of."""
    for name in (*EVENT_VALUES, *(PROPERTY + name for name in event.properties)):
        if value := value_of(name, event, session):
            yield name, value


def _by(unit: int, events: list[StoredEvent], session: Session) -> Iterable[tuple[int, Cell]]:
    """Cells of those of a session's events that have some value, by so many minutes."""
    cells: dict[int, Cell] = {}
    for event in events:
        _count(cells.setdefault(_minute(event.timestamp) // unit, Cell()), event, session)
    start, first = _minute(session.started_at) // unit, _minute(events[0].timestamp)
    when = ALWAYS if first // unit == start else first
    cells.setdefault(start, Cell()).sessions[when] = [
        1,
        int(session.is_bounce),
        session.duration,
        session.page_views,
        int(session.conversions > 0),
    ]
    for at, sums in _pages(unit, events).items():
        cells[at].pages = sums
    return cells.items()


def _minute(at: int) -> int:
    return at // MINUTE_MS


def _count(cell: Cell, event: StoredEvent, session: Session) -> None:
    visitor = hashed(event.visitor_id)
    cell.counts[EVENTS] += 1
    cell.visitors.counts[visitor] = 1
    if event.event_type == PAGE_VIEW:
        moment = Moment(event.timestamp, event.event_id, event.page)
        cell.counts[VIEWS] += 1
        cell.counts[ENTRIES] += moment == session.first_view
        cell.counts[EXITS] += moment == session.last_view
    elif event.event_type == CONVERSION:
        cell.counts[CONVERSIONS] += 1
        cell.converted.counts[visitor] = 1
        if event.value:
            cell.money[event.currency] = cell.money.get(event.currency, 0) + round(event.value * BILLION)


def _pages(unit: int, events: list[StoredEvent]) -> dict[int, By]:
    """What reports add to the page visits, by so many minutes: always, and if an earlier one counts too."""
    found: dict[int, By] = {}

    def add(minute: int, earlier: int | None, what: int, number: int) -> None:
        cell = minute // unit
        when = ALWAYS if earlier is None or earlier // unit == cell else earlier
        found.setdefault(cell, {}).setdefault(when, [0] * 4)[what] += number

    for reports in _reports(events).values():
        for name, join, visits, total in (("engaged", sum, TIMED, TIME), ("depth", max, SCROLLED, DEPTH)):
            told = _by_minute(reports, name, join)
            for at, (minute, number) in enumerate(told):
                add(minute, None, visits, 1)
                add(minute, None, total, number)
                if at:
                    add(minute, told[at - 1][0], visits, -1)
                if join is max:
                    for earlier, less in _deeper(told[:at], number):
                        add(minute, earlier, total, less)
    return found


def _reports(events: list[StoredEvent]) -> dict[str, list[_Report]]:
    """Of each page."""
    found: dict[str, list[_Report]] = {}
    for event in events:
        if event.engaged_ms is not None or event.scroll_depth is not None:
            depth = None if event.scroll_depth is None else round(event.scroll_depth * BILLION)
            found.setdefault(event.page, []).append(_Report(_minute(event.timestamp), event.engaged_ms, depth))
    return found


def _by_minute(reports: list[_Report], name: str, join: Callable[[list[int]], int]) -> list[tuple[int, int]]:
    """Minutes in order, and what was reported in each."""
    minutes: dict[int, list[int]] = {}
    for report in reports:
        if (number := getattr(report, name)) is not None:
            minutes.setdefault(report.minute, []).append(number)
    return [(minute, join(minutes[minute])) for minute in sorted(minutes)]


def _deeper(earlier: list[tuple[int, int]], depth: int) -> Iterator[tuple[int, int]]:
    """How much less a depth adds to the deepest one, if it counts from one of the earlier ones on."""
    deepest, adds = 0, depth
    limit = max((each for _, each in earlier), default=0)
    for minute, each in reversed(earlier):
        deepest = max(deepest, each)
        less = max(0, depth - deepest)
        if less != adds:
            yield minute, less - adds
        adds = less
        if deepest == limit or not adds:
            return
