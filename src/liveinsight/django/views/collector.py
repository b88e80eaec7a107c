"""POST api/events: the one route that strangers write to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt

from liveinsight.django.middleware import confirm
from liveinsight.django.requests import address_of, on_its_own, raw_headers, read_body
from liveinsight.django.running import RETRY_AFTER_S, home
from liveinsight.django.tracking import remember_visit
from liveinsight.errors import InvalidInput, StoreUnavailable
from liveinsight.ingest.parse import MAX_BODY_BYTES
from liveinsight.wire.answering import as_json, envelope
from liveinsight.wire.client_address import network_of
from liveinsight.wire.collecting import ALLOW, HEADERS, METHOD_NOT_ALLOWED, PREFLIGHT, check_encoding, delivery
from liveinsight.wire.problems import problem_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from liveinsight.collection import Collection

_PATIENCE_S = 3.0  # with the store: a server has few threads, and the site's own pages want them
_VIEW = re.compile(r"d[0-9a-f]{24}")


@on_its_own
@csrf_exempt
def collect(request: HttpRequest) -> HttpResponse:
    """Take events; the answer comes after they are durable. No login, no cookie, no query of the site's database."""
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers=PREFLIGHT)
    if request.method != "POST":
        return HttpResponse(METHOD_NOT_ALLOWED, status=405, headers={**HEADERS, **ALLOW})
    try:
        return _collect(request)
    except Exception as error:  # noqa: BLE001  the outermost frame of this route: every error becomes an answer
        problem = problem_of(error)
        answer = HttpResponse(problem.body(), status=problem.status, headers={**HEADERS, **problem.headers})
        answer._has_been_logged = True  # type: ignore[attr-defined]  # the ledger counts what was refused
        return answer


def _collect(request: HttpRequest) -> HttpResponse:
    service = home()
    analytics, trusted = service.analytics, service.analytics.settings.trusted_proxies
    address = address_of(request, trusted)
    service.limit.take(network_of(address))
    headers = raw_headers(request)
    try:
        check_encoding(headers)
        body = read_body(request, MAX_BODY_BYTES)
    except InvalidInput as error:
        _answer(analytics.refuse(error))  # raises the error, when it is counted
        raise
    collection = analytics.collect(delivery(body, headers, address, analytics.clock(), trusted))
    answer = HttpResponse(as_json(envelope(_answer(collection))), headers=HEADERS)
    remember_visit(request, answer, collection)
    _confirm(request, collection)
    return answer


def _answer(collection: Collection) -> dict[str, Any]:
    try:
        collection.recorded.result(_PATIENCE_S)
    except TimeoutError:  # it may be stored yet: events have ids, so sending them again is harmless
        raise StoreUnavailable(retry_after=RETRY_AFTER_S) from None
    return collection.answer()


def _confirm(request: HttpRequest, collection: Collection) -> None:
    """The address that `{% liveinsight_tracker %}` gave the tracker says which page view of the server's it ran on."""
    view = request.GET.get("view", "")
    if _VIEW.fullmatch(view) and (seen := collection.page_view) is not None:
        confirm(request, view, seen.page_url)
