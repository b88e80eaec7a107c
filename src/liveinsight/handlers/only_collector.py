"""The collector as an app of its own, which needs no web framework."""

from __future__ import annotations

import logging

from starlette.types import Receive, Scope, Send

from liveinsight.errors import NotFound
from liveinsight.handlers.access_log import AccessLog
from liveinsight.handlers.event_collector import EventCollector
from liveinsight.handlers.paths import path_meant
from liveinsight.wire.collecting import PATH
from liveinsight.wire.problems import problem_of

_ELSEWHERE = problem_of(NotFound("There is nothing at this address."))


class OnlyCollector:
    """The ASGI application: `/api/events`, and nothing else."""

    def __init__(self, collector: EventCollector) -> None:
        self._collector = AccessLog(collector, logging.DEBUG, PATH)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if path_meant(scope) == PATH:
            await self._collector(scope, receive, send)
            return
        headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": _ELSEWHERE.status, "headers": headers})
        await send({"type": "http.response.body", "body": _ELSEWHERE.body()})
