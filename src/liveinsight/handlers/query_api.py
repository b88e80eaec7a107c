"""Questions that are too rich for an address: POST /api/query and its relatives."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from fastapi.responses import Response

from liveinsight.handlers.answering import Service, failures, reader_router, success
from liveinsight.handlers.json_body import json_body, reading
from liveinsight.handlers.report_shapes import FunnelResult, JourneyResult, PageResult, QueryResult, RetentionResult
from liveinsight.handlers.shapes import Success
from liveinsight.questions import FunnelQuestion, JourneyQuestion, PageQuestion, QueryBody, RetentionQuestion

router = reader_router("query", failures(413))


@router.post("/query", response_model=Success[QueryResult], openapi_extra=json_body(QueryBody))
def query(analytics: Service, body: Annotated[QueryBody, Depends(reading(QueryBody))]) -> Response:
    """The one general question: metrics by dimensions, filtered, over a period, compared with another."""
    return success(analytics.query(body))


@router.post("/query/funnel", response_model=Success[FunnelResult], openapi_extra=json_body(FunnelQuestion))
def funnel(analytics: Service, body: Annotated[FunnelQuestion, Depends(reading(FunnelQuestion))]) -> Response:
    """How many go from step to step, where they leave, and how long each step takes."""
    return success(analytics.funnel(body))


@router.post("/query/retention", response_model=Success[RetentionResult], openapi_extra=json_body(RetentionQuestion))
def retention(analytics: Service, body: Annotated[RetentionQuestion, Depends(reading(RetentionQuestion))]) -> Response:
    """Who came back, by day, week or month of their first visit."""
    return success(analytics.retention(body))


@router.post("/query/journey", response_model=Success[JourneyResult], openapi_extra=json_body(JourneyQuestion))
def journey(analytics: Service, body: Annotated[JourneyQuestion, Depends(reading(JourneyQuestion))]) -> Response:
    """The pages that sessions saw before and after a page, as a flow."""
    return success(analytics.journey(body))


@router.post("/query/page", response_model=Success[PageResult], openapi_extra=json_body(PageQuestion))
def page(analytics: Service, body: Annotated[PageQuestion, Depends(reading(PageQuestion))]) -> Response:
    """One page in detail: time on it, how far it is seen, what comes next, what is clicked."""
    return success(analytics.page(body))
