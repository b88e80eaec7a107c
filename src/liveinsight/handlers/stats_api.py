"""Periods and numbers: GET /api/stats, /api/statistics/..., /api/ledger."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import Response

from liveinsight.handlers.answering import UNCHANGED, Service, bare, if_changed, reader_router, success
from liveinsight.questions import ListQuestion, PeriodQuestion, StatsQuestion, SummaryQuestion
from liveinsight.wire.parameters import HourlyQuestion
from liveinsight.wire.report_shapes import GoalRate, Hour, PageCount, ReferrerCount, Stats, Summary
from liveinsight.wire.shapes import Ledger, Success

router = reader_router("statistics")


@router.get("/stats", response_model=Success[Stats], responses=UNCHANGED)
def stats(request: Request, analytics: Service, question: Annotated[StatsQuestion, Query()]) -> Response:
    """A period: summary, time series, top breakdowns, comparison."""
    return if_changed(request, success(analytics.stats(question)))


@router.get("/statistics/hourly", response_model=list[Hour], responses=UNCHANGED)
def hourly(request: Request, analytics: Service, question: Annotated[HourlyQuestion, Query()]) -> Response:
    """Events, page views and visitors by hour, on the site's clock; hours without any are 0."""
    return if_changed(request, bare(analytics.hourly(question.site_id, question.hours, question.timezone)))


@router.get("/statistics/pages", response_model=list[PageCount], responses=UNCHANGED)
def pages(request: Request, analytics: Service, question: Annotated[ListQuestion, Query()]) -> Response:
    """Page views and visitors by page, most viewed first. Without a period: of everything that is kept."""
    return if_changed(request, bare(analytics.pages(question)))


@router.get("/statistics/summary", response_model=Summary, responses=UNCHANGED)
def summary(request: Request, analytics: Service, question: Annotated[SummaryQuestion, Query()]) -> Response:
    """The totals, each under its own name. Without a period: of everything that is kept."""
    return if_changed(request, bare(analytics.summary(question)))


@router.get("/statistics/referrers", response_model=list[ReferrerCount], responses=UNCHANGED)
def referrers(request: Request, analytics: Service, question: Annotated[ListQuestion, Query()]) -> Response:
    """Visitors and sessions by the page that linked here, most visitors first. Without a period: of everything."""
    return if_changed(request, bare(analytics.referrers(question)))


@router.get("/statistics/goals", response_model=list[GoalRate], responses=UNCHANGED)
def goal_rates(request: Request, analytics: Service, question: Annotated[ListQuestion, Query()]) -> Response:
    """How often each goal was reached, most conversions first. Without a period: of everything that is kept."""
    return if_changed(request, bare(analytics.goal_rates(question)))


@router.get("/ledger", response_model=Success[Ledger], responses=UNCHANGED)
def ledger(request: Request, analytics: Service, question: Annotated[PeriodQuestion, Query()]) -> Response:
    """What was received, and what became of it, by site and hour. Without a site: of all, and of what had none."""
    return if_changed(request, success(analytics.ledger(question)))
