"""POST /api/events: the one route that strangers write to, and the only one that is busy.

A plain ASGI callable: reading a body through FastAPI costs more than everything else that happens to an event, and a
beacon's `text/plain` would not pass it.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import Receive, Scope, Send

from liveinsight.collection import Collection, Counts
from liveinsight.errors import InvalidInput
from liveinsight.handlers.body import ClientGone, read_body
from liveinsight.ingest.parse import MAX_BODY_BYTES
from liveinsight.service import Analytics
from liveinsight.settings import Settings
from liveinsight.wire import collecting
from liveinsight.wire.answering import as_json, envelope
from liveinsight.wire.client_address import client_address, network_of
from liveinsight.wire.collecting import METHOD_NOT_ALLOWED, check_encoding, collect_limit, delivery
from liveinsight.wire.loop_bridge import LoopBridge
from liveinsight.wire.problems import problem_of


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


_HEADERS = _raw(collecting.HEADERS)
_PREFLIGHT = _raw(collecting.PREFLIGHT)
_ALLOW = _raw(collecting.ALLOW)


class EventCollector:
    """The ASGI application behind `/api/events`. `count` is told what became of each request's events."""

    def __init__(
        self,
        analytics: Analytics,
        settings: Settings,
        bridge: LoopBridge,
        count: Callable[[Counts], None] | None = None,
    ) -> None:
        self._analytics = analytics
        self._count = count
        self._trusted_proxies = settings.trusted_proxies
        self._limit = collect_limit(settings)
        self._bridge = bridge

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"]
        if method == "OPTIONS":
            await send({"type": "http.response.start", "status": 204, "headers": _PREFLIGHT})
            await send({"type": "http.response.body", "body": b""})
            return
        if method != "POST":
            await _answer(send, 405, METHOD_NOT_ALLOWED, *_ALLOW)
            return
        try:
            body = await self._collect(scope, receive)
        except ClientGone:
            return
        except Exception as error:  # noqa: BLE001  the outermost frame of this route: every error becomes an answer
            problem = problem_of(error)
            await _answer(send, problem.status, problem.body(), *_raw(problem.headers))
        else:
            await _answer(send, 200, body)

    async def _collect(self, scope: Scope, receive: Receive) -> bytes:
        """The answer to a request whose events are durable now."""
        headers = dict(scope["headers"])
        trusted = self._trusted_proxies
        address = client_address(scope, trusted)
        self._limit.take(network_of(address))
        try:
            check_encoding(headers)
            body = await read_body(headers, receive, MAX_BODY_BYTES)
        except InvalidInput as error:
            refusal = self._analytics.refuse(error)
            await self._recorded(refusal)
            refusal.answer()  # raises the error
            raise
        collection = self._analytics.collect(delivery(body, headers, address, self._analytics.clock(), trusted))
        await self._recorded(collection)
        return as_json(envelope(collection.answer()))

    async def _recorded(self, collection: Collection) -> None:
        await self._bridge.done(collection.recorded)
        if self._count is not None:
            self._count(collection.counts())


async def _answer(send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": status, "headers": [*_HEADERS, length, *headers]})
    await send({"type": "http.response.body", "body": body})
