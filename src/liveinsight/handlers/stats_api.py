"""Periods and numbers: GET /api/stats, /api/statistics/..., /api/ledger, /api/sites, POST /api/query."""

from __future__ import annotations

from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import Field, ValidationError

from liveinsight.handlers.answering import (
    NoQuestion,
    Service,
    SiteQuestion,
    bare,
    failures,
    json_body,
    reader_router,
    success,
)
from liveinsight.handlers.body import read_body
from liveinsight.handlers.shapes import Hour, Ledger, PageCount, QueryResult, SiteList, Stats, Success
from liveinsight.questions import QueryBody, StatsQuestion

router = reader_router("statistics")

_MAX_QUERY_BYTES = 256 * 1024


class HourlyQuestion(SiteQuestion):
    """What `/api/statistics/hourly/` takes."""

    hours: Annotated[int, Field(description="How many hours back, this one included.")] = 24
    timezone: Annotated[str | None, Field(max_length=64)] = None


@router.get("/stats", response_model=Success[Stats])
def stats(analytics: Service, question: Annotated[StatsQuestion, Query()]) -> Response:
    """A period: summary, time series, top breakdowns, comparison."""
    return success(analytics.stats(question))


@router.get("/statistics/hourly", response_model=list[Hour])
def hourly(analytics: Service, question: Annotated[HourlyQuestion, Query()]) -> Response:
    """Events, page views and visitors by hour, on the site's clock; hours without any are 0."""
    return bare(analytics.hourly(question.site_id, question.hours, question.timezone))


@router.get("/statistics/pages", response_model=list[PageCount])
def pages(analytics: Service, question: Annotated[StatsQuestion, Query()]) -> Response:
    """Page views and visitors by page, most viewed first. Without a period: of everything that is kept."""
    return bare(analytics.pages(question))


# The body is read by hand: so that nobody else's is read, and it may be JSON of any content type.
@router.post("/query", response_model=Success[QueryResult], responses=failures(413), openapi_extra=json_body(QueryBody))
async def query(request: Request, analytics: Service) -> Response:
    """The one general question: metrics by dimensions, filtered, over a period."""
    body = await read_body(dict(request.scope["headers"]), request.receive, _MAX_QUERY_BYTES)
    return success(await run_sync(analytics.query, _question(body)))


def _question(body: bytes) -> QueryBody:
    try:
        return QueryBody.model_validate_json(body)
    except ValidationError as error:
        found = [{**each, "loc": ("body", *each["loc"])} for each in error.errors(include_url=False)]
        raise RequestValidationError(found) from None


@router.get("/ledger", response_model=Success[Ledger])
def ledger(analytics: Service, question: Annotated[StatsQuestion, Query()]) -> Response:
    """What was received, and what became of it, by site and hour. Without a site: of all, and of what had none."""
    return success(analytics.ledger(question.site_id, question))


@router.get("/sites", response_model=Success[SiteList])
def sites(analytics: Service, _question: Annotated[NoQuestion, Query()]) -> Response:
    """The sites that have events or are named in the settings, busiest first."""
    return success({"sites": analytics.sites()})
