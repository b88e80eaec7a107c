"""GET /api/sessions/active/, GET /api/sessions/{session_id}/events/."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query
from fastapi.responses import Response
from pydantic import Field

from liveinsight.handlers.answering import Service, SiteQuestion, bare, reader_router
from liveinsight.handlers.shapes import ActiveSession, SessionEvent
from liveinsight.stats.query import MAX_ROWS

router = reader_router("sessions")

_LONGEST_PUBLIC_ID = 120  # a session id of 100 characters, and the number of one of its sessions


class ActiveQuestion(SiteQuestion):
    """What `/api/sessions/active/` takes."""

    limit: Annotated[int, Field(ge=1, le=MAX_ROWS)] = 1000


@router.get("/sessions/active", response_model=list[ActiveSession])
def active_sessions(analytics: Service, question: Annotated[ActiveQuestion, Query()]) -> Response:
    """The active sessions, latest activity first."""
    return bare(analytics.active_sessions(question.site_id, question.limit))


# Clients choose session ids: one may hold a slash.
@router.get("/sessions/{session_id:path}/events", response_model=list[SessionEvent])
def session_events(
    session_id: Annotated[str, Path(max_length=_LONGEST_PUBLIC_ID)],
    analytics: Service,
    question: Annotated[SiteQuestion, Query()],
) -> Response:
    """The events of one session, oldest first."""
    return bare(analytics.session_events(session_id, question.site_id))
