"""What browsers open: the dashboard behind the site's own login, its files, the tracker."""

from __future__ import annotations

import mimetypes
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import SuspiciousFileOperation
from django.http import Http404, HttpResponse
from django.utils._os import safe_join
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, PermissionDenied

from liveinsight import __version__
from liveinsight.django import conf
from liveinsight.django.answering import OurView, takes
from liveinsight.django.requests import on_its_own
from liveinsight.django.running import analytics, complain
from liveinsight.django.views.collector import collect
from liveinsight.errors import SettingError, StoreUnavailable, Unauthorized
from liveinsight.wire import files
from liveinsight.wire.answering import NO_STORE, is_known
from liveinsight.wire.files import COMPRESSED, IMMUTABLE, NOT_BUILT, SECURITY, TRACKER, accepted_encodings
from liveinsight.wire.parameters import NoQuestion
from liveinsight.wire.problems import problem_of_status
from liveinsight.wire.shapes import Health

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from rest_framework.request import Request

_TRACKER_FILE = "liveinsight-tracker.js"
_NOT_FOR_YOU = (
    "You are logged in to this site, but as somebody who may not see its numbers."
    " Ask whoever runs the site to let you, or log in as somebody else.\n\n"
    "로그인했지만 이 사이트의 통계를 볼 권한이 없습니다."
    " 사이트 관리자에게 권한을 요청하거나 다른 계정으로 로그인하세요.\n"
)


class _Folder(NamedTuple):
    """A folder of built files, and the headers they go out with."""

    path: str
    headers: dict[str, str]


_ASSETS = _Folder("dashboard/assets", IMMUTABLE)
_SCRIPTS = _Folder("static/js", TRACKER)


class DashboardView(OurView):
    """The dashboard; who is not logged in is led to the site's login and back."""

    schema = None  # a page, and no part of the API
    is_public = False

    def get(self, request: Request) -> HttpResponse:
        """The dashboard."""
        headers = {**SECURITY, **NO_STORE}
        page = files.WEB / "dashboard" / "index.html"
        if not page.is_file():
            return HttpResponse(NOT_BUILT, status=503, headers=headers)
        return HttpResponse(page.read_bytes(), headers=headers)

    head = get

    def handle_exception(self, exc: Exception) -> Any:
        if isinstance(exc, PermissionDenied):
            return HttpResponse(_NOT_FOR_YOU, "text/plain; charset=utf-8", 403, headers={**SECURITY, **NO_STORE})
        if isinstance(exc, (NotAuthenticated, AuthenticationFailed, Unauthorized)):
            return _to_login(self.request.get_full_path())
        if not isinstance(exc, StoreUnavailable):
            return super().handle_exception(exc)
        answer = HttpResponse(f"{exc.message}\n", "text/plain; charset=utf-8", 503, headers={**SECURITY, **NO_STORE})
        answer._has_been_logged = True  # type: ignore[attr-defined]  # why there is no store is logged once a minute
        return answer


class HealthView(OurView):
    """For load balancers and monitors."""

    authentication_classes = []
    permission_classes = []

    @takes(NoQuestion, gives=Health)
    def get(self, question: NoQuestion) -> dict[str, Any]:
        """Process and store are alive. Where others aggregate the events, it says how far behind they are."""
        return {"status": "ok", "version": __version__, **analytics().health()}

    head = get


def read_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that only takes GET and HEAD."""

    @wraps(view)
    def guarded(request: HttpRequest, **parts: str) -> HttpResponse:
        return view(request, **parts) if request.method in {"GET", "HEAD"} else _problem(405, {"Allow": "GET, HEAD"})

    return guarded


@on_its_own
@read_only
def login(request: HttpRequest) -> HttpResponse:
    """Where the other homes have their login page: leads to the site's own, and from there to the dashboard."""
    return _to_login(request.path.rstrip("/").rpartition("/")[0] + "/")


@on_its_own
@read_only
def asset(request: HttpRequest, path: str) -> HttpResponse:
    """What the dashboard is made of, in the best encoding that the browser takes and the build wrote."""
    if path.endswith(tuple(COMPRESSED.values())):
        return _problem(404)
    accepted = accepted_encodings(request.headers.get("Accept-Encoding", ""))
    for encoding in COMPRESSED:
        if encoding in accepted:
            with suppress(Http404):  # there is none in this encoding
                return _file(request, _ASSETS, path, encoding)
    return _file_or_problem(request, _ASSETS, path)


@on_its_own
@read_only
def script(request: HttpRequest, path: str) -> HttpResponse:
    """The scripts that sites load."""
    return _file_or_problem(request, _SCRIPTS, path)


@on_its_own
@csrf_exempt
def anything_else(request: HttpRequest, path: str) -> HttpResponse:
    """The collector and the tracker under the names that the site gave them; else there is nothing."""
    try:
        settings = conf.current()
    except SettingError as error:
        complain(error)
        return _problem(404)
    path = path.strip("/")
    if settings.collect_path and path == settings.collect_path.strip("/"):
        return collect(request)
    if settings.tracker_path and path == settings.tracker_path.strip("/"):
        return script(request, path=_TRACKER_FILE)
    return _problem(404)


def _to_login(then: str) -> HttpResponse:
    response = redirect_to_login(then)
    for name, value in {**SECURITY, **NO_STORE}.items():
        response.headers[name] = value
    return response


def _file_or_problem(request: HttpRequest, folder: _Folder, path: str) -> HttpResponse:
    try:
        return _file(request, folder, path)
    except Http404:
        return _problem(404)


def _file(request: HttpRequest, folder: _Folder, path: str, encoding: str = "") -> HttpResponse:
    """A built file, or 304 when the browser has it. Raises Http404 for what is missing or outside its folder."""
    try:
        found = Path(safe_join(files.WEB / folder.path, path + COMPRESSED.get(encoding, "")))
        facts, body = found.stat(), found.read_bytes()
    except (SuspiciousFileOperation, ValueError, OSError):
        raise Http404 from None
    headers = {**folder.headers, "ETag": f'"{facts.st_mtime_ns:x}-{facts.st_size:x}{encoding}"'}
    if is_known(headers["ETag"], request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304, headers=headers)
    if encoding:
        headers["Content-Encoding"] = encoding
    return HttpResponse(body, headers=headers, content_type=_content_type(path))


def _content_type(path: str) -> str:
    """As on every machine: its own list may call a script something else."""
    kind = "text/javascript" if path.endswith(".js") else mimetypes.guess_type(path)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def _problem(status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    problem = problem_of_status(status)
    return HttpResponse(
        problem.body(), status=status, headers={**NO_STORE, **(headers or {})}, content_type="application/json"
    )
