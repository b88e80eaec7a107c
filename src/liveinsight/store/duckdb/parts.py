"""The parts of a time dimension as SQL."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from liveinsight.store.duckdb.conditions import Bound

_MOST_UNITS = 200_000


class PartOf(NamedTuple):
    """`column` is the start of the part that holds a `{time}`; `join` what the tables need for it."""

    column: str
    join: str


def bind_parts(bound: Bound, parts: list[int], end: int) -> PartOf:
    """Finds the part of a time before `end`.

    In a list with the part of every unit: the largest unit that every part is made of, a quarter of an hour, a day, ...
    So a change of the clock, or a zone of half hours, is only another list. Clocks that were once off by seconds
    (Monrovia until 1972) would need too many units: then the part is searched for.
    """
    if not parts:
        return PartOf("", "")
    end = max(end, parts[-1] + 1)
    unit = gcd(*parts) or end
    if (end - parts[0]) // unit > _MOST_UNITS:
        starts = bound.bind(parts)
        join = f" ASOF JOIN (SELECT unnest({starts}::BIGINT[]) AS part) parts ON {{time}} >= parts.part"
        return PartOf("parts.part", join)
    by_unit = [
        part
        for part, following in zip(parts, [*parts[1:], end], strict=True)
        for _ in range(part // unit, (following - 1) // unit + 1)
    ]
    index = f"{{time}} // {bound.bind(unit)}::BIGINT - {bound.bind(parts[0] // unit - 1)}::BIGINT"
    return PartOf(f"({bound.bind(by_unit)}::BIGINT[])[{index}]", "")
