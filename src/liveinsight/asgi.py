"""The whole app: the collector by itself, everything else through FastAPI."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import Receive, Scope, Send

from liveinsight import __version__
from liveinsight.handlers import (
    goals_api,
    health,
    login,
    openapi,
    pages,
    query_api,
    realtime_api,
    segments_api,
    sessions_api,
    sites_api,
    stats_api,
    store_api,
    vocabulary_api,
)
from liveinsight.handlers.access_log import AccessLog
from liveinsight.handlers.auth import Gate
from liveinsight.handlers.event_collector import EventCollector
from liveinsight.handlers.problems import add_problem_handlers
from liveinsight.handlers.store_api import PREFIX as STORE
from liveinsight.service import Analytics
from liveinsight.settings import Settings
from liveinsight.wire.answering import COMPRESS_FROM, COMPRESS_LEVEL
from liveinsight.wire.collecting import PATH as COLLECT
from liveinsight.wire.live_stream import LiveStreams
from liveinsight.wire.loop_bridge import LoopBridge

logger = logging.getLogger(__name__)

_MAINTAIN_EVERY = 3600.0
_SLASH_IS_OPTIONAL = ("/api/", "/healthz", "/static/")  # but pages link to each other relative to their own address
# A trace would carry the token of a login link and the questions of readers out of this process.
_NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}


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
        rest = _fastapi(analytics, settings)
        rest.state.analytics = analytics
        rest.state.settings = settings
        rest.state.gate = Gate(token, settings.trusted_proxies)
        rest.state.streams = self._streams
        rest.state.bridge = bridge
        self._rest = AccessLog(rest)
        self._store = AccessLog(rest, logging.DEBUG)  # as many requests as another process has visits
        # Streams of events are left as they are; the collector and the pages never come here.
        self._api = AccessLog(GZipMiddleware(rest, COMPRESS_FROM, COMPRESS_LEVEL))

    def end_streams(self) -> None:
        """End the live streams, which would never finish by themselves. Call it in the event loop, before a stop."""
        self._streams.end()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._rest(scope, receive, send)
            return
        path = _path_within(scope)
        if path.endswith("/") and path.startswith(_SLASH_IS_OPTIONAL):
            path = path.rstrip("/")
            scope["path"] = scope["path"].rstrip("/")
        if path == COLLECT:
            await self._collector(scope, receive, send)
            return
        app = self._store if path.startswith(STORE) else self._api if path.startswith("/api/") else self._rest
        with suppress(Exception):  # answered and logged by now: Starlette raises it once more, for servers to log
            await app(scope, receive, send)


def _path_within(scope: Scope) -> str:
    """The path below the one that the app is mounted at, if it is."""
    path: str = scope["path"]
    root = scope.get("root_path", "").rstrip("/")
    return path.removeprefix(root) if root and path.startswith(f"{root}/") else path


def _fastapi(analytics: Analytics, settings: Settings) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        maintenance = asyncio.create_task(_maintain(analytics))
        yield
        maintenance.cancel()
        with suppress(asyncio.CancelledError):
            await maintenance

    app = FastAPI(
        title="LiveInsight",
        version=__version__,
        description="Real-time web analytics. A trailing slash is optional everywhere. Times are ms since the epoch.",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        telemetry=_NO_TELEMETRY,
    )
    reports = (realtime_api, sessions_api, stats_api, query_api, vocabulary_api)
    saved = (goals_api, segments_api, sites_api)
    for module in (*reports, *saved, store_api, openapi, health, login, pages):
        app.include_router(module.router)
    if settings.demo:
        app.include_router(pages.demo_router)
    add_problem_handlers(app)
    return app


async def _maintain(analytics: Analytics) -> None:
    while True:
        try:
            await asyncio.to_thread(analytics.maintain)
        except Exception:
            logger.exception("maintenance failed; the next try is in an hour")
        await asyncio.sleep(_MAINTAIN_EVERY)
