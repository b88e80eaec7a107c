"""GET and POST /login, GET /logout: a browser trades the admin token for a cookie."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from liveinsight.handlers.answering import NO_STORE
from liveinsight.handlers.auth import COOKIE
from liveinsight.handlers.body import read_body
from liveinsight.handlers.client_address import client_address, network_of
from liveinsight.handlers.pages import SECURITY, page
from liveinsight.settings import Settings

router = APIRouter(include_in_schema=False)

_MAX_FORM_BYTES = 4096


@router.api_route("/login", methods=["GET", "HEAD", "POST"])
async def login(request: Request) -> Response:
    """The login page; with a token in the query or in the form, the way through it."""
    if request.method == "POST":
        return _try(request, await _form_token(request))
    token = request.query_params.get("token")
    return page("login.html") if token is None else _try(request, token)


@router.get("/login/")
async def login_without_slash(request: Request) -> Response:
    """The address as some people type it: the page's links only work from the other one."""
    return _redirect(f"../login?{request.url.query}")


@router.get("/logout")
async def logout(request: Request) -> Response:
    """Forget the cookie."""
    response = _redirect("login")
    response.delete_cookie(COOKIE, path=_cookie_path(request))
    return response


def _try(request: Request, token: str) -> Response:
    state = request.app.state
    state.login_limit.take(network_of(client_address(request.scope, state.settings.trusted_proxies)))
    if not state.gate.knows(token):
        return _redirect("login?error=1")
    response = _redirect("./")
    state.gate.log_in(response, path=_cookie_path(request), secure=_is_https(request))
    return response


async def _form_token(request: Request) -> str:
    body = await read_body(dict(request.scope["headers"]), request.receive, _MAX_FORM_BYTES)
    fields = parse_qs(body.decode("latin-1"), max_num_fields=10)
    return fields.get("token", [""])[0].strip()


def _redirect(to: str) -> Response:
    """Relative, so that it stays right behind a proxy that serves us under a path of its own."""
    return RedirectResponse(to, 303, {**SECURITY, **NO_STORE})


def _cookie_path(request: Request) -> str:
    settings: Settings = request.app.state.settings
    return urlsplit(settings.public_url).path.rstrip("/") or request.scope.get("root_path") or "/"


def _is_https(request: Request) -> bool:
    settings: Settings = request.app.state.settings
    if settings.trusted_proxies and (forwarded := request.headers.get("x-forwarded-proto")):
        return forwarded.rpartition(",")[2].strip() == "https"
    return request.url.scheme == "https" or settings.public_url.startswith("https://")
