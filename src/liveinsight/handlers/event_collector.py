"""POST /api/events: the one route that strangers write to, and the only one that is busy.

A plain ASGI callable: reading a body through FastAPI costs more than everything else that happens to an event, and a
beacon's `text/plain` would not pass it.
"""

from __future__ import annotations

from collections.abc import Callable

from pydantic_core import to_json
from starlette.types import Receive, Scope, Send

from liveinsight.collection import Collection, Counts
from liveinsight.errors import InvalidInput
from liveinsight.handlers.body import ClientGone, read_body
from liveinsight.handlers.client_address import Place, client_address, client_place, network_of
from liveinsight.handlers.loop_bridge import LoopBridge
from liveinsight.handlers.problem import problem_of
from liveinsight.handlers.rate_limit import RateLimit
from liveinsight.ingest.client_hints import read_hints
from liveinsight.ingest.draft import Delivery
from liveinsight.ingest.parse import MAX_BODY_BYTES
from liveinsight.service import Analytics
from liveinsight.settings import Settings

PATH = "/api/events"
BURST_SECONDS = 10

_NOWHERE = Place()
_ALLOW = (b"allow", b"OPTIONS, POST")
# Any page may send, and none is given anything for it: no credentials, nothing to read but the answer.
_CORS = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"Retry-After"),
]
_HEADERS = [*_CORS, (b"content-type", b"application/json"), (b"cache-control", b"no-store")]
_PREFLIGHT = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"content-type"),
    (b"access-control-max-age", b"86400"),
    _ALLOW,
]
_METHOD_NOT_ALLOWED = b'{"status":"error","message":"Send events with POST.","code":"method_not_allowed","details":[]}'


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
        self._limit = RateLimit(settings.rate_limit, settings.rate_limit * BURST_SECONDS)
        self._bridge = bridge

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"]
        if method == "OPTIONS":
            await send({"type": "http.response.start", "status": 204, "headers": _PREFLIGHT})
            await send({"type": "http.response.body", "body": b""})
            return
        if method != "POST":
            await _answer(send, 405, _METHOD_NOT_ALLOWED, _ALLOW)
            return
        try:
            body = await self._collect(scope, receive)
        except ClientGone:
            return
        except Exception as error:  # noqa: BLE001  the outermost frame of this route: every error becomes an answer
            problem = problem_of(error)
            headers = [(name.lower().encode(), value.encode()) for name, value in problem.headers.items()]
            await _answer(send, problem.status, problem.body(), *headers)
        else:
            await _answer(send, 200, body)

    async def _collect(self, scope: Scope, receive: Receive) -> bytes:
        """The answer to a request whose events are durable now."""
        headers = dict(scope["headers"])
        trusted = self._trusted_proxies
        address = client_address(scope, trusted)
        self._limit.take(network_of(address))
        try:
            _check_encoding(headers)
            body = await read_body(headers, receive, MAX_BODY_BYTES)
        except InvalidInput as error:
            refusal = self._analytics.refuse(error)
            await self._recorded(refusal)
            refusal.answer()  # raises the error
            raise
        place = client_place(headers) if trusted else _NOWHERE
        user_agent = headers.get(b"user-agent", b"").decode("latin-1")
        delivery = Delivery(body, self._analytics.clock(), address, user_agent, *place, read_hints(headers))
        collection = self._analytics.collect(delivery)
        await self._recorded(collection)
        return to_json({"status": "success", "data": collection.answer()})

    async def _recorded(self, collection: Collection) -> None:
        await self._bridge.done(collection.recorded)
        if self._count is not None:
            self._count(collection.counts())


def _check_encoding(headers: dict[bytes, bytes]) -> None:
    encoding = headers.get(b"content-encoding")
    if encoding and encoding.lower() != b"identity":
        msg = "Content-Encoding is not supported here. Send the JSON as it is."
        raise InvalidInput(msg, code="unsupported_encoding")


async def _answer(send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": status, "headers": [*_HEADERS, length, *headers]})
    await send({"type": "http.response.body", "body": body})
