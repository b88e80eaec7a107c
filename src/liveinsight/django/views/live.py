"""GET api/live: server-sent events, where the server can hold a connection open for every reader (ASGI)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import django
from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse

from liveinsight.django.answering import ReaderView, of_this_site, read_question
from liveinsight.django.running import analytics
from liveinsight.errors import NotFound
from liveinsight.wire.answering import NO_STORE
from liveinsight.wire.live_stream import LiveStream
from liveinsight.wire.loop_bridge import LoopBridge
from liveinsight.wire.parameters import SiteQuestion

if TYPE_CHECKING:
    from rest_framework.request import Request

_HEARS_WHO_LEAVES = (5, 0)  # an earlier Django goes on with a stream whose reader is gone
# A proxy that collects an answer before it passes it on would hold the stream back. GZipMiddleware leaves alone what
# has an encoding; else it would make each message a gzip file of its own, and few readers look beyond the first.
_HEADERS = {**NO_STORE, "X-Accel-Buffering": "no", "Content-Encoding": "identity"}


class LiveView(ReaderView):
    """As it happens."""

    def get(self, request: Request) -> StreamingHttpResponse:
        """Server-sent events: `realtime` (the data of api/realtime) and `events` (what this process just stored).

        Under WSGI a stream would hold a worker for each reader, and before Django 5 it would never end: there is none,
        and the dashboard polls api/realtime.
        """
        question = of_this_site(read_question(request, SiteQuestion))
        if not isinstance(request._request, ASGIRequest) or django.VERSION < _HEARS_WHO_LEAVES:
            msg = "This server cannot stream: ask api/realtime every few seconds, or run Django 5 or newer under ASGI."
            raise NotFound(msg, code="no_stream")
        service = analytics()
        stream = LiveStream(service, service.site(question.site_id), LoopBridge())
        return StreamingHttpResponse(stream.messages(), headers=_HEADERS, content_type="text/event-stream")
