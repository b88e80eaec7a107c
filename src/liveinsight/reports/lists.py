"""The bare lists of `/api/statistics/`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from liveinsight import answers
from liveinsight.errors import InvalidInput
from liveinsight.questions.conditions import saved_conditions
from liveinsight.reports.overview import HAS_REFERRER, totals
from liveinsight.stats import period as periods
from liveinsight.stats.query import Query
from liveinsight.stats.question import MAX_ROWS

if TYPE_CHECKING:
    from liveinsight.questions import ListQuestion
    from liveinsight.questions.occasion import Occasion
    from liveinsight.reports.run import Answer, Run

MAX_HOURS = 24 * 366
_HOURLY = ("events", "page_views", "visitors")
_PAGES = ("page_views", "visitors")
_REFERRERS = ("visitors", "sessions")
_GOALS = ("conversions", "conversion_rate", "converted_sessions", "session_conversion_rate")


def hourly(hours: int, timezone: str | None, occasion: Occasion, run: Run) -> list[Answer]:
    """Events, page views and visitors of the last `hours` hours, this one included; hours without any are 0."""
    if not 1 <= hours <= MAX_HOURS:
        msg = f"hours must be 1 to {MAX_HOURS}."
        raise InvalidInput(msg, code="invalid_period")
    timezone = timezone or occasion.timezone
    query = Query(
        site_id=occasion.site_id,
        metrics=_HOURLY,
        dimensions=("hour",),
        period=periods.named_period(f"{hours}h", occasion.now, timezone),
        timezone=timezone,
        limit=MAX_ROWS,  # a clock that is changed by half an hour adds parts: all of them fit
    )
    return [
        {
            "hour": periods.label(int(row.dimensions[0]), "hour", timezone),
            "time": row.dimensions[0],
            "count": row.metrics[0],
            "page_views": row.metrics[1],
            "visitors": row.metrics[2],
        }
        for row in run(query).rows
    ]


def pages(question: ListQuestion, occasion: Occasion, run: Run) -> list[Answer]:
    """Page views and visitors by page, most viewed first. Without a period: everything that is kept."""
    query = replace(_of(question, occasion), metrics=_PAGES, dimensions=("page",))
    return [
        {"page": row.dimensions[0], "views": row.metrics[0], "visitors": row.metrics[1]}
        for row in run(query).rows
        if row.metrics[0]
    ]


def referrers(question: ListQuestion, occasion: Occasion, run: Run) -> list[Answer]:
    """Visitors and sessions by referrer, most visitors first. Without a period: everything that is kept."""
    query = replace(_of(question, occasion), metrics=_REFERRERS, dimensions=("referrer",), filters=(HAS_REFERRER,))
    return answers.breakdown(run(query), "referrer", _REFERRERS)


def goals(saved: list[Answer], question: ListQuestion, occasion: Occasion, run: Run) -> list[Answer]:
    """Conversions and rates of each goal, most conversions first. Without a period: everything that is kept."""
    query = replace(_of(question, occasion), metrics=_GOALS)
    found = [
        {"goal": goal["id"], "name": goal["name"], **totals(replace(query, goal=saved_conditions(goal)), run)}
        for goal in saved
    ]
    return sorted(found, key=lambda each: -each["conversions"])[: question.limit]


def _of(question: ListQuestion, occasion: Occasion) -> Query:
    """A query over the period of a question; what it asks for is filled in."""
    return Query(
        site_id=occasion.site_id,
        metrics=("events",),
        period=question.period_or_ever(occasion),
        limit=question.limit,
        timezone=question.timezone_at(occasion),
    )
