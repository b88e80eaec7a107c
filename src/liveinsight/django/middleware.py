"""Page views as the server sees them: for visitors without JavaScript or with a blocker, and by the views' names.

They go to a site of their own (`server.` and the site's name), so that nothing that the tracker saw is counted twice. A
page that has the tracker's tag tells the collector which page view it was: then the browser ran the tracker. The share
that did not is what blockers hide (`liveinsight.django.hidden`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.urls import Resolver404, resolve

from liveinsight.django import conf
from liveinsight.django.outbox import outbox
from liveinsight.django.tracking import new_id, send
from liveinsight.ingest.site import site_in
from liveinsight.ingest.visitor import COOKIELESS

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase
    from django.urls import ResolverMatch

SEEN = "tracker"  # conversion of the server's site: the browser ran the tracker
_PAGES = range(200, 300)
_APP = "liveinsight"


class PageViews:
    """The middleware; for sync and async sites."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        if self._is_async:
            return self._later(request)
        response = self.get_response(request)
        _record(request, response)
        return response

    async def _later(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = await self.get_response(request)
        _record(request, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """The page that tells of it, such as the site's own 404, is no page view."""
        request.liveinsight_failed = True  # type: ignore[attr-defined]


def server_site(request: HttpRequest) -> str:
    """The name of the site that the server's own page views go to."""
    settings = conf.current()
    if settings.server_site:
        return settings.server_site
    return f"server.{settings.site or site_in(f'{request.scheme}://{request.get_host()}')}"


def view_id(request: HttpRequest) -> str:
    """The id of this page view, made when the tracker's tag asks for it."""
    found: str | None = getattr(request, "liveinsight_view", None)
    if found is None:
        found = request.liveinsight_view = new_id()  # type: ignore[attr-defined]
    return found


def confirm(request: HttpRequest, view: str, page_url: str) -> None:
    """The tracker ran on this page view: count it, once, on the server's site."""
    if _asks_not_to(request):  # the page view was not counted either
        return
    event = {"session_id": COOKIELESS, "site_id": server_site(request), "page_url": page_url, "conversion_type": SEEN}
    send(request, "conversion", {**event, "event_id": f"{view}.seen"})


def _record(request: HttpRequest, response: HttpResponseBase) -> None:
    try:
        if _is_page(response) and (match := view_asked_for(request)):
            # In this order: asking for the id is what a page with the tag does.
            send(request, "page_view", {**_page_view(request, match), "event_id": view_id(request)})
    except Exception as error:  # noqa: BLE001  analytics never breaks a page
        outbox.refuse(type(error).__name__)


def view_asked_for(request: HttpRequest) -> ResolverMatch | None:
    """The view that somebody asked for a page; None for what is no page view, whatever comes of it.

    The tracker runs there, too, as on a page that shows a form again: but such a page has no id to tell the collector,
    or the tracker would seem to have seen more than there was.
    """
    if request.method != "GET" or hasattr(request, "liveinsight_failed") or not _is_viewed(request):
        return None
    match = _match(request)
    return match if match and _APP not in match.app_names else None


def _is_viewed(request: HttpRequest) -> bool:
    """What a page loads by itself, and what a browser loads in case somebody comes, nobody has viewed."""
    headers = request.headers
    return (
        not request.path_info.startswith(conf.current().ignore)
        and not _asks_not_to(request)
        and headers.get("Sec-Fetch-Dest", "document") == "document"
        and "prefetch" not in headers.get("Sec-Purpose", headers.get("Purpose", ""))
        and headers.get("X-Requested-With") != "XMLHttpRequest"
    )


def _is_page(response: HttpResponseBase) -> bool:
    return response.status_code in _PAGES and response.get("Content-Type", "").startswith("text/html")


def _asks_not_to(request: HttpRequest) -> bool:
    """Do Not Track, Global Privacy Control: as for the tracker."""
    return "1" in {request.headers.get("DNT"), request.headers.get("Sec-GPC")}


def _match(request: HttpRequest) -> ResolverMatch | None:
    """The view of this address, also when the page came from Django's cache before a view was looked for."""
    if request.resolver_match is not None:
        return request.resolver_match
    try:
        return resolve(request.path_info, getattr(request, "urlconf", None))
    except Resolver404:
        return None


def _page_view(request: HttpRequest, match: ResolverMatch) -> dict[str, Any]:
    return {
        "session_id": COOKIELESS,
        "site_id": server_site(request),
        "page_url": request.build_absolute_uri(),
        "referrer": request.headers.get("Referer"),
        "language": request.headers.get("Accept-Language", "").split(",")[0].partition(";")[0].strip()[:35] or None,
        "view_name": match.view_name[:500],
        "route": f"/{match.route}"[:500],
        "tagged": hasattr(request, "liveinsight_view"),  # only a page with the tag can be confirmed
    }
