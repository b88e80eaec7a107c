"""A period at a glance: `/api/stats` and `/api/statistics/summary/`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from liveinsight import answers
from liveinsight.errors import InvalidInput
from liveinsight.questions.period import EVER
from liveinsight.questions.stats import check_series, fitting_interval
from liveinsight.reports.change import change
from liveinsight.stats.filters import Filter
from liveinsight.stats.query import Query
from liveinsight.stats.question import MAX_ROWS

if TYPE_CHECKING:
    from liveinsight.questions import StatsQuestion, SummaryQuestion
    from liveinsight.questions.occasion import Occasion
    from liveinsight.reports.run import Answer, Run
    from liveinsight.stats.filters import Condition
    from liveinsight.stats.period import Period

SUMMARY = (
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
# A referrer list is of those who have one.
HAS_REFERRER = Filter("referrer", "is_not", ("",))
_ONLY: dict[str, tuple[Condition, ...]] = {"referrers": (HAS_REFERRER,)}


def overview(question: StatsQuestion, occasion: Occasion, run: Run) -> Answer:
    """`data` of /api/stats. Raises InvalidInput, also for a time series that would not be whole."""
    period, timezone = question.period_at(occasion), question.timezone_at(occasion)
    base = Query(site_id=occasion.site_id, metrics=SUMMARY, period=period, limit=question.limit, timezone=timezone)
    interval = question.interval or fitting_interval(period)
    series = replace(base, metrics=_SERIES, dimensions=(interval,), limit=MAX_ROWS)
    check_series(series)
    return {
        "site_id": base.site_id,
        "from": period.start,
        "to": period.end,
        "timezone": timezone,
        "interval": interval,
        **compared_totals(base, question.compared_at(occasion), run),
        "timeseries": answers.breakdown(run(series), "time", _SERIES),
        **{
            name: answers.breakdown(
                run(replace(base, metrics=metrics, dimensions=(dimension,), filters=_ONLY.get(name, ()))),
                dimension,
                metrics,
            )
            for name, (dimension, metrics) in _BREAKDOWNS.items()
        },
    }


def summary(question: SummaryQuestion, occasion: Occasion, run: Run) -> Answer:
    """The object of /api/statistics/summary/. Without a period: everything that is kept, which has no from and to."""
    period = question.period_or_ever(occasion)
    if period == EVER and question.compare != "none":
        msg = "Nothing came before everything: compare needs a period, or from and to."
        raise InvalidInput(msg, code="invalid_period")
    timezone = question.timezone_at(occasion)
    query = Query(site_id=occasion.site_id, metrics=SUMMARY, period=period, timezone=timezone)
    found = compared_totals(query, None if period == EVER else question.compared_at(occasion), run)
    return {
        "site_id": query.site_id,
        "from": None if period == EVER else period.start,
        "to": None if period == EVER else period.end,
        "timezone": timezone,
        **found.pop("summary"),
        **found,
    }


def compared_totals(query: Query, period: Period | None, run: Run) -> Answer:
    """`summary`, and where there is a period to compare with, `comparison` and `change`: numbers by metric."""
    now = totals(query, run)
    if period is None:
        return {"summary": now, "comparison": None, "change": None}
    earlier = totals(query.over(period), run)
    changed = {name: change(number, earlier[name]) for name, number in now.items()}
    return {"summary": now, "comparison": earlier, "change": changed}


def totals(query: Query, run: Run) -> dict[str, int | float]:
    """The numbers of a query without dimensions, by metric."""
    return dict(zip(query.metrics, run(query).rows[0].metrics, strict=True))
