"""The rich questions, /api/query and its relatives: POST with JSON as body, or GET with the same JSON as `q`.

The address of a GET can be linked, and asked again with If-None-Match.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import Response

from liveinsight.handlers.answering import UNCHANGED, Service, failures, if_changed, reader_router, success
from liveinsight.handlers.json_body import json_body, json_parameter, reading
from liveinsight.handlers.report_shapes import FunnelResult, JourneyResult, PageResult, QueryResult, RetentionResult
from liveinsight.handlers.shapes import Success
from liveinsight.questions import FunnelQuestion, JourneyQuestion, PageQuestion, QueryBody, RetentionQuestion

router = reader_router("query", failures(413))


@router.get("/query", response_model=Success[QueryResult], responses=UNCHANGED, openapi_extra=json_parameter(QueryBody))
@router.post("/query", response_model=Success[QueryResult], openapi_extra=json_body(QueryBody))
def query(request: Request, analytics: Service, body: Annotated[QueryBody, Depends(reading(QueryBody))]) -> Response:
    """The one general question: metrics by dimensions, filtered, over a period, compared with another."""
    return if_changed(request, success(analytics.query(body)))


@router.get(
    "/query/funnel",
    response_model=Success[FunnelResult],
    responses=UNCHANGED,
    openapi_extra=json_parameter(FunnelQuestion),
)
@router.post("/query/funnel", response_model=Success[FunnelResult], openapi_extra=json_body(FunnelQuestion))
def funnel(
    request: Request, analytics: Service, body: Annotated[FunnelQuestion, Depends(reading(FunnelQuestion))]
) -> Response:
    """How many go from step to step, where they leave, and how long each step takes."""
    return if_changed(request, success(analytics.funnel(body)))


@router.get(
    "/query/retention",
    response_model=Success[RetentionResult],
    responses=UNCHANGED,
    openapi_extra=json_parameter(RetentionQuestion),
)
@router.post("/query/retention", response_model=Success[RetentionResult], openapi_extra=json_body(RetentionQuestion))
def retention(
    request: Request, analytics: Service, body: Annotated[RetentionQuestion, Depends(reading(RetentionQuestion))]
) -> Response:
    """Who came back, by day, week or month of their first visit."""
    return if_changed(request, success(analytics.retention(body)))


@router.get(
    "/query/journey",
    response_model=Success[JourneyResult],
    responses=UNCHANGED,
    openapi_extra=json_parameter(JourneyQuestion),
)
@router.post("/query/journey", response_model=Success[JourneyResult], openapi_extra=json_body(JourneyQuestion))
def journey(
    request: Request, analytics: Service, body: Annotated[JourneyQuestion, Depends(reading(JourneyQuestion))]
) -> Response:
    """The pages that sessions saw before and after a page, as a flow."""
    return if_changed(request, success(analytics.journey(body)))


@router.get(
    "/query/page", response_model=Success[PageResult], responses=UNCHANGED, openapi_extra=json_parameter(PageQuestion)
)
@router.post("/query/page", response_model=Success[PageResult], openapi_extra=json_body(PageQuestion))
def page(
    request: Request, analytics: Service, body: Annotated[PageQuestion, Depends(reading(PageQuestion))]
) -> Response:
    """One page in detail: time on it, how far it is seen, what comes next, what is clicked."""
    return if_changed(request, success(analytics.page(body)))
