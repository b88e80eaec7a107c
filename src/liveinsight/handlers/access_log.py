"""One line for every request: method, route, status, time. Never an address, an id or a query."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger("liveinsight.access")

_CLIENT_GONE = 499  # what nginx writes when there was nobody left to answer


class AccessLog:
    """Wraps an app. Routes are logged as they are written in code, so that no path shows whose session was read."""

    def __init__(self, app: ASGIApp, level: int = logging.INFO, route: str = "(none)") -> None:
        self._app = app
        self._level = level
        self._route = route

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http" or not logger.isEnabledFor(self._level):
            return self._app(scope, receive, send)
        return self._logged(scope, receive, send)

    async def _logged(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = _CLIENT_GONE
        begun = perf_counter()

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            route = getattr(scope.get("route"), "path", self._route)
            facts = {"method": scope["method"], "route": route, "status": status}
            facts["ms"] = round((perf_counter() - begun) * 1000, 1)
            logger.log(self._level, "%(method)s %(route)s %(status)d in %(ms)s ms", facts, extra=facts)
