"""Filters under a name: /api/segments."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Query, Request
from fastapi.responses import Response

from liveinsight.handlers.answering import (
    UNCHANGED,
    Service,
    failures,
    if_changed,
    reader_router,
    success,
)
from liveinsight.handlers.json_body import json_body, writing
from liveinsight.questions import SegmentBody
from liveinsight.wire.parameters import LONGEST_SAVED_ID, SiteQuestion
from liveinsight.wire.report_shapes import SavedSegment, SegmentList
from liveinsight.wire.shapes import Success

router = reader_router("segments", failures(413))

_Site = Annotated[SiteQuestion, Query()]
_Id = Annotated[str, Path(max_length=LONGEST_SAVED_ID)]
_ToSave = Annotated[SegmentBody, Depends(writing(SegmentBody))]


@router.get("/segments", response_model=Success[SegmentList], responses=UNCHANGED)
def segments(request: Request, analytics: Service, question: _Site) -> Response:
    """The segments of a site: filters under a name, to be used in any question."""
    return if_changed(request, success({"segments": analytics.segments.all(question.site_id)}))


@router.post("/segments", response_model=Success[SavedSegment], openapi_extra=json_body(SegmentBody))
def add_segment(analytics: Service, body: _ToSave) -> Response:
    """Save a segment. Its id is made of the name, and stays."""
    return success(analytics.segments.add(body))


@router.put("/segments/{segment_id}", response_model=Success[SavedSegment], openapi_extra=json_body(SegmentBody))
def change_segment(segment_id: _Id, analytics: Service, body: _ToSave) -> Response:
    """Save a segment anew, under the same id."""
    return success(analytics.segments.change(segment_id, body))


@router.delete("/segments/{segment_id}", response_model=Success[SavedSegment])
def remove_segment(segment_id: _Id, analytics: Service, question: _Site) -> Response:
    """Delete a segment; answers what it was."""
    return success(analytics.segments.remove(segment_id, question.site_id))
