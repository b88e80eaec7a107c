"""Readers: who may see the numbers. One admin token, sent as a bearer token or, by browsers, as a cookie."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPBearer
from starlette.responses import Response

from liveinsight.errors import Unauthorized
from liveinsight.wire.client_address import client_address
from liveinsight.wire.guesses import Guesses, bearer, same

COOKIE = "liveinsight"
_COOKIE_SECONDS = 30 * 24 * 3600
_PURPOSE = b"liveinsight login cookie 1"


class Gate:
    """Compares what a request shows with the admin token. A cookie holds a value derived from it, never the token.

    Wrong tokens, in the login form or as bearer, are counted by address and refused after a few. The right one always
    passes: behind a proxy that is not set as trusted all have one address, and no stranger may lock out the owner.
    """

    def __init__(self, token: str, trusted_proxies: int) -> None:
        self._trusted_proxies = trusted_proxies
        self._guesses = Guesses()
        self._token = token
        self._cookie = hmac.digest(token.encode(), _PURPOSE, "sha256").hex()

    def knows(self, token: str) -> bool:
        """Whether this is the token."""
        return same(token, self._token)

    def admits(self, request: Request) -> bool:
        """Whether the request may read: by cookie, else by header. Raises RateLimited for one wrong token too many."""
        if same(request.cookies.get(COOKIE, ""), self._cookie):
            return True
        token = bearer(request.headers.get("authorization", ""))
        if token is None:
            return False
        if self.knows(token):
            return True
        self.count_guess(request)
        return False

    def count_guess(self, request: Request) -> None:
        """Count a wrong token of this address. Raises RateLimited when there were too many."""
        self._guesses.count(client_address(request.scope, self._trusted_proxies))

    def log_in(self, response: Response, *, path: str, secure: bool) -> None:
        """Have the browser keep the cookie for 30 days."""
        response.set_cookie(
            COOKIE, self._cookie, _COOKIE_SECONDS, path=path, secure=secure, httponly=True, samesite="lax"
        )


# The schemes stand here for the OpenAPI document; both let a request pass, so that `Gate` alone decides.
_BEARER = HTTPBearer(auto_error=False, description="The admin token: `liveinsight token` prints it.")
_LOGIN_COOKIE = APIKeyCookie(name=COOKIE, auto_error=False, description="Set by the login page.")


async def require_reader(
    request: Request,
    _bearer: Annotated[object, Depends(_BEARER)],
    _cookie: Annotated[object, Depends(_LOGIN_COOKIE)],
) -> None:
    """The dependency of every route that shows numbers. Raises Unauthorized."""
    if not request.app.state.gate.admits(request):
        raise Unauthorized
