"""What two stores say of the same site, side by side."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from liveinsight.errors import InvalidInput
from liveinsight.questions.period import EVER
from liveinsight.stats.period import HOUR_MS, Period
from liveinsight.stats.query import Query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from liveinsight.store.base import LedgerRow, Store

FIGURES = {"events": "events", "page_views": "page views", "sessions": "sessions", "visitors": "visitors"}
_OUTCOMES = ("stored", "duplicates", "filtered", "rejected")
_SHORTEST_MS = HOUR_MS  # of the periods that are compared one by one
_NEAR = 0.02  # visitors are counted within 2 % where there are many; less than that of a small number is nothing


class Figure(NamedTuple):
    """One total, as the source and the destination tell it."""

    name: str
    source: int
    destination: int
    is_same: bool


def compare(source: Store, destination: Store, site_id: str, period: Period | None) -> list[Figure]:
    """The totals of both, by ordinary questions; of the period, if there is any event, and of the whole ledger."""
    figures = _statistics(source, destination, site_id, period) if period else []
    return [*figures, *_ledgers(source, destination, site_id)]


def _statistics(source: Store, destination: Store, site_id: str, period: Period) -> list[Figure]:
    parts = list(_answers(source, destination, site_id, period))
    figures = []
    for at, name in enumerate(FIGURES.values()):
        one, other = (sum(part[side][at] for part in parts) for side in (0, 1))
        is_same = all(_agree(name, part[0][at], part[1][at]) for part in parts)
        label = f"{name}, added up" if name == FIGURES["visitors"] and len(parts) > 1 else name
        figures.append(Figure(label, one, other, is_same))
    return figures


def _answers(source: Store, destination: Store, site_id: str, period: Period) -> Iterator[tuple[list[int], list[int]]]:
    """What both say about a period; about its halves where one of them cannot tell at once."""
    query = Query(site_id=site_id, metrics=tuple(FIGURES), period=period)
    try:
        one, other = (list(map(int, store.run(query).rows[0].metrics)) for store in (source, destination))
    except InvalidInput as error:
        if error.code != "unsupported_query" or period.end - period.start <= _SHORTEST_MS:
            raise
        middle = (period.start + period.end) // 2
        yield from _answers(source, destination, site_id, Period(period.start, middle))
        yield from _answers(source, destination, site_id, Period(middle, period.end))
    else:
        yield one, other


def _ledgers(source: Store, destination: Store, site_id: str) -> list[Figure]:
    """Hours that the source has forgotten count anew from their events, so they are left out."""
    rows = source.ledger(site_id, EVER)
    if not rows:
        return []
    there = destination.ledger(site_id, Period(rows[0].hour, EVER.end))
    one, other = _by_outcome(rows), _by_outcome(there)
    is_same = {name: _details(rows, name) == _details(there, name) for name in _OUTCOMES}
    is_same["received"] = all(is_same.values())
    one["received"], other["received"] = one.total(), other.total()
    return [Figure(name, one[name], other[name], is_same[name]) for name in ("received", *_OUTCOMES)]


def _by_outcome(rows: list[LedgerRow]) -> Counter[str]:
    found: Counter[str] = Counter()
    for row in rows:
        found[row.outcome] += row.events
    return found


def _details(rows: list[LedgerRow], outcome: str) -> list[tuple[int, str, int]]:
    return [(row.hour, row.reason, row.events) for row in rows if row.outcome == outcome]


def _agree(name: str, one: int, other: int) -> bool:
    return one == other or (name == FIGURES["visitors"] and abs(one - other) <= _NEAR * max(one, other))
