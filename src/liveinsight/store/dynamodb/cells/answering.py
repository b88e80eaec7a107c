"""Queries answered from cells: what fits them, and the rows. What the numbers mean is said in `stats.query.Query`."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from liveinsight.stats.filters import AllOf, AnyOf, Filter, Not, hold, leaves
from liveinsight.stats.period import MINUTE_MS, QUARTER_MS
from liveinsight.stats.query import Row, page_of
from liveinsight.stats.vocabulary import EVENT, INTERVALS, SESSION, VISIT, dimension_scope
from liveinsight.store.dynamodb.cells.cell import MINUTE, WHOLE
from liveinsight.store.dynamodb.cells.crowd import Crowd
from liveinsight.store.dynamodb.cells.rollups import Asked
from liveinsight.store.dynamodb.cells.spans import LOOSE, is_cut, spans
from liveinsight.store.dynamodb.cells.sums import Sums, measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from liveinsight.stats.filters import Condition
    from liveinsight.stats.query import Query, Result
    from liveinsight.store.dynamodb.cells.rollups import Counted, Rollups
    from liveinsight.store.dynamodb.cells.spans import Span

    RowKey = tuple[str | int, ...]


def answered(rollups: Rollups, query: Query, now: int) -> Result | None:
    """The rows of a query; None when cells cannot tell."""
    query.parts()  # raises for too many, before anything is read
    dimension = _dimension(query)
    if dimension is None:
        return None
    extent = rollups.extent(query.site_id, query.period, query.timezone)
    wanted = spans(extent, query.interval, query.timezone, now)
    if not _fits(query, dimension, wanted):
        return None
    asked = Asked(query.site_id, query.timezone, dimension, fine=query.interval == MINUTE)
    groups = rollups.take(asked, wanted, lambda cells: _groups(query, cells))
    everybody = _everybody(rollups, query, asked, wanted, groups)
    if query.only is not None:
        groups = {key: sums for key, sums in groups.items() if key in query.only}
    rows = [
        Row(key, tuple(measure(name, sums, everybody) for name in query.metrics))
        for key, sums in groups.items()
        if _has_a_row(query, sums)
    ]
    return page_of(query, rows)


def _dimension(query: Query) -> str | None:
    """The one dimension whose cells tell, if one does."""
    if query.goal or not _is_about_values(query.filters):
        return None
    named = {name for name in query.dimensions if name not in INTERVALS}
    filtered = {each.dimension for each in leaves(query.filters)}
    concerned = named | filtered
    if len(concerned) > 1:
        return None
    dimension = next(iter(concerned), WHOLE)
    if filtered and not named and not _adds_up(query, dimension):
        return None
    if filtered and dimension_scope(dimension) == EVENT and _hold(query.filters, ""):
        # Events without a value are in no cell of the dimension, and in no row of it: only the whole has them.
        return dimension if named and "percentage" not in query.metrics else None
    return dimension


def _is_about_values(conditions: Sequence[Condition]) -> bool:
    return all(
        isinstance(each, Filter)
        or (isinstance(each, AllOf | AnyOf) and _is_about_values(each.conditions))
        or (isinstance(each, Not) and _is_about_values([each.condition]))
        for each in conditions
    )


def _adds_up(query: Query, dimension: str) -> bool:
    """Whether the values that pass the filters may be added up: not when a session is counted under several of them."""
    scopes = {metric.scope for metric in query.measures}
    if dimension_scope(dimension) == SESSION or scopes == {EVENT}:
        return True
    only = query.filters[0]
    return len(query.filters) == 1 and isinstance(only, Filter) and only.operator == "is" and len(set(only.values)) == 1


def _fits(query: Query, dimension: str, wanted: list[Span]) -> bool:
    """Whether the cells are as fine as the period."""
    unit = MINUTE_MS if dimension == WHOLE else QUARTER_MS
    if query.interval == MINUTE and dimension != WHOLE:
        return False
    return all(is_cut(span, unit if span.kind == LOOSE else QUARTER_MS) for span in wanted)


def _groups(query: Query, cells: Iterator[Counted]) -> dict[RowKey, Sums]:
    """The sums of every row."""
    parts = query.parts()
    first, end = query.period.start // MINUTE_MS, query.period.end // MINUTE_MS
    groups: dict[RowKey, Sums] = {}
    if not query.dimensions:
        groups[()] = Sums()
    elif query.dimensions == (query.interval,):
        groups = {(part,): Sums() for part in parts}
    for at, value, cell in cells:
        if not _hold(query.filters, value):
            continue
        part = parts[bisect_right(parts, at * MINUTE_MS) - 1] if parts else 0
        key = tuple(part if name in INTERVALS else value for name in query.dimensions)
        groups.setdefault(key, Sums()).take(cell, since=max(first, part // MINUTE_MS), until=end)
    return groups


def _everybody(
    rollups: Rollups, query: Query, asked: Asked, wanted: list[Span], groups: dict[RowKey, Sums]
) -> Crowd | None:
    """All visitors of the question, if they are asked for."""
    if "percentage" not in query.metrics:
        return None
    everybody = Crowd()
    if not query.filters and asked.dimension != WHOLE and dimension_scope(asked.dimension) == EVENT:
        return rollups.take(asked._replace(dimension=WHOLE), wanted, _visitors)
    for sums in groups.values():
        everybody.add(sums.visitors)
    return everybody


def _visitors(cells: Iterator[Counted]) -> Crowd:
    everybody = Crowd()
    for each in cells:
        everybody.add(each.cell.visitors)
    return everybody


def _has_a_row(query: Query, sums: Sums) -> bool:
    if not query.dimensions or query.dimensions == (query.interval,):
        return True
    scopes = {metric.scope for metric in query.measures}
    return bool((scopes & {EVENT, VISIT} and sums.events) or (SESSION in scopes and sums.sessions))


def _hold(conditions: Sequence[Condition], value: str) -> bool:
    """Whether conditions on one dimension hold for a value of it."""
    return hold(conditions, lambda each: isinstance(each, Filter) and each.holds(value))
