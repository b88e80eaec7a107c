"""LiveInsight in a Django site, behind httpx: through Django's own test client (WSGI), or a real server (ASGI)."""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

import httpx

from tests.django_site.running import set_up, user
from tests.store.served import start

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from liveinsight.service import Analytics

PREFIX = "/analytics"
_one_at_a_time = Lock()  # a process has one service: each request brings its own


class _OneService(httpx.BaseTransport):
    """Passes requests on to the site, with `analytics` as the service of the process."""

    def __init__(self, analytics: Analytics, site: httpx.BaseTransport) -> None:
        from liveinsight.django.running import Home

        self._home = Home(analytics)
        self._site = site

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        from liveinsight.django import running

        request.read()
        with _one_at_a_time:
            running.use(self._home)
            try:
                answer = self._site.handle_request(request)
                answer.read()
            finally:
                running.release()
        return answer

    def close(self) -> None:
        self._site.close()


class _TestClient(httpx.BaseTransport):
    """Calls the site in this thread, through Django's own test client."""

    def __init__(self, address: str) -> None:
        self._address = address

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        from django.test import Client

        headers = {name: value for name, value in request.headers.items() if name != "transfer-encoding"}
        answer = Client(raise_request_exception=False, REMOTE_ADDR=self._address).generic(
            request.method,
            str(request.url.raw_path, "ascii"),
            request.content,
            headers.get("content-type", "application/octet-stream"),
            headers=headers,
        )
        cookies = [("Set-Cookie", each.OutputString()) for each in answer.cookies.values()]
        return httpx.Response(answer.status_code, headers=[*answer.items(), *cookies], content=answer.getvalue())


@cache
def _live_server(address: str) -> str:
    """The socket of a server that runs the site until the process ends; to it, all requests come from `address`."""
    from django.core.asgi import get_asgi_application

    from tests.django_site.settings import FOLDER

    site: Any = get_asgi_application()

    async def from_there(scope: Scope, receive: Receive, send: Send) -> None:
        await site({**scope, "client": (address, 50_000)}, receive, send)

    socket = str(FOLDER / "live.socket")
    start(from_there, uds=socket)
    return socket


def django_site(analytics: Analytics, address: str, *, is_live: bool = False) -> httpx.Client:
    """A client of a site that has this service in it."""
    set_up()
    site = httpx.HTTPTransport(uds=_live_server(address)) if is_live else _TestClient(address)
    return httpx.Client(transport=_OneService(analytics, site), base_url=f"http://live.example{PREFIX}", timeout=60)


def log_in(client: httpx.Client, name: str = "ann", *, staff: bool = True) -> None:
    """Have the client be logged in to the site."""
    from django.conf import settings
    from django.test import Client

    browser = Client()
    browser.force_login(user(name, staff=staff))
    client.cookies.set(settings.SESSION_COOKIE_NAME, browser.cookies[settings.SESSION_COOKIE_NAME].value)
