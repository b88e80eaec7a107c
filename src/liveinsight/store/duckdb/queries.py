"""A Query answered with SQL. See Query for what the numbers mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from liveinsight.stats.query import Query, Result, Row, page_of
from liveinsight.store.duckdb.groups import Groups

if TYPE_CHECKING:
    import duckdb


def query(asked: Query, cursor: duckdb.DuckDBPyConnection) -> Result:
    """The rows of a query."""
    groups = Groups(asked, cursor)
    return _every_part(asked, groups) if asked.dimensions == (asked.interval,) else _page(asked, groups)


def _page(asked: Query, groups: Groups) -> Result:
    """The asked page of the groups."""
    names = dict(zip((*asked.dimensions, *asked.metrics), groups.columns, strict=True))
    order = ", ".join(f"{names[name]} {'DESC' if down else 'ASC'}" for name, down in asked.ordering())
    paging = f"LIMIT {groups.bound.bind(asked.limit)}::BIGINT OFFSET {groups.bound.bind(asked.offset)}::BIGINT"
    rows = groups.fetch(f"SELECT *, count(*) OVER () FROM groups ORDER BY {order} {paging}")
    total = rows[0][-1] if rows else 0
    if not rows and asked.offset:
        total = groups.fetch("SELECT count(*) FROM groups")[0][0]
    width = len(asked.dimensions)
    return Result([Row(tuple(row[:width]), _numbers(asked, row[width:-1])) for row in rows], total)


def _every_part(asked: Query, groups: Groups) -> Result:
    """Rows for all parts of the period, those without events too."""
    by_part = {row[0]: row[1:] for row in groups.fetch("SELECT * FROM groups")}
    nothing = (None,) * len(asked.metrics)
    parts = [part for part in asked.parts() if asked.only is None or (part,) in asked.only]
    rows = [Row((part,), _numbers(asked, by_part.get(part, nothing))) for part in parts]
    return page_of(asked, rows)


def _numbers(asked: Query, values: Any) -> tuple[int | float, ...]:
    return tuple(
        (value or 0) if metric.unit == "count" else float(value or 0)
        for metric, value in zip(asked.measures, values, strict=True)
    )
