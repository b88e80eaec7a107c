"""The whole app: the collector by itself, everything else through FastAPI."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from liveinsight.handlers import realtime_api, store_api
from liveinsight.handlers.access_log import AccessLog
from liveinsight.handlers.api import Api, fastapi_app
from liveinsight.handlers.event_collector import EventCollector
from liveinsight.handlers.paths import path_meant
from liveinsight.handlers.readers import routers
from liveinsight.service import Analytics
from liveinsight.settings import Settings
from liveinsight.wire.collecting import PATH as COLLECT
from liveinsight.wire.live_stream import LiveStreams
from liveinsight.wire.loop_bridge import LoopBridge

logger = logging.getLogger(__name__)

_MAINTAIN_EVERY = 3600.0


def create_app(analytics: Analytics, settings: Settings, token: str) -> App:
    """The ASGI app: collector, API and pages on `analytics`. `token` is what readers have to show.

    Whoever opened `analytics` closes it, after the app has stopped.
    """
    return App(analytics, settings, token)


class App:
    """The ASGI application."""

    def __init__(self, analytics: Analytics, settings: Settings, token: str) -> None:
        self._streams = LiveStreams()
        bridge = LoopBridge()
        # A busy site would fill the log with its visits, and the ledger counts them better.
        self._collector = AccessLog(EventCollector(analytics, settings, bridge), logging.DEBUG, COLLECT)
        all_routers = [realtime_api.live_router, store_api.router, *routers(settings)]
        rest = fastapi_app(analytics, settings, token, all_routers, _lifespan)
        rest.state.streams = self._streams
        rest.state.bridge = bridge
        self._rest = Api(rest)
        self._store = AccessLog(rest, logging.DEBUG)  # as many requests as another process has visits

    def end_streams(self) -> None:
        """End the live streams, which would never finish by themselves. Call it in the event loop, before a stop."""
        self._streams.end()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = path_meant(scope) if scope["type"] == "http" else ""
        if path == COLLECT:
            await self._collector(scope, receive, send)
        elif path.startswith(store_api.PREFIX):
            with suppress(Exception):  # answered and logged by now: Starlette raises it once more, for servers to log
                await self._store(scope, receive, send)
        else:
            await self._rest(scope, receive, send)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    maintenance = asyncio.create_task(_maintain(app.state.analytics))
    yield
    maintenance.cancel()
    with suppress(asyncio.CancelledError):
        await maintenance


async def _maintain(analytics: Analytics) -> None:
    while True:
        try:
            await asyncio.to_thread(analytics.maintain)
        except Exception:
            logger.exception("maintenance failed; the next try is in an hour")
        await asyncio.sleep(_MAINTAIN_EVERY)
