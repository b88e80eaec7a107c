"""The front ends under test: each gives an httpx client for a service. No test asks which one it has."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol

import httpx
from starlette.applications import Starlette
from starlette.routing import Mount

from liveinsight.asgi import create_app
from liveinsight.aws import apps
from tests.http import lambda_events
from tests.http.django_client import django_site, log_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.service import Analytics
    from liveinsight.store.base import Store

TOKEN = "the-readers-token"
MOUNTED_AT = "/tools/stats"
ADDRESS = "203.0.113.7"


class Start(Protocol):
    """Starts a server with these settings, on this store; gives a client that is not logged in."""

    def __call__(self, store: Store | None = None, **settings: Any) -> httpx.Client: ...


class Serve(Protocol):
    """As `Start`; gives the service beside the client, for what a timer or a command would do."""

    def __call__(self, store: Store | None = None, **settings: Any) -> tuple[Analytics, httpx.Client]: ...


class _AsgiTransport(httpx.BaseTransport):
    """Calls an ASGI app in an event loop of its own, for tests that are not async."""

    def __init__(self, transport: httpx.ASGITransport) -> None:
        self._transport = transport
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        return asyncio.run_coroutine_threadsafe(self._answer(request), self._loop).result(timeout=60)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await self._transport.handle_async_request(request)
        body = b"".join([part async for part in answer.stream])  # type: ignore[union-attr]
        return httpx.Response(answer.status_code, headers=answer.headers, content=body)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()


def asgi(analytics: Analytics) -> httpx.Client:
    app = create_app(analytics, analytics.settings, analytics.settings.admin_token)
    transport = httpx.ASGITransport(app, client=(ADDRESS, 50_000))
    return httpx.Client(transport=_AsgiTransport(transport), base_url="http://live.example")


def under_a_path(analytics: Analytics) -> httpx.Client:
    """The app as part of another one."""
    app = create_app(analytics, analytics.settings, analytics.settings.admin_token)
    transport = httpx.ASGITransport(Starlette(routes=[Mount(MOUNTED_AT, app)]), client=(ADDRESS, 50_000))
    return httpx.Client(transport=_AsgiTransport(transport), base_url=f"http://live.example{MOUNTED_AT}")


class _LambdaTransport(httpx.BaseTransport):
    """Calls the Lambda functions with the events that function URLs make, each for the paths that it has on AWS."""

    def __init__(self, analytics: Analytics) -> None:
        # An environment of Lambda has one event loop, and answers one request at a time.
        self._loop = asyncio.new_event_loop()
        self._environment = ThreadPoolExecutor(1, initializer=asyncio.set_event_loop, initargs=(self._loop,))
        self._collector, self._realtime, self._stats = self._environment.submit(self._functions, analytics).result()

    def _functions(self, analytics: Analytics) -> tuple[Any, Any, Any]:
        token = analytics.settings.admin_token
        return apps.collector(analytics), apps.realtime(analytics, token), apps.stats(analytics, token)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        function = self._function(request.url.path)
        event = lambda_events.function_url(request, ADDRESS)
        return lambda_events.read_answer(self._environment.submit(function, event, None).result(timeout=60))

    def close(self) -> None:
        self._environment.shutdown()
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def _function(self, path: str) -> Any:
        if path.startswith("/api/events"):
            return self._collector
        return self._realtime if path.startswith(("/api/realtime", "/api/sessions/active")) else self._stats


def _lambda(analytics: Analytics) -> httpx.Client:
    return httpx.Client(transport=_LambdaTransport(analytics), base_url="http://live.example")


def _django(analytics: Analytics) -> httpx.Client:
    return django_site(analytics, ADDRESS)


def _django_live(analytics: Analytics) -> httpx.Client:
    return django_site(analytics, ADDRESS, is_live=True)


FRONT_ENDS: dict[str, Callable[[Analytics], httpx.Client]] = {
    "asgi": asgi,
    "lambda": _lambda,
    "django": _django,
    "django-live": _django_live,
}
STANDING_ALONE = [
    "asgi",
    "lambda",
]  # these have a login page of their own, and the demo: a Django site has its own login


def as_reader(client: httpx.Client) -> httpx.Client:
    client.headers["Authorization"] = f"Bearer {TOKEN}"
    return client


def with_cookie(client: httpx.Client) -> httpx.Client:
    """A client that reads by the cookie of a login, as a browser does."""
    client.headers.pop("Authorization", None)
    if client.get("/login", params={"token": TOKEN}).headers["location"] != "./":
        log_in(client)
    return client
