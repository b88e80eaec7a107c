"""LiveInsight in a Django site, behind httpx: each request goes through Django's own test client."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

import httpx

from tests.django_site.running import set_up, user

if TYPE_CHECKING:
    from liveinsight.service import Analytics

PREFIX = "/analytics"
_one_at_a_time = Lock()  # a process has one service: each request brings its own


class _DjangoTransport(httpx.BaseTransport):
    """Calls the site in this thread, with `analytics` as the service of the process."""

    def __init__(self, analytics: Analytics, address: str) -> None:
        from liveinsight.django.running import Home

        self._home = Home(analytics)
        self._address = address

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        from django.test import Client

        from liveinsight.django import running

        body = request.read()
        headers = {name: value for name, value in request.headers.items() if name != "transfer-encoding"}
        client = Client(raise_request_exception=False, REMOTE_ADDR=self._address)
        with _one_at_a_time:
            running.use(self._home)
            try:
                answer = client.generic(
                    request.method,
                    str(request.url.raw_path, "ascii"),
                    body,
                    headers.get("content-type", "application/octet-stream"),
                    headers=headers,
                )
            finally:
                running.release()
        cookies = [("Set-Cookie", each.OutputString()) for each in answer.cookies.values()]
        return httpx.Response(answer.status_code, headers=[*answer.items(), *cookies], content=answer.getvalue())


def django_site(analytics: Analytics, address: str) -> httpx.Client:
    """A client of a site that has this service in it."""
    set_up()
    return httpx.Client(transport=_DjangoTransport(analytics, address), base_url=f"http://live.example{PREFIX}")


def log_in(client: httpx.Client, name: str = "ann", *, staff: bool = True) -> None:
    """Have the client be logged in to the site."""
    from django.conf import settings
    from django.test import Client

    browser = Client()
    browser.force_login(user(name, staff=staff))
    client.cookies.set(settings.SESSION_COOKIE_NAME, browser.cookies[settings.SESSION_COOKIE_NAME].value)
