"""POST api/events: the one route that strangers write to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt

from liveinsight.django.middleware import confirm
from liveinsight.django.requests import address_of, on_its_own, raw_headers, read_body
from liveinsight.django.running import home
from liveinsight.django.tracking import remember_visit
from liveinsight.errors import InvalidInput
from liveinsight.ingest.parse import MAX_BODY_BYTES
from liveinsight.wire.answering import as_json, envelope
from liveinsight.wire.client_address import network_of
from liveinsight.wire.collecting import ALLOW, HEADERS, METHOD_NOT_ALLOWED, PREFLIGHT, check_encoding, delivery
from liveinsight.wire.problems import problem_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from liveinsight.collection import Collection

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
        with service.waiting as waiting:
            waiting.answer(analytics.refuse(error))  # raises the error, when it is counted
        raise
    with service.waiting as waiting:
        collection = analytics.collect(delivery(body, headers, address, analytics.clock(), trusted))
        data = waiting.answer(collection)
    answer = HttpResponse(as_json(envelope(data)), headers=HEADERS)
    remember_visit(request, answer, collection)
    _confirm(request, collection)
    return answer


def _confirm(request: HttpRequest, collection: Collection) -> None:
    """The address that `{% liveinsight_tracker %}` gave the tracker says which page view of the server's it ran on."""
    view = request.GET.get("view", "")
    if _VIEW.fullmatch(view) and (seen := collection.page_view) is not None:
        confirm(request, view, seen.page_url)
