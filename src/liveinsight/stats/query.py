"""One question: metrics by dimensions, filtered, over a period. Names are checked here, once, for every store."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from liveinsight.errors import InvalidInput
from liveinsight.stats import period as periods
from liveinsight.stats.vocabulary import DIMENSIONS, INTERVALS, METRICS, TIME, dimension_scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from liveinsight.stats.period import Period

MAX_DIMENSIONS = 2
MAX_FILTERS = 20
MAX_FILTER_VALUES = 100
MAX_ROWS = 10_000
OPERATORS = ("is", "is_not", "contains", "starts_with")

Value = str | int | float | None


class Filter(NamedTuple):
    """`dimension` compared with any of `values`: is, is_not (none of them), contains, starts_with."""

    dimension: str
    operator: str
    values: tuple[str, ...]

    def holds(self, value: str) -> bool:
        """Whether a value of the dimension passes. Comparison is exact, by code point."""
        if self.operator == "is":
            return value in self.values
        if self.operator == "is_not":
            return value not in self.values
        if self.operator == "contains":
            return any(each in value for each in self.values)
        return any(value.startswith(each) for each in self.values)


class Row(NamedTuple):
    """Values in the order asked. A time dimension's value is the start of its part in ms, others are text.

    Counts are integers, rates and means floats; a rate or mean of nothing is 0.
    """

    dimensions: tuple[str | int, ...]
    metrics: tuple[int | float, ...]


class Result(NamedTuple):
    """The asked page of the rows, and how many rows there are in all."""

    rows: list[Row]
    total_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A checked question.

    How it is answered:

    * Event metrics count the events of [start, end) that pass every filter, grouped by their dimensions; session-level
      dimensions of an event are those of its session.
    * Session metrics count the sessions started in [start, end) that have, in the period, an event that passes every
      filter (all of them by the same event). A session belongs to every group that one of those events belongs to. Its
      duration and page views are those of the whole session, also beyond the period and the filters.
    * In a time dimension an event stands at its own time, a session at its start.
    * An event-level dimension has no row for the empty value: an event without a conversion type is in no row of
      `conversion_type`. A session-level one has: the sessions of unknown country are the row "". For a filter, a value
      that is missing is the empty text. A property that is no text reads as in JSON: `true`, `2`, `1.5`.
    * A row is there when an event metric is asked and it has an event, or a session metric and it has a session.
    * `visitors` of the whole period are distinct over it, so the rows of a dimension may add up to more.
    * A query whose only dimension is a time has a row for every part of its period, zeros included; `order_by`, limit
      and offset work on these rows like on any. A query without dimensions has one row.
    * Without `order_by`, time dimensions ascend, then the first metric descends, then the dimensions ascend.
    """

    site_id: str
    metrics: tuple[str, ...]
    period: Period
    dimensions: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    order_by: tuple[tuple[str, bool], ...] = ()  # (metric or dimension, descending)
    limit: int = 1000
    offset: int = 0
    timezone: str = "UTC"

    def __post_init__(self) -> None:
        _check_names("metric", self.metrics, tuple(METRICS), METRICS.__contains__)
        if not self.metrics:
            _refuse("invalid_query", "Ask for at least one metric.")
        known = tuple(DIMENSIONS)
        _check_names("dimension", self.dimensions, known, _is_dimension)
        _check_names("dimension", [each.dimension for each in self.filters], known, _is_filterable)
        if len(self.dimensions) > MAX_DIMENSIONS or len(set(self.dimensions)) != len(self.dimensions):
            _refuse("invalid_query", f"Ask for at most {MAX_DIMENSIONS} different dimensions.")
        if sum(dimension_scope(name) == TIME for name in self.dimensions) > 1:
            _refuse("invalid_query", "Ask for one time dimension at most.")
        if len(self.filters) > MAX_FILTERS or any(len(f.values) > MAX_FILTER_VALUES for f in self.filters):
            _refuse("invalid_query", f"Use at most {MAX_FILTERS} filters of at most {MAX_FILTER_VALUES} values each.")
        for each in self.filters:
            if each.operator not in OPERATORS:
                _refuse("invalid_query", f"There is no operator {each.operator[:30]!r}. Use {', '.join(OPERATORS)}.")
        asked = (*self.metrics, *self.dimensions)
        for name, _ in self.order_by:
            if name not in asked:
                _refuse(
                    "invalid_query",
                    f"order_by names {name[:60]!r}, which is neither a metric nor a dimension asked for.",
                )
        if not 0 < self.limit <= MAX_ROWS or self.offset < 0:
            _refuse("invalid_query", f"limit must be 1 to {MAX_ROWS}, offset 0 or more.")
        if self.period.end <= self.period.start:
            _refuse("invalid_period", "The period ends before it starts: from must be earlier than to.")
        periods.zone(self.timezone)

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


def _is_dimension(name: str) -> bool:
    return dimension_scope(name) is not None


def _is_filterable(name: str) -> bool:
    return dimension_scope(name) not in {None, TIME}


def _check_names(kind: str, names: Iterable[str], known: tuple[str, ...], is_known: Callable[[str], bool]) -> None:
    for name in names:
        if not is_known(name):
            near = get_close_matches(name, known, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else f" There are: {', '.join(known)}."
            _refuse(f"unknown_{kind}", f"There is no {kind} {name[:60]!r} here.{hint}")


def _refuse(code: str, message: str) -> None:
    raise InvalidInput(message, code=code)
