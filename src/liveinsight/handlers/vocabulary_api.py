"""GET /api/vocabulary."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import Response

from liveinsight import answers
from liveinsight.handlers.answering import UNCHANGED, if_changed, reader_router, success
from liveinsight.wire.parameters import NoQuestion
from liveinsight.wire.report_shapes import Vocabulary
from liveinsight.wire.shapes import Success

router = reader_router("vocabulary")


@router.get("/vocabulary", response_model=Success[Vocabulary], responses=UNCHANGED)
def vocabulary(request: Request, _question: Annotated[NoQuestion, Query()]) -> Response:
    """The metrics and dimensions with names and definitions, in English and Korean."""
    return if_changed(request, success(answers.vocabulary()))
