"""GET /api/vocabulary."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from fastapi.responses import Response

from liveinsight import answers
from liveinsight.handlers.answering import NoQuestion, reader_router, success
from liveinsight.handlers.report_shapes import Vocabulary
from liveinsight.handlers.shapes import Success

router = reader_router("vocabulary")

_KEPT = {"Cache-Control": "private, max-age=3600"}  # it changes with the version only


@router.get("/vocabulary", response_model=Success[Vocabulary])
def vocabulary(_question: Annotated[NoQuestion, Query()]) -> Response:
    """The metrics and dimensions with names and definitions, in English and Korean. May be kept for an hour."""
    return success(answers.vocabulary(), _KEPT)
