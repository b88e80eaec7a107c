"""`track`: an event from Python, in the visit of the browser that sent the request."""

from __future__ import annotations

import re
import secrets
import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise as Lazy

from liveinsight.django import conf
from liveinsight.django.outbox import Parcel, outbox
from liveinsight.django.requests import address_of, raw_headers
from liveinsight.ingest.visitor import ANONYMOUS, COOKIELESS
from liveinsight.service import now_ms

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from liveinsight.collection import Collection

VISIT_COOKIE = "liveinsight_visit"
_VISIT_SECONDS = 1800  # a session ends after half an hour without an event
_TEXTS = frozenset({"user_id", "event_id"})  # keys of a database are numbers
_ID = re.compile(r"[A-Za-z0-9_.-]{1,100}")


def track(request: HttpRequest, event_type: str, **fields: Any) -> bool:
    """Send an event about this request: `track(request, "signup", plan="pro")`. Never waits and never raises.

    `fields` are the event's own (`user_id`, `conversion_type`, `value`, `currency`, `page_url`, ...); others are custom
    properties. They win over what is known of the visit. With an `event_id` of yours, such as the number of an order,
    the same event counts once however often it is sent. Tells whether it was taken; what is refused later, as wrong,
    is logged and counted (`refused`).
    """
    try:
        settings = conf.current()
        event = {
            "page_url": request.build_absolute_uri(),
            "site_id": settings.site or None,
            **visit_of(request),
            **{name: _plain(name, value) for name, value in fields.items() if value is not None},
        }
        return send(request, event_type, event)
    except Exception as error:  # noqa: BLE001  analytics never breaks a page
        outbox.refuse(type(error).__name__)
        return False


def refused() -> dict[str, int]:
    """How many events of `track` and the middleware this process refused, by reason."""
    return dict(outbox.refused)


def send(request: HttpRequest, event_type: str, event: dict[str, Any]) -> bool:
    """Put an event into the outbox; with time and id, where it has none, and what the request's headers say."""
    now = now_ms()
    event = {"event_id": new_id(), "timestamp": now, **event, "event_type": event_type}
    return outbox.put(Parcel(event, raw_headers(request), address_of(request, _trusted()), now))


def _plain(name: str, value: Any) -> Any:
    """What models and translations of a site hold, as JSON has it."""
    if name in _TEXTS or isinstance(value, Lazy):
        return str(value)
    return float(value) if isinstance(value, Decimal) else value


def new_id() -> str:
    """The id of an event; later ones sort after it, also within a millisecond."""
    return f"d{time.time_ns():016x}{secrets.token_hex(4)}"


def visit_of(request: HttpRequest) -> dict[str, Any]:
    """The session and user that the tracker has in this browser; else what the server derives, as for cookieless."""
    session, _, user = request.COOKIES.get(VISIT_COOKIE, "").partition(":")
    if not _ID.fullmatch(session):
        return {"session_id": COOKIELESS}
    return {"session_id": session, **({"user_id": user} if _ID.fullmatch(user) else {})}


def remember_visit(request: HttpRequest, answer: HttpResponse, collection: Collection) -> None:
    """Have the browser tell the site's own views which visit it is in, for as long as that lasts.

    The tracker keeps these two ids in the browser anyhow; one that keeps none gets no cookie.
    """
    event = collection.last
    if event is None or not conf.current().visit_cookie or not _ID.fullmatch(event.session_id):
        return
    user = "" if event.visitor_id.startswith(ANONYMOUS) else event.visitor_id
    value = f"{event.session_id}:{user if _ID.fullmatch(user) else ''}"
    secure = request.is_secure()
    answer.set_cookie(VISIT_COOKIE, value, _VISIT_SECONDS, secure=secure, httponly=True, samesite="Lax")


def _trusted() -> int:
    return conf.current().core.trusted_proxies
