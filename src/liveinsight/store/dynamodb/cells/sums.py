"""What one row of an answer adds up to, and its metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.stats.query import share
from liveinsight.stats.vocabulary import currency_of
from liveinsight.store.dynamodb.cells.cell import (
    ALWAYS,
    BILLION,
    BOUNCES,
    CONVERSIONS,
    CONVERTED,
    DEPTH,
    DURATION,
    ENTRIES,
    EVENTS,
    EXITS,
    SCROLLED,
    SESSION_VIEWS,
    SESSIONS,
    TIME,
    TIMED,
    VIEWS,
    add_up,
)
from liveinsight.store.dynamodb.cells.crowd import Crowd

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.store.dynamodb.cells.cell import Cell


class Sums:
    """Of the cells of one row."""

    def __init__(self) -> None:
        self.counts = [0] * 5
        self.money: dict[str, int] = {}
        self.visitors = Crowd()
        self.converted = Crowd()
        self.of_sessions = [0] * 5
        self.of_pages = [0] * 4

    def take(self, cell: Cell, *, since: int, until: int) -> None:
        """Add a cell, in a period that goes on until a minute; page visits count from a minute on."""
        add_up(self.counts, cell.counts)
        for currency, amount in cell.money.items():
            self.money[currency] = self.money.get(currency, 0) + amount
        self.visitors.add(cell.visitors)
        self.converted.add(cell.converted)
        for when, sums in cell.sessions.items():
            if when == ALWAYS or when < until:
                add_up(self.of_sessions, sums)
        for when, sums in cell.pages.items():
            if when == ALWAYS or when >= since:
                add_up(self.of_pages, sums)

    @property
    def events(self) -> int:
        return self.counts[EVENTS]

    @property
    def sessions(self) -> int:
        return self.of_sessions[SESSIONS]

    def mean(self, what: int) -> float:
        return share(self.of_sessions[what], self.sessions)

    def revenue(self, currency: str | None) -> float:
        amounts = self.money.values() if currency is None else [self.money.get(currency, 0)]
        return sum(amounts) / BILLION


_MEASURES: dict[str, Callable[[Sums], int | float]] = {
    "events": lambda sums: sums.events,
    "page_views": lambda sums: sums.counts[VIEWS],
    "visitors": lambda sums: sums.visitors.number(),
    "entries": lambda sums: sums.counts[ENTRIES],
    "exits": lambda sums: sums.counts[EXITS],
    "exit_rate": lambda sums: share(sums.counts[EXITS], sums.counts[VIEWS]),
    "conversions": lambda sums: sums.counts[CONVERSIONS],
    "conversion_rate": lambda sums: share(sums.converted.number(), sums.visitors.number()),
    "sessions": lambda sums: sums.sessions,
    "bounce_rate": lambda sums: sums.mean(BOUNCES),
    "avg_duration": lambda sums: sums.mean(DURATION),
    "views_per_session": lambda sums: sums.mean(SESSION_VIEWS),
    "converted_sessions": lambda sums: sums.of_sessions[CONVERTED],
    "session_conversion_rate": lambda sums: sums.mean(CONVERTED),
    "time_on_page": lambda sums: share(sums.of_pages[TIME], sums.of_pages[TIMED]),
    "scroll_depth": lambda sums: share(sums.of_pages[DEPTH] / BILLION, sums.of_pages[SCROLLED]),
}


def measure(name: str, sums: Sums, everybody: Crowd | None) -> int | float:
    """A metric of a row. `everybody` are the visitors of the whole question."""
    if name == "percentage":
        assert everybody is not None  # noqa: S101  asked for whenever it is
        return share(sums.visitors.number(), everybody.number())
    of_sums = _MEASURES.get(name)
    return of_sums(sums) if of_sums else sums.revenue(currency_of(name))
