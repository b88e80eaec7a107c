"""Comparison with another period."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from liveinsight.reports.run import Run
    from liveinsight.stats.period import Period
    from liveinsight.stats.query import Query, Row

Number = int | float


class Before(NamedTuple):
    """The metrics of a row in the other period, and how they changed since; None where they cannot be compared."""

    comparison: list[Number] | None
    change: list[float | None] | None


def change(now: Number, before: Number) -> float | None:
    """By what part a number changed: 0.5 is half as much again. None when there was nothing before."""
    return (now - before) / abs(before) if before else None


def changes(now: Iterable[Number], before: Iterable[Number]) -> list[float | None]:
    """The change of each number."""
    return [change(*pair) for pair in zip(now, before, strict=True)]


def before(query: Query, rows: list[Row], period: Period, run: Run) -> list[Before]:
    """What each row of a query was in another period.

    Dates cannot be the same there, so the first part of a time dimension is compared with the first, and so on. A part
    that the other period does not have is None; what had no row there was zero.
    """
    earlier = query.over(period)
    parts = dict(zip(query.parts(), earlier.parts(), strict=False))
    keys = [_key_before(query, row, parts) for row in rows]
    found = _found(earlier, [key for key in keys if key is not None], run)
    nothing = [0 if measure.unit == "count" else 0.0 for measure in query.measures]
    answer = []
    for row, key in zip(rows, keys, strict=True):
        if key is None:
            answer.append(Before(None, None))
            continue
        numbers = found.get(key, nothing)
        answer.append(Before(numbers, changes(row.metrics, numbers)))
    return answer


def _key_before(query: Query, row: Row, parts: dict[int, int]) -> tuple[str | int, ...] | None:
    key: list[str | int] = []
    for name, value in zip(query.dimensions, row.dimensions, strict=True):
        if name != query.interval:
            key.append(value)
        elif (start := parts.get(int(value))) is None:
            return None
        else:
            key.append(start)
    return tuple(key)


def _found(earlier: Query, keys: list[tuple[str | int, ...]], run: Run) -> dict[tuple[str | int, ...], list[Number]]:
    if not keys:
        return {}
    only = tuple(keys) if earlier.dimensions else None
    asked = replace(earlier, only=only, limit=len(keys), offset=0)
    return {row.dimensions: list(row.metrics) for row in run(asked).rows}
