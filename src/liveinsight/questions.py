"""Questions as they come over HTTP, checked and turned into queries. Pydantic at the edge."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt

from liveinsight import answers
from liveinsight.errors import InvalidInput
from liveinsight.stats import period as periods
from liveinsight.stats.period import DAY_MS, Period
from liveinsight.stats.query import MAX_ROWS, Filter, Query, Result

if TYPE_CHECKING:
    from collections.abc import Callable

_SUMMARY = (
    "visitors",
    "sessions",
    "page_views",
    "events",
    "bounce_rate",
    "avg_duration",
    "views_per_session",
    "conversions",
    "conversion_rate",
)
_SERIES = ("visitors", "sessions", "page_views", "events", "conversions")
_BREAKDOWNS = {
    "pages": ("page", ("page_views", "visitors")),
    "sources": ("source", ("visitors", "sessions", "bounce_rate")),
    "referrers": ("referrer", ("visitors", "sessions")),
    "countries": ("country", ("visitors", "sessions")),
    "browsers": ("browser", ("visitors", "sessions")),
    "systems": ("os", ("visitors", "sessions")),
    "devices": ("device", ("visitors", "sessions")),
    "conversions": ("conversion_type", ("conversions", "visitors")),
}
_DEFAULT_PERIOD = "7d"
_HOURLY_UP_TO = 2 * DAY_MS
_DAILY_UP_TO = 100 * DAY_MS
_NONEMPTY = {"referrers": "referrer"}


class StatsQuestion(BaseModel):
    """What `/api/stats` and its relatives take."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    site_id: Annotated[str | None, Field(max_length=253)] = None
    period: Annotated[str | None, Field(max_length=30, description="today, yesterday, 24h, 7d, 30d, 12mo, ...")] = None
    start: Annotated[str | None, Field(alias="from", max_length=40, description="ms or ISO date")] = None
    end: Annotated[str | None, Field(alias="to", max_length=40, description="ms or ISO date (that day included)")] = (
        None
    )
    interval: Literal["minute", "hour", "day", "week", "month"] | None = None
    compare: Literal["none", "previous", "year"] = "none"
    limit: Annotated[int, Field(ge=1, le=MAX_ROWS)] = 100
    timezone: Annotated[str | None, Field(max_length=64)] = None

    @property
    def has_period(self) -> bool:
        return any((self.period, self.start, self.end))


class FilterBody(BaseModel):
    """Part of a query: events or sessions whose dimension is (or is not, contains, starts with) one of the values."""

    model_config = ConfigDict(extra="forbid")

    dimension: Annotated[str, Field(max_length=80)]
    operator: Annotated[str, Field(max_length=30)] = "is"
    values: Annotated[list[Annotated[str, Field(max_length=2048)]], Field(min_length=1, max_length=100)]


class OrderBody(BaseModel):
    """Part of a query: what to sort by."""

    model_config = ConfigDict(extra="forbid")

    by: Annotated[str, Field(max_length=80)]
    descending: bool = False


class QueryBody(BaseModel):
    """The body of `POST /api/query`."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    site_id: Annotated[str | None, Field(max_length=253)] = None
    metrics: Annotated[list[Annotated[str, Field(max_length=80)]], Field(min_length=1, max_length=20)]
    dimensions: Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=4)] = []
    filters: Annotated[list[FilterBody], Field(max_length=20)] = []
    period: Annotated[str | None, Field(max_length=30)] = None
    start: Annotated[StrictInt | str | None, Field(alias="from")] = None
    end: Annotated[StrictInt | str | None, Field(alias="to")] = None
    order_by: Annotated[list[OrderBody], Field(max_length=4)] = []
    limit: Annotated[int, Field(ge=1, le=MAX_ROWS)] = 100
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    timezone: Annotated[str | None, Field(max_length=64)] = None

    def query(self, site_id: str, now: int, default_timezone: str) -> Query:
        """The checked query. Raises InvalidInput."""
        timezone = self.timezone or default_timezone
        start, end = (None if each is None else str(each)[:40] for each in (self.start, self.end))
        return Query(
            site_id=site_id,
            metrics=tuple(self.metrics),
            dimensions=tuple(self.dimensions),
            filters=tuple(Filter(each.dimension, each.operator, tuple(each.values)) for each in self.filters),
            period=_period(self.period, start, end, now, timezone),
            order_by=tuple((each.by, each.descending) for each in self.order_by),
            limit=self.limit,
            offset=self.offset,
            timezone=timezone,
        )

    def understood(self, query: Query) -> dict[str, Any]:
        """The question with every default filled in, for the answer."""
        return {
            "site_id": query.site_id,
            "metrics": list(query.metrics),
            "dimensions": list(query.dimensions),
            "filters": [each.model_dump() for each in self.filters],
            "from": query.period.start,
            "to": query.period.end,
            "timezone": query.timezone,
            "order_by": [{"by": name, "descending": descending} for name, descending in query.ordering()],
            "limit": query.limit,
            "offset": query.offset,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """The questions behind one `/api/stats` answer."""

    base: Query
    series: Query
    compared: Period | None

    def answer(self, run: Callable[[Query], Result]) -> dict[str, Any]:
        """Ask them all."""
        base = self.base
        return {
            "site_id": base.site_id,
            "from": base.period.start,
            "to": base.period.end,
            "timezone": base.timezone,
            "interval": self.series.interval,
            "summary": _numbers(base, run),
            "comparison": _numbers(base.over(self.compared), run) if self.compared else None,
            "timeseries": answers.breakdown(run(self.series), "time", _SERIES),
            **{
                name: answers.breakdown(
                    run(replace(base, metrics=metrics, dimensions=(dimension,), filters=_present(name))),
                    dimension,
                    metrics,
                )
                for name, (dimension, metrics) in _BREAKDOWNS.items()
            },
        }


def ask(question: StatsQuestion, site_id: str, now: int, default_timezone: str) -> Report:
    """The report that a question asks for. Raises InvalidInput, also for a time series that would not be whole."""
    timezone = question.timezone or default_timezone
    period = read_period(question, now, default_timezone)
    base = Query(site_id=site_id, metrics=_SUMMARY, period=period, limit=question.limit, timezone=timezone)
    series = replace(base, metrics=_SERIES, dimensions=(question.interval or _interval(period),), limit=MAX_ROWS)
    if (points := len(series.parts())) > MAX_ROWS:
        msg = f"The time series would have {points} points, and {MAX_ROWS} is the limit: ask for a longer interval."
        raise InvalidInput(msg, code="too_many_rows")
    compared = None
    if question.compare != "none":
        before = periods.previous if question.compare == "previous" else periods.year_before
        compared = before(period, timezone)
    return Report(base, series, compared)


def read_period(question: StatsQuestion, now: int, default_timezone: str) -> Period:
    """The period that a question names; the last seven days without one. Raises InvalidInput."""
    return _period(question.period, question.start, question.end, now, question.timezone or default_timezone)


def _period(name: str | None, start: str | None, end: str | None, now: int, timezone: str) -> Period:
    if name and (start or end):
        msg = "Send either period, or from and to."
        raise InvalidInput(msg, code="invalid_period")
    if not (start or end):
        return periods.named_period(name or _DEFAULT_PERIOD, now, timezone)
    if not start:
        msg = "to needs a from."
        raise InvalidInput(msg, code="invalid_period")
    first = periods.instant(start, timezone)
    last = periods.instant(end, timezone, end=True) if end else max(now, first + 1)
    if last <= first:
        msg = "The period ends before it starts: from must be earlier than to."
        raise InvalidInput(msg, code="invalid_period")
    return Period(first, last)


def _interval(period: Period) -> str:
    length = period.end - period.start
    if length <= _HOURLY_UP_TO:
        return "hour"
    return "day" if length <= _DAILY_UP_TO else "month"


def _numbers(query: Query, run: Callable[[Query], Result]) -> dict[str, int | float]:
    return dict(zip(query.metrics, run(query).rows[0].metrics, strict=True))


def _present(name: str) -> tuple[Filter, ...]:
    """A referrer list is of those who have one."""
    return (Filter(_NONEMPTY[name], "is_not", ("",)),) if name in _NONEMPTY else ()
