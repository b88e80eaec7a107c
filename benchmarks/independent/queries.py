"""Metrics by dimensions. See `stats.query.Query` for what the numbers mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from benchmarks.independent.conditions import EVERY, OF_EVENT, all_hold, part_of, within
from benchmarks.independent.facts import IS_CONVERSION, IS_VIEW, Facts
from liveinsight.stats.query import Query, Result, Row

if TYPE_CHECKING:
    from liveinsight.stats.period import Period

_VISITORS = pl.col("visitor_id").n_unique()
_VIEWS = IS_VIEW.sum()
_EXITS = (IS_VIEW & (pl.col("event_id") == pl.col("last_view"))).sum()
_CONVERTED = pl.col("converts").any().over("session")
_EVENT_METRICS = {
    "events": pl.len(),
    "page_views": _VIEWS,
    "visitors": _VISITORS,
    "percentage": _VISITORS / pl.col("everybody").first(),
    "entries": (IS_VIEW & (pl.col("event_id") == pl.col("first_view"))).sum(),
    "exits": _EXITS,
    "exit_rate": _EXITS / _VIEWS,
    "conversions": pl.col("converts").sum(),
    "conversion_rate": pl.col("visitor_id").filter("converts").n_unique() / _VISITORS,
    "revenue": pl.col("value").filter("converts").sum(),
}
_SESSION_METRICS = {
    "sessions": pl.len(),
    "bounce_rate": ((pl.col("session_views") <= 1) & (pl.col("interactions") == 0)).mean(),
    "avg_duration": (pl.col("last_activity") - pl.col("started_at")).mean(),
    "views_per_session": pl.col("session_views").mean(),
    "converted_sessions": pl.col("converted").sum(),
    "session_conversion_rate": pl.col("converted").mean(),
}
_VISIT_METRICS = {"time_on_page": pl.col("engaged").mean(), "scroll_depth": pl.col("depth").mean()}
_SUM_OF_REPORTS = pl.when(pl.col("engaged_ms").count() > 0).then(pl.col("engaged_ms").sum())
_COUNTS = {"events", "page_views", "visitors", "entries", "exits", "conversions", "sessions", "converted_sessions"}


def query(asked: Query, facts: Facts) -> Result:
    """The rows of a query."""
    rows = {key: dict.fromkeys(asked.metrics, 0.0) for key in _given(asked)}
    for table in _tables(asked, _matching(asked, facts)):
        for found in table.collect().iter_rows(named=True):
            key = tuple(found.pop(name) for name in asked.dimensions)
            rows.setdefault(key, dict.fromkeys(asked.metrics, 0.0)).update(found)
    answer = [
        Row(key, tuple(_number(name, numbers[name]) for name in asked.metrics))
        for key, numbers in rows.items()
        if asked.only is None or key in asked.only
    ]
    names = (*asked.dimensions, *asked.metrics)
    for name, descending in reversed(asked.ordering()):
        column = names.index(name)
        answer.sort(key=lambda row: (*row.dimensions, *row.metrics)[column], reverse=descending)
    return Result(answer[asked.offset : asked.offset + asked.limit], len(answer))


def parts(period: Period, interval: str, timezone: str) -> list[int]:
    """The starts of the parts of a period."""
    edges = pl.DataFrame({"time": [period.start, period.end - 1]}).select(part_of("time", interval, timezone))
    start, last = pl.from_epoch(edges.to_series(), "ms").dt.replace_time_zone("UTC").dt.convert_time_zone(timezone)
    whole = pl.datetime_range(start, last, EVERY[interval], eager=True)
    return whole.dt.epoch("ms").to_list()


def _given(asked: Query) -> list[tuple[str | int, ...]]:
    """The rows that are there whatever happened."""
    if not asked.dimensions:
        return [()]
    only = asked.dimensions[0]
    is_time = len(asked.dimensions) == 1 and only in EVERY
    return [(start,) for start in parts(asked.period, only, asked.timezone)] if is_time else []


def _number(name: str, value: float | None) -> float:
    number = 0.0 if value is None or value != value else value  # noqa: PLR0124  nothing divided by nothing
    return int(number) if name in _COUNTS else float(number)


def _matching(asked: Query, facts: Facts) -> pl.LazyFrame:
    """The events that match, with whether they and their sessions convert."""
    converts = all_hold(asked.goal) if asked.goal else IS_CONVERSION
    passes = all_hold(asked.filters) & within(asked.period)
    events = facts.events.with_columns(converts=converts).with_columns(converted=_CONVERTED, passes=passes)
    return events.filter("passes").with_columns(everybody=_VISITORS)


def _tables(asked: Query, matching: pl.LazyFrame) -> list[pl.LazyFrame]:
    """The metrics of each kind, by the dimensions."""
    tables = []
    for metrics in (_EVENT_METRICS, _VISIT_METRICS, _SESSION_METRICS):
        wanted = {name: _metric(name, metrics) for name in asked.metrics if name.partition(":")[0] in metrics}
        if not wanted:
            continue
        rows = _with_dimensions(asked, matching, "started_at" if metrics is _SESSION_METRICS else "timestamp")
        if metrics is _VISIT_METRICS:
            rows = rows.group_by(*asked.dimensions, "session", pl.col("page").alias("(page)")).agg(
                engaged=_SUM_OF_REPORTS, depth=pl.col("scroll_depth").max()
            )
        if metrics is _SESSION_METRICS:
            rows = rows.filter(within(asked.period, "started_at")).unique([*asked.dimensions, "session"])
        tables.append(rows.group_by(asked.dimensions).agg(**wanted) if asked.dimensions else rows.select(**wanted))
    return tables


def _metric(name: str, metrics: dict[str, pl.Expr]) -> pl.Expr:
    kind, _, currency = name.partition(":")
    if currency:
        return pl.col("value").filter(pl.col("converts") & (pl.col("currency") == currency)).sum()
    return metrics[kind]


def _with_dimensions(asked: Query, matching: pl.LazyFrame, time: str) -> pl.LazyFrame:
    for name in asked.dimensions:
        if name in EVERY:
            matching = matching.with_columns(part_of(time, name, asked.timezone).alias(name))
        elif name in OF_EVENT:
            matching = matching.filter(pl.col(name) != "")
    return matching
