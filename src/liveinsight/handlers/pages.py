"""What browsers open: dashboard, tracker, demo. The files are built from web/ into the package."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from liveinsight.wire import files
from liveinsight.wire.answering import NO_STORE
from liveinsight.wire.files import COMPRESSED, IMMUTABLE, NOT_BUILT, REVALIDATED, SECURITY, TRACKER, accepted_encodings

READ = ["GET", "HEAD"]

router = APIRouter(include_in_schema=False)
demo_router = APIRouter(include_in_schema=False)  # only where the demo is wanted


def page(name: str, status: int = 200) -> Response:
    """A built page, never cached: what it shows depends on who asks."""
    headers = {**SECURITY, **NO_STORE}
    if not (files.WEB / name).is_file():
        return HTMLResponse(NOT_BUILT, 503, headers)
    return FileResponse(files.WEB / name, status, headers)


async def file(folder: str, path: str, headers: dict[str, str], request: Request) -> Response:
    """A file of a built folder, or 304 when the browser has it. What is missing, or outside the folder, is a 404."""
    served = StaticFiles(directory=files.WEB / folder, html=True, check_dir=False)
    response = await served.get_response(path, request.scope)
    response.headers.update(headers)
    return response


async def compressed_file(folder: str, path: str, headers: dict[str, str], request: Request) -> Response:
    """As `file`, in the best encoding that the browser takes and the build wrote."""
    if path.endswith(tuple(COMPRESSED.values())):
        raise HTTPException(404)
    accepted = accepted_encodings(request.headers.get("accept-encoding", ""))
    for encoding, suffix in COMPRESSED.items():
        if encoding not in accepted:
            continue
        with suppress(HTTPException):  # there is none in this encoding
            response = await file(folder, path + suffix, headers, request)
            if response.status_code != HTTPStatus.NOT_MODIFIED:
                response.headers["Content-Encoding"] = encoding
            return response
    return await file(folder, path, headers, request)


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
