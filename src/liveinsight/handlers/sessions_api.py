"""Sessions: the active ones, one with its events, those of a visitor."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query
from fastapi.responses import Response

from liveinsight.handlers.answering import Service, bare, reader_router, success
from liveinsight.wire.parameters import (
    LONGEST_SESSION_ID,
    LONGEST_VISITOR,
    ActiveQuestion,
    SiteQuestion,
    VisitorQuestion,
)
from liveinsight.wire.shapes import ActiveSession, Session, SessionDetail, SessionEvent, Success

router = reader_router("sessions")

_SessionId = Annotated[str, Path(max_length=LONGEST_SESSION_ID)]


@router.get("/sessions/active", response_model=list[ActiveSession])
def active_sessions(analytics: Service, question: Annotated[ActiveQuestion, Query()]) -> Response:
    """The active sessions, latest activity first."""
    return bare(analytics.active_sessions(question.site_id, question.limit))


# Clients choose the ids of sessions and visitors: one may hold a slash, and what follows it goes before what it means.
@router.get("/sessions/{session_id:path}/events", response_model=list[SessionEvent])
def session_events(session_id: _SessionId, analytics: Service, question: Annotated[SiteQuestion, Query()]) -> Response:
    """The events of one session, oldest first."""
    return bare(analytics.session_events(session_id, question.site_id))


@router.get("/sessions/{session_id:path}", response_model=Success[SessionDetail])
def session(session_id: _SessionId, analytics: Service, question: Annotated[SiteQuestion, Query()]) -> Response:
    """One session: where it came from, everything that happened in it, and its visitor's earlier sessions."""
    return success(analytics.session(session_id, question.site_id))


@router.get("/visitors/{visitor:path}/sessions", response_model=list[Session])
def visitor_sessions(
    visitor: Annotated[str, Path(max_length=LONGEST_VISITOR)],
    analytics: Service,
    question: Annotated[VisitorQuestion, Query()],
) -> Response:
    """The sessions of a visitor, latest first. `visitor` is as in sessions and events."""
    return bare(analytics.visitor_sessions(visitor, question.site_id, question.limit))
