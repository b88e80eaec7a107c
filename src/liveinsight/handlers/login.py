"""GET and POST /login, GET /logout: a browser trades the admin token for a cookie."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from liveinsight.errors import InvalidInput
from liveinsight.handlers.auth import COOKIE, Gate
from liveinsight.handlers.body import read_body
from liveinsight.handlers.pages import page
from liveinsight.settings import Settings
from liveinsight.wire.answering import NO_STORE
from liveinsight.wire.files import SECURITY

router = APIRouter(include_in_schema=False)

_MAX_FORM_BYTES = 4096
_MAX_FORM_FIELDS = 10


@router.api_route("/login", methods=["GET", "HEAD", "POST"])
async def login(request: Request) -> Response:
    """The login page; with a token in the query or in the form, the way through it."""
    gate: Gate = request.app.state.gate
    if request.method == "POST":
        token = await _form_token(request)
    elif "token" in request.query_params:
        token = request.query_params["token"]
    else:
        return page("login.html")
    if not gate.knows(token):
        gate.count_guess(request)
        return _redirect("login?error=1")
    response = _redirect("./")
    gate.log_in(response, path=_cookie_path(request), secure=_is_https(request))
    return response


@router.api_route("/login/", methods=["GET", "HEAD", "POST"])
@router.get("/logout/")
async def without_slash(request: Request) -> Response:
    """The addresses as some people type them: the links of the pages only work from the others."""
    name = request.url.path.rstrip("/").rpartition("/")[2]
    status = 307 if request.method == "POST" else 303  # a form stays a form
    return _redirect(f"../{name}?{request.url.query}".removesuffix("?"), status)


@router.get("/logout")
async def logout(request: Request) -> Response:
    """Forget the cookie."""
    response = _redirect("login")
    response.delete_cookie(COOKIE, path=_cookie_path(request))
    return response


async def _form_token(request: Request) -> str:
    body = await read_body(dict(request.scope["headers"]), request.receive, _MAX_FORM_BYTES)
    try:
        fields = parse_qs(body.decode("latin-1"), max_num_fields=_MAX_FORM_FIELDS)
    except ValueError:
        msg = f"The form has more than {_MAX_FORM_FIELDS} fields: send the field token alone."
        raise InvalidInput(msg) from None
    return fields.get("token", [""])[0].strip()


def _redirect(to: str, status: int = 303) -> Response:
    """Relative, so that it stays right behind a proxy that serves us under a path of its own."""
    return RedirectResponse(to, status, {**SECURITY, **NO_STORE})


def _cookie_path(request: Request) -> str:
    settings: Settings = request.app.state.settings
    return urlsplit(settings.public_url).path.rstrip("/") or request.scope.get("root_path") or "/"


def _is_https(request: Request) -> bool:
    settings: Settings = request.app.state.settings
    if settings.trusted_proxies and (forwarded := request.headers.get("x-forwarded-proto")):
        return forwarded.rpartition(",")[2].strip() == "https"
    return request.url.scheme == "https" or settings.public_url.startswith("https://")
