"""Everything but the collector: routers in a FastAPI app, its answers compressed, its requests logged."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from fastapi import APIRouter, FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import Lifespan, Receive, Scope, Send

from liveinsight import __version__
from liveinsight.handlers.access_log import AccessLog
from liveinsight.handlers.auth import Gate
from liveinsight.handlers.paths import path_meant
from liveinsight.handlers.problems import add_problem_handlers
from liveinsight.service import Analytics
from liveinsight.settings import Settings

_COMPRESS_FROM = 1024  # bytes
_COMPRESS_LEVEL = 4  # half the time of the usual 9, for a tenth more bytes
# A trace would carry the token of a login link and the questions of readers out of this process.
_NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}


def fastapi_app(
    analytics: Analytics,
    settings: Settings,
    token: str,
    routers: Iterable[APIRouter],
    lifespan: Lifespan[FastAPI] | None = None,
) -> FastAPI:
    """These routes on `analytics`. `token` is what readers have to show."""
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
    for router in routers:
        app.include_router(router)
    add_problem_handlers(app)
    app.state.analytics = analytics
    app.state.settings = settings
    app.state.gate = Gate(token, settings.trusted_proxies)
    return app


class Api:
    """The ASGI application around it."""

    def __init__(self, app: FastAPI) -> None:
        self._plain = AccessLog(app)
        # Streams of events are left as they are; the pages never come here.
        self._compressed = AccessLog(GZipMiddleware(app, _COMPRESS_FROM, _COMPRESS_LEVEL))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._plain(scope, receive, send)
            return
        app = self._compressed if path_meant(scope).startswith("/api/") else self._plain
        with suppress(Exception):  # answered and logged by now: Starlette raises it once more, for servers to log
            await app(scope, receive, send)
