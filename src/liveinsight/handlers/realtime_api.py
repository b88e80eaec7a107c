"""GET /api/realtime, GET /api/live.

Where a home cannot stream, `polled_router` stands in for `live_router`: the dashboard then asks /api/realtime.
"""

from __future__ import annotations

from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import Query, Request
from fastapi.responses import Response, StreamingResponse

from liveinsight.errors import NotFound
from liveinsight.handlers.answering import Service, reader_router, success
from liveinsight.wire.answering import NO_STORE
from liveinsight.wire.live_stream import LiveStream
from liveinsight.wire.parameters import SiteQuestion
from liveinsight.wire.shapes import Failure, Realtime, Success

router = reader_router("realtime")
live_router = reader_router("realtime")
polled_router = reader_router("realtime")

# A proxy that collects an answer before it passes it on would hold the stream back.
_STREAM_HEADERS = {**NO_STORE, "X-Accel-Buffering": "no"}


class EventStream(StreamingResponse):
    """Server-sent events."""

    media_type = "text/event-stream"


@router.get("/realtime", response_model=Success[Realtime])
def realtime(analytics: Service, question: Annotated[SiteQuestion, Query()]) -> Response:
    """Now: online visitors, active sessions, visitors by page, the last five minutes."""
    return success(analytics.realtime(question.site_id))


@live_router.get("/live", response_class=EventStream)
async def live(request: Request, analytics: Service, question: Annotated[SiteQuestion, Query()]) -> Response:
    """Server-sent events: `realtime` (the data of /api/realtime) and `events` (what was just stored)."""
    state = request.app.state
    site_id = await run_sync(analytics.site, question.site_id)
    stream = LiveStream(analytics, site_id, state.bridge)
    return EventStream(state.streams.follow(stream), headers=_STREAM_HEADERS)


@polled_router.get("/live", status_code=404, response_model=Failure)
def no_live() -> Response:
    """No stream here, where a function answers once and is done: ask /api/realtime every few seconds."""
    msg = "There is no live stream here: ask GET /api/realtime every few seconds."
    raise NotFound(msg, code="no_stream")
