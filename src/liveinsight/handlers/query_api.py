"""The rich questions, /api/query and its relatives: POST with JSON as body, or GET with the same JSON as `q`.

The address of a GET can be linked, and asked again with If-None-Match.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel

from liveinsight.handlers.answering import UNCHANGED, Service, failures, if_changed, reader_router, success
from liveinsight.handlers.json_body import json_body, json_parameter, reading
from liveinsight.questions import FunnelQuestion, JourneyQuestion, PageQuestion, QueryBody, RetentionQuestion
from liveinsight.wire.report_shapes import FunnelResult, JourneyResult, PageResult, QueryResult, RetentionResult
from liveinsight.wire.shapes import Success

router = reader_router("query", failures(413))

Route = TypeVar("Route", bound=Callable[..., Response])


def _asked(path: str, answer: Any, question: type[BaseModel]) -> Callable[[Route], Route]:
    """The route of a question, both ways of asking it."""

    def add(route: Route) -> Route:
        router.post(path, response_model=answer, openapi_extra=json_body(question))(route)
        router.get(path, response_model=answer, responses=UNCHANGED, openapi_extra=json_parameter(question))(route)
        return route

    return add


@_asked("/query", Success[QueryResult], QueryBody)
def query(request: Request, analytics: Service, body: Annotated[QueryBody, Depends(reading(QueryBody))]) -> Response:
    """The one general question: metrics by dimensions, filtered, over a period, compared with another."""
    return if_changed(request, success(analytics.query(body)))


@_asked("/query/funnel", Success[FunnelResult], FunnelQuestion)
def funnel(
    request: Request, analytics: Service, body: Annotated[FunnelQuestion, Depends(reading(FunnelQuestion))]
) -> Response:
    """How many go from step to step, where they leave, and how long each step takes."""
    return if_changed(request, success(analytics.funnel(body)))


@_asked("/query/retention", Success[RetentionResult], RetentionQuestion)
def retention(
    request: Request, analytics: Service, body: Annotated[RetentionQuestion, Depends(reading(RetentionQuestion))]
) -> Response:
    """Who came back, by day, week or month of their first visit."""
    return if_changed(request, success(analytics.retention(body)))


@_asked("/query/journey", Success[JourneyResult], JourneyQuestion)
def journey(
    request: Request, analytics: Service, body: Annotated[JourneyQuestion, Depends(reading(JourneyQuestion))]
) -> Response:
    """The pages that sessions saw before and after a page, as a flow."""
    return if_changed(request, success(analytics.journey(body)))


@_asked("/query/page", Success[PageResult], PageQuestion)
def page(
    request: Request, analytics: Service, body: Annotated[PageQuestion, Depends(reading(PageQuestion))]
) -> Response:
    """One page in detail: time on it, how far it is seen, what comes next, what is clicked."""
    return if_changed(request, success(analytics.page(body)))
