"""One question: metrics by dimensions, filtered, over a period. Names are checked here, once, for every store."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from liveinsight.stats import period as periods
from liveinsight.stats.filters import AllOf, Filter, check_filters
from liveinsight.stats.question import MAX_ROWS, Question, check_frame, refuse
from liveinsight.stats.vocabulary import (
    DIMENSIONS,
    INTERVALS,
    METRICS,
    TIME,
    Metric,
    check_name,
    dimension_scope,
    metric_of,
)

if TYPE_CHECKING:
    from liveinsight.stats.filters import Condition
    from liveinsight.stats.period import Period

MAX_DIMENSIONS = 2
MAX_METRICS = 20


class Row(NamedTuple):
    """Values in the order asked. A time dimension's value is the start of its part in ms, others are text.

    Counts are integers, all else floats; a rate or mean of nothing is 0.
    """

    dimensions: tuple[str | int, ...]
    metrics: tuple[int | float, ...]


class Result(NamedTuple):
    """The asked page of the rows, and how many rows there are in all."""

    rows: list[Row]
    total_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Query(Question[Result]):
    """A checked question.

    How it is answered:

    * An event matches when it lies in [start, end) and every filter holds for it; the filters see one event at a time,
      and session-level dimensions of an event are those of its session.
    * Event metrics count the matching events, grouped by their dimensions.
    * Session metrics count the sessions started in [start, end) that have a matching event. A session belongs to every
      group that one of those events belongs to. Its duration, page views and conversions are those of the whole
      session, also beyond the period and the filters.
    * Page visit metrics are means over the pairs of a session and a page among a group's matching events. Only pairs
      count that have a report: for `time_on_page` the sum of the `engaged_ms` that its events carry, for
      `scroll_depth` the greatest `scroll_depth`.
    * `entries` and `exits` are matching page views that are the first or last page view of their whole session.
    * A conversion is an event of type `conversion`, or, when `goal` is given, an event for which all its conditions
      hold. `revenue` adds up the values of conversions, in the currency that it names (`revenue:KRW`), or else in
      the only currency there can be: it needs `currency` as a dimension, or a filter that is one currency.
    * `percentage` divides the visitors of a row by those of all matching events, in no row included.
    * In a time dimension an event stands at its own time, a session at its start.
    * An event-level dimension has no row for the empty value: an event without a conversion type is in no row of
      `conversion_type`. A session-level one has: the sessions of unknown country are the row "". For a filter, a value
      that is missing is the empty text. A property that is no text reads as in JSON: `true`, `2`, `1.5`.
    * A row is there when an event or page visit metric is asked and it has a matching event, or a session metric and it
      has a session.
    * `visitors` of the whole period are distinct over it, so the rows of a dimension may add up to more.
    * A query whose only dimension is a time has a row for every part of its period, zeros included; `order_by`, limit
      and offset work on these rows like on any. A query without dimensions has one row.
    * Without `order_by`, time dimensions ascend, then the first metric descends, then the dimensions ascend.
    * `only` keeps just the rows of these dimension values, and makes none; what is counted in them is as without it.
    """

    site_id: str
    metrics: tuple[str, ...]
    period: Period
    dimensions: tuple[str, ...] = ()
    filters: tuple[Condition, ...] = ()
    goal: tuple[Condition, ...] = ()
    order_by: tuple[tuple[str, bool], ...] = ()  # (metric or dimension, descending)
    limit: int = 1000
    offset: int = 0
    timezone: str = "UTC"
    only: tuple[tuple[str | int, ...], ...] | None = None

    def __post_init__(self) -> None:
        check_frame(self.period, self.filters, self.timezone)
        check_filters(self.goal)
        for name in self.metrics:
            check_name("metric", name, METRICS, is_known=metric_of(name) is not None)
        for name in self.dimensions:
            check_name("dimension", name, DIMENSIONS, is_known=dimension_scope(name) is not None)
        if not 0 < len(self.metrics) <= MAX_METRICS:
            refuse("invalid_query", f"Ask for 1 to {MAX_METRICS} metrics.")
        if len(self.dimensions) > MAX_DIMENSIONS or len(set(self.dimensions)) != len(self.dimensions):
            refuse("invalid_query", f"Ask for at most {MAX_DIMENSIONS} different dimensions.")
        if sum(dimension_scope(name) == TIME for name in self.dimensions) > 1:
            refuse("invalid_query", "Ask for one time dimension at most.")
        if "revenue" in self.metrics and not self._has_one_currency():
            msg = "Money of several currencies has no sum: ask for revenue:KRW, or group or filter by currency."
            refuse("currency_required", msg)
        for name, _ in self.order_by:
            if name not in (*self.metrics, *self.dimensions):
                msg = f"order_by names {name[:60]!r}, which is neither a metric nor a dimension asked for."
                refuse("invalid_query", msg)
        if not 0 < self.limit <= MAX_ROWS or self.offset < 0:
            refuse("invalid_query", f"limit must be 1 to {MAX_ROWS}, offset 0 or more.")

    def _has_one_currency(self) -> bool:
        return "currency" in self.dimensions or _is_of_one_currency(self.filters)

    @property
    def measures(self) -> list[Metric]:
        """The metrics asked for, as the vocabulary has them."""
        return [found for name in self.metrics if (found := metric_of(name))]

    @property
    def interval(self) -> str | None:
        """The time dimension, if one is asked for."""
        return next((name for name in self.dimensions if name in INTERVALS), None)

    def parts(self) -> list[int]:
        """The starts of the parts of the time dimension."""
        return periods.parts(self.period, self.interval, self.timezone) if self.interval else []

    def ordering(self) -> tuple[tuple[str, bool], ...]:
        """The complete order of rows as (name, descending): what was asked, then whatever makes it one order."""
        asked = list(self.order_by)
        if not asked:
            asked = [(name, False) for name in self.dimensions if name in INTERVALS]
            asked.append((self.metrics[0], True))
        named = {name for name, _ in asked}
        return (*asked, *((name, False) for name in self.dimensions if name not in named))

    def over(self, period: Period) -> Query:
        """The same question over another period."""
        return replace(self, period=period)


def share(part: float, whole: int) -> float:
    """A part of a whole; of nothing it is 0."""
    return part / whole if whole else 0.0


def page_of(query: Query, rows: list[Row]) -> Result:
    """The asked page of all rows, in the order asked."""
    names = (*query.dimensions, *query.metrics)
    for name, descending in reversed(query.ordering()):
        column = names.index(name)
        rows.sort(key=lambda row: (*row.dimensions, *row.metrics)[column], reverse=descending)
    return Result(rows[query.offset : query.offset + query.limit], len(rows))


def _is_of_one_currency(conditions: tuple[Condition, ...]) -> bool:
    for each in conditions:
        if isinstance(each, AllOf) and _is_of_one_currency(each.conditions):
            return True
        if isinstance(each, Filter) and each[:2] == ("currency", "is") and len(set(each.values)) == 1:
            return True
    return False
