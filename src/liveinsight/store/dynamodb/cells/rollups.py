"""Cells of a whole site: of all lanes, by hours, days and months of a time zone.

The cells of days and months are kept once they were worked out. They are a copy and no more: each says of which state
of which hours it was made, and when an hour has changed since, it is made anew. So nothing depends on it that they be
written once, and a site may change its time zone.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from liveinsight.errors import InvalidInput, StoreUnavailable
from liveinsight.stats.period import HOUR_MS, MINUTE_MS, QUARTER_MS, Period, next_part, part_start, zone
from liveinsight.store.dynamodb import keys
from liveinsight.store.dynamodb.cells.cell import MINUTE, QUARTER, WHOLE, Cell, Segment
from liveinsight.store.dynamodb.cells.coding import decoded, encoded
from liveinsight.store.dynamodb.cells.hours import Gone
from liveinsight.store.dynamodb.cells.memory import Memory
from liveinsight.store.dynamodb.cells.spans import DAY, HOURS, LOOSE, MONTH, Span, spans
from liveinsight.store.dynamodb.cells.states import state_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TypeVar

    from liveinsight.store.dynamodb.cells.hours import Hours
    from liveinsight.store.dynamodb.cells.kept import Kept
    from liveinsight.store.dynamodb.cells.states import States, Touched

    Parts = tuple[bytes, ...]
    T = TypeVar("T")

MAX_CELLS = 300_000  # that one question may add up: some seconds
_TRIES, _PAUSE_S = 20, 0.05
_MEMORY_BYTES = 64_000_000


class Asked(NamedTuple):
    """Cells of a site that are asked for; `fine`: by the minute."""

    site_id: str
    timezone: str
    dimension: str
    fine: bool = False


class Counted(NamedTuple):
    """A cell of the dimension asked for. `at`: a minute since the epoch in the first part of the span that it is of."""

    at: int
    value: str
    cell: Cell


class Rollups:
    """Reads the cells of sites."""

    def __init__(self, hours: Hours, states: States, kept: Kept) -> None:
        self._hours = hours
        self._states = states
        self._kept = kept
        self._memory = Memory(_MEMORY_BYTES)

    def extent(self, site_id: str, period: Period, timezone: str) -> Period:
        """The part of a period that may have cells, cut between local months."""
        return self._states.extent(site_id, period, zone(timezone))

    def take(self, asked: Asked, wanted: list[Span], into: Callable[[Iterator[Counted]], T]) -> T:
        """What `into` makes of the cells of spans, one after the other: they may be many. It may be called again.

        Raises StoreUnavailable when they change all the time, and InvalidInput (unsupported_query) for too many.
        """
        if not wanted:
            return into(iter(()))
        period = Period(wanted[0].start, wanted[-1].end)
        for _ in range(_TRIES):
            try:
                return into(_few(self._cells(asked, wanted, self._states.touched(asked.site_id, period))))
            except Gone:
                time.sleep(_PAUSE_S)
        raise StoreUnavailable

    def _cells(self, asked: Asked, wanted: list[Span], touched: Touched) -> Iterator[Counted]:
        states = {span: state_of(touched, _hours_of(span)) for span in wanted}
        known = self._known(asked, {span: state for span, state in states.items() if state and span.kind != LOOSE})
        loose = [span for span in wanted if states[span] and span.kind == LOOSE]
        hours = self._of_hours(asked.site_id, touched, {hour for span in loose for hour in _hours_of(span)})
        for span in wanted:
            if not states[span]:
                continue
            if span.kind == LOOSE:
                yield from _loose(asked, span, hours)
                continue
            parts = known.get(span)
            if parts is None:
                parts = self._make(asked, span, states[span], touched)
            for (quarter, _, value), cell in decoded(parts).items():
                yield Counted(quarter * QUARTER, value, cell)

    def _known(self, asked: Asked, states: dict[Span, str]) -> dict[Span, Parts]:
        """What need not be made anew."""
        found: dict[Span, Parts] = {}
        missing: dict[Span, str] = {}
        for span, state in states.items():
            parts = self._memory.get(_name(asked, span, state))
            if parts is None:
                missing[span] = state
            else:
                found[span] = parts
        for span, parts in self._kept.read(asked.site_id, asked.timezone, asked.dimension, missing).items():
            self._remember(asked, span, missing[span], parts)
            found[span] = parts
        return found

    def _make(self, asked: Asked, span: Span, state: str, touched: Touched) -> Parts:
        """Work out the cells of a span; those of a day for every dimension at once, as all of them have been read."""
        if span.kind == MONTH:
            days = spans(Period(span.start, span.end), "day", asked.timezone, span.end)
            made = {asked.dimension: _widened(span, self._cells(asked, days, touched), asked.dimension).settled()}
        else:
            hours = self._of_hours(asked.site_id, touched, _hours_of(span))
            dimensions = {asked.dimension}
            if span.kind == DAY:
                dimensions |= {name for by_dimension in hours.values() for name in by_dimension} - {MINUTE}
            made = {name: _joined(asked._replace(dimension=name), span, hours).settled() for name in sorted(dimensions)}
        parts = {name: tuple(encoded(list(cells.items()))) if cells else () for name, cells in made.items()}
        there = {name: each for name, each in parts.items() if each}
        self._kept.write(asked.site_id, asked.timezone, span, state, there)
        for name, each in parts.items():
            self._remember(asked._replace(dimension=name), span, state, each)
        return parts[asked.dimension]

    def _remember(self, asked: Asked, span: Span, state: str, parts: Parts) -> None:
        self._memory.put(_name(asked, span, state), parts, sum(map(len, parts)) + 200)

    def _of_hours(self, site_id: str, touched: Touched, hours: Iterable[int]) -> dict[int, dict[str, Parts]]:
        """The cells of hours of all lanes together, by dimension. Raises Gone."""
        found: dict[int, dict[str, Parts]] = {}
        missing: list[int] = []
        for hour in sorted(each for each in hours if each in touched):
            by_dimension = self._memory.get((site_id, hour, state_of(touched, [hour])))
            if by_dimension is None:
                missing.append(hour)
            else:
                found[hour] = by_dimension
        for at in range(0, len(missing), 24):
            found |= self._read(site_id, touched, missing[at : at + 24])
        return found

    def _read(self, site_id: str, touched: Touched, hours: list[int]) -> dict[int, dict[str, Parts]]:
        segments = {hour: Segment() for hour in hours}
        for lane in sorted({lane for hour in hours for lane in touched[hour]}):
            wanted = [hour for hour in hours if lane in touched[hour]]
            pieces = {(keys.day(hour * HOUR_MS), hour % 24): touched[hour][lane] for hour in wanted}
            for hour, cells in zip(wanted, self._hours.read(lane, pieces), strict=True):
                segments[hour].take(cells)
        found: dict[int, dict[str, Parts]] = {}
        for hour, cells in segments.items():
            by_dimension: dict[str, list[tuple[tuple[int, str, str], Cell]]] = {}
            for key, cell in cells.settled().items():
                by_dimension.setdefault(key[1], []).append((key, cell))
            found[hour] = {name: tuple(encoded(each)) for name, each in by_dimension.items()}
            size = sum(len(part) for parts in found[hour].values() for part in parts)
            self._memory.put((site_id, hour, state_of(touched, [hour])), found[hour], size + 200)
        return found


def _few(cells: Iterator[Counted]) -> Iterator[Counted]:
    for number, cell in enumerate(cells):
        if number == MAX_CELLS:
            msg = (
                f"This would have to add up over {MAX_CELLS:,} counts: there are too many different values."
                " Ask about a shorter period, or by a longer part of time."
            )
            raise InvalidInput(msg, code="unsupported_query")
        yield cell


def _name(asked: Asked, span: Span, state: str) -> tuple[object, ...]:
    return asked.site_id, asked.timezone, asked.dimension, span, state


def _hours_of(span: Span) -> range:
    return range(span.start // HOUR_MS, -(-span.end // HOUR_MS))


def _loose(asked: Asked, span: Span, hours: dict[int, dict[str, Parts]]) -> Iterator[Counted]:
    """The cells of a span's quarters, and of the minutes where it begins or ends within one."""
    for hour in _hours_of(span):
        by_dimension = hours.get(hour, {})
        for (quarter, _, value), cell in decoded(by_dimension.get(asked.dimension, ())).items():
            if not asked.fine and span.start <= quarter * QUARTER_MS and (quarter + 1) * QUARTER_MS <= span.end:
                yield Counted(quarter * QUARTER, value, cell)
        if asked.dimension != WHOLE or not (asked.fine or span.start % QUARTER_MS or span.end % QUARTER_MS):
            continue
        for (quarter, _, text), cell in decoded(by_dimension.get(MINUTE, ())).items():
            is_whole = span.start <= quarter * QUARTER_MS and (quarter + 1) * QUARTER_MS <= span.end
            minute = int(text)
            if (asked.fine or not is_whole) and span.start <= minute * MINUTE_MS < span.end:
                yield Counted(minute, "", cell)


def _joined(asked: Asked, span: Span, hours: dict[int, dict[str, Parts]]) -> Segment:
    """The cells of a day, or of its local hours."""
    cells = _loose(asked, span, hours)
    if span.kind == DAY:
        return _widened(span, cells, asked.dimension)
    tz = zone(asked.timezone)
    by_hour: dict[int, list[Counted]] = {}
    for each in cells:
        by_hour.setdefault(part_start(each.at * MINUTE_MS, "hour", tz), []).append(each)
    found = Segment()
    for start, of_hour in by_hour.items():
        hour = Span(HOURS, start, next_part(start, "hour", tz))
        found.update(_widened(hour, of_hour, asked.dimension))
    return found


def _widened(span: Span, cells: Iterable[Counted], dimension: str) -> Segment:
    """Cells as one for each value, that counts as a whole."""
    found = Segment()
    first, end = span.start // MINUTE_MS, span.end // MINUTE_MS
    for each in cells:
        key = (first // QUARTER, dimension, each.value)
        found.take([(key, each.cell.widened(first, end))])
    return found
