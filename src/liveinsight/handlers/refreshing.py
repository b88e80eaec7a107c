"""Looking now and then at what other processes have changed, where no timer runs between two requests."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from time import monotonic

from starlette.types import ASGIApp, Receive, Scope, Send

from liveinsight.errors import StoreUnavailable
from liveinsight.service import Analytics

EVERY_S = 30.0


class Refreshing:
    """Wraps an app that serves one request at a time: sites are read again at most every 30 seconds."""

    def __init__(self, app: ASGIApp, analytics: Analytics, clock: Callable[[], float] = monotonic) -> None:
        self._app = app
        self._analytics = analytics
        self._clock = clock
        self._looked_at = clock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        now = self._clock()
        if now - self._looked_at > EVERY_S:
            self._looked_at = now
            with suppress(StoreUnavailable):  # what is known is better than no answer
                self._analytics.sites.look_again()
        await self._app(scope, receive, send)
