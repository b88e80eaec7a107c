"""The rich questions, `query` and its relatives: POST with JSON as body, or GET with the same JSON as `q`."""

from __future__ import annotations

from typing import Any

from liveinsight.django.answering import ReaderView, takes
from liveinsight.django.running import analytics
from liveinsight.questions import FunnelQuestion, JourneyQuestion, PageQuestion, QueryBody, RetentionQuestion
from liveinsight.wire.report_shapes import FunnelResult, JourneyResult, PageResult, QueryResult, RetentionResult
from liveinsight.wire.shapes import Success


class QueryView(ReaderView):
    """The general question."""

    @takes(QueryBody, gives=Success[QueryResult], where="question", cached=True)
    def post(self, question: QueryBody) -> dict[str, Any]:
        """The one general question: metrics by dimensions, filtered, over a period, compared with another."""
        return analytics().query(question)

    get = post


class FunnelView(ReaderView):
    """Step by step."""

    @takes(FunnelQuestion, gives=Success[FunnelResult], where="question", cached=True)
    def post(self, question: FunnelQuestion) -> dict[str, Any]:
        """How many go from step to step, where they leave, and how long each step takes."""
        return analytics().funnel(question)

    get = post


class RetentionView(ReaderView):
    """Coming back."""

    @takes(RetentionQuestion, gives=Success[RetentionResult], where="question", cached=True)
    def post(self, question: RetentionQuestion) -> dict[str, Any]:
        """Who came back, by day, week or month of their first visit."""
        return analytics().retention(question)

    get = post


class JourneyView(ReaderView):
    """Before and after."""

    @takes(JourneyQuestion, gives=Success[JourneyResult], where="question", cached=True)
    def post(self, question: JourneyQuestion) -> dict[str, Any]:
        """The pages that sessions saw before and after a page, as a flow."""
        return analytics().journey(question)

    get = post


class PageView(ReaderView):
    """One page."""

    @takes(PageQuestion, gives=Success[PageResult], where="question", cached=True)
    def post(self, question: PageQuestion) -> dict[str, Any]:
        """One page in detail: time on it, how far it is seen, what comes next, what is clicked."""
        return analytics().page(question)

    get = post
