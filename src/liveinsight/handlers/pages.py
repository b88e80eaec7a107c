"""What browsers open: dashboard, tracker, demo. The files are built from web/ into the package."""

from __future__ import annotations

import re
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from liveinsight.handlers.answering import NO_STORE

_REFUSED = re.compile(r"q\s*=\s*0(\.0*)?")

WEB = Path(__file__).resolve().parent.parent / "web"

SECURITY = {
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",  # a page that opens ours in a window is left without a handle on it
}
# Other sites load this file, also those that isolate themselves from other origins.
TRACKER = {
    "Cache-Control": "public, max-age=3600",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}
REVALIDATED = {**SECURITY, "Cache-Control": "no-cache"}
# The names change with the content.
IMMUTABLE = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
}
_COMPRESSED = {"br": ".br", "gzip": ".gz"}  # what the build writes beside each file, best first

_NOT_BUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>LiveInsight</title>
<h1>The pages are not built yet</h1>
<p>LiveInsight is running and collects events. To see them, run <code>make web</code> in its folder and reload.</p>
"""

READ = ["GET", "HEAD"]

router = APIRouter(include_in_schema=False)
demo_router = APIRouter(include_in_schema=False)  # only where the demo is wanted


def page(name: str, status: int = 200) -> Response:
    """A built page, never cached: what it shows depends on who asks."""
    headers = {**SECURITY, **NO_STORE}
    if not (WEB / name).is_file():
        return HTMLResponse(_NOT_BUILT, 503, headers)
    return FileResponse(WEB / name, status, headers)


async def file(folder: str, path: str, headers: dict[str, str], request: Request) -> Response:
    """A file of a built folder, or 304 when the browser has it. What is missing, or outside the folder, is a 404."""
    files = StaticFiles(directory=WEB / folder, html=True, check_dir=False)
    response = await files.get_response(path, request.scope)
    response.headers.update(headers)
    return response


async def compressed_file(folder: str, path: str, headers: dict[str, str], request: Request) -> Response:
    """As `file`, in the best encoding that the browser takes and the build wrote."""
    if path.endswith(tuple(_COMPRESSED.values())):
        raise HTTPException(404)
    accepted = accepted_encodings(request.headers.get("accept-encoding", ""))
    for encoding, suffix in _COMPRESSED.items():
        if encoding not in accepted:
            continue
        with suppress(HTTPException):  # there is none in this encoding
            response = await file(folder, path + suffix, headers, request)
            if response.status_code != HTTPStatus.NOT_MODIFIED:
                response.headers["Content-Encoding"] = encoding
            return response
    return await file(folder, path, headers, request)


def accepted_encodings(header: str) -> set[str]:
    """Which of ours an Accept-Encoding takes: `br;q=0` refuses one, `*` takes those that it does not name."""
    said: dict[str, bool] = {}
    for each in header.lower().split(","):
        name, _, quality = each.partition(";")
        said[name.strip()] = not _REFUSED.fullmatch(quality.strip())
    return {name for name in _COMPRESSED if said.get(name, said.get("*", False))}


@router.api_route("/", methods=READ)
async def dashboard(request: Request) -> Response:
    """The dashboard, or the login page."""
    if not request.app.state.gate.admits(request):
        return page("login.html", 401)
    return page("dashboard/index.html")


@router.api_route("/assets/{path:path}", methods=READ)
async def asset(path: str, request: Request) -> Response:
    """What the dashboard is made of. It links to it relative to its own address."""
    return await compressed_file("dashboard/assets", path, IMMUTABLE, request)


@router.api_route("/static/js/{path:path}", methods=READ)
async def tracker(path: str, request: Request) -> Response:
    """The script that sites load."""
    return await file("static/js", path, TRACKER, request)


@router.api_route("/static/login/{path:path}", methods=READ)
async def login_file(path: str, request: Request) -> Response:
    """Style, script and picture of the login page."""
    return await file("static/login", path, REVALIDATED, request)


@demo_router.api_route("/demo", methods=READ)
async def to_demo() -> Response:
    """The address that people type."""
    return RedirectResponse("demo/", 308)


@demo_router.api_route("/demo/{path:path}", methods=READ)
async def demo(path: str, request: Request) -> Response:
    """The demo shop."""
    return await file("demo", path, REVALIDATED, request)
