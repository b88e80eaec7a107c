"""A cell: what is counted in a quarter of an hour for one value of one dimension. Cells are added and taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.stats.period import DAY_MS
from liveinsight.store.dynamodb import keys
from liveinsight.store.dynamodb.cells.crowd import Crowd

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

QUARTER = 15  # minutes
_QUARTERS_A_DAY = 96
BILLION = 10**9  # money and percentages are whole billionths: sums of them are exact in every order
WHOLE = ""  # the dimension that everything has, with one empty value
MINUTE = "minute"  # a dimension of its own: what WHOLE is by the quarter, by the minute
ALWAYS = 0

EVENTS, VIEWS, ENTRIES, EXITS, CONVERSIONS = range(5)
SESSIONS, BOUNCES, DURATION, SESSION_VIEWS, CONVERTED = range(5)
TIMED, TIME, SCROLLED, DEPTH = range(4)

Key = tuple[int, str, str]  # quarter of an hour since the epoch, dimension, value
By = dict[int, list[int]]


class Cell:
    """Sums. Times in minutes since the epoch say when a sum counts, ALWAYS that it does.

    `counts`: events, page views, entries, exits, conversions. `money`: billionths by currency.
    `sessions`: those that started here, by when the value was first seen in them: they count if the period goes on
    until then. [sessions, bounces, duration, page views, converted sessions]
    `pages`: page visits with a report here, by when they had one before: such a sum counts if the period had begun by
    then, on top of what counts ALWAYS. [visits with a time, ms, visits with a depth, billionths of a percent]
    """

    __slots__ = ("converted", "counts", "money", "pages", "sessions", "visitors")

    def __init__(self) -> None:
        self.counts = [0] * 5
        self.money: dict[str, int] = {}
        self.visitors = Crowd()
        self.converted = Crowd()
        self.sessions: By = {}
        self.pages: By = {}

    def add(self, other: Cell, sign: int = 1) -> None:
        """Add another cell, or take it away with -1."""
        add_up(self.counts, other.counts, sign)
        for currency, amount in other.money.items():
            self.money[currency] = self.money.get(currency, 0) + sign * amount
        if other.visitors:
            self.visitors.add(other.visitors, sign)
        if other.converted:
            self.converted.add(other.converted, sign)
        for mine, theirs in ((self.sessions, other.sessions), (self.pages, other.pages)):
            for when, sums in theirs.items():
                if when in mine:
                    add_up(mine[when], sums, sign)
                else:
                    mine[when] = [sign * each for each in sums]

    def settle(self, *, as_change: bool = False) -> bool:
        """Drop what adds up to nothing; False when that is all of it. A change keeps every visitor by itself."""
        self.money = {currency: amount for currency, amount in self.money.items() if amount}
        self.sessions = {when: sums for when, sums in self.sessions.items() if any(sums)}
        self.pages = {when: sums for when, sums in self.pages.items() if any(sums)}
        for crowd in (self.visitors, self.converted):
            crowd.drop_none()
            if not as_change:
                crowd.go_over()
        if any(self.counts) or self.money or self.sessions or self.pages:
            return True
        # Sketches do not forget: without an event nobody is there any more.
        return bool(self.visitors.counts or self.converted.counts)

    def widened(self, first: int, end: int) -> Cell:
        """The same for a span of minutes around it, in which everything counts ALWAYS that depends on a time within."""
        wide = Cell()
        wide.add(self)
        wide.sessions = _within(wide.sessions, first, end)
        wide.pages = _within(wide.pages, first, end)
        return wide


class Segment(dict[Key, Cell]):
    """Cells by key."""

    def take(self, cells: Mapping[Key, Cell] | Iterable[tuple[Key, Cell]], sign: int = 1) -> None:
        """Add cells to those that are there."""
        for key, cell in cells.items() if hasattr(cells, "items") else cells:
            mine = self.get(key)
            if mine is None:
                mine = self[key] = Cell()
            mine.add(cell, sign)

    def months(self) -> set[str]:
        """The months (UTC, 2026-03) that they are of."""
        return {keys.day(day * DAY_MS)[:7] for day in {quarter // _QUARTERS_A_DAY for quarter, _, _ in self}}

    def settled(self, *, as_change: bool = False) -> Segment:
        """What does not add up to nothing, in order."""
        return Segment((key, self[key]) for key in sorted(self) if self[key].settle(as_change=as_change))


def add_up(sums: list[int], other: list[int], sign: int = 1) -> None:
    """Add numbers to the sums at the same places, or take them away with -1."""
    for at, number in enumerate(other):
        sums[at] += sign * number


def _within(sums: By, first: int, end: int) -> By:
    wide: By = {}
    for when, numbers in sums.items():
        kept = ALWAYS if first <= when < end else when
        if kept in wide:
            add_up(wide[kept], numbers)
        else:
            wide[kept] = list(numbers)
    return wide
