"""Readers: who may see the numbers. One admin token, sent as a bearer token or, by browsers, as a cookie."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPBearer
from starlette.responses import Response

from liveinsight.errors import Unauthorized

COOKIE = "liveinsight"
_COOKIE_SECONDS = 30 * 24 * 3600
_PURPOSE = b"liveinsight login cookie 1"


class Gate:
    """Compares what a request shows with the admin token. A cookie holds a value derived from it, never the token."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()
        self._cookie = hmac.digest(self._token, _PURPOSE, "sha256").hex()

    def knows(self, token: str) -> bool:
        """Whether this is the token."""
        return hmac.compare_digest(token.encode(), self._token)

    def admits(self, request: Request) -> bool:
        """Whether the request may read: by header, else by cookie."""
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.knows(credentials.strip()):
            return True
        return hmac.compare_digest(request.cookies.get(COOKIE, "").encode(), self._cookie.encode())

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
