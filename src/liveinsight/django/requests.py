"""Requests of Django as the rest of LiveInsight reads them: raw headers, the client's address, a bounded body."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.db import connections, transaction

from liveinsight.wire.client_address import client_address
from liveinsight.wire.reading import too_large

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

View = TypeVar("View", bound="Callable[..., HttpResponseBase]")

_UNPREFIXED = {"CONTENT_TYPE": b"content-type", "CONTENT_LENGTH": b"content-length"}


def on_its_own(view: View) -> View:
    """A view of ours, which says itself who may come in: whatever the site asks for else, a login or a transaction."""
    view.login_required = False  # type: ignore[attr-defined]  # as LoginRequiredMiddleware (Django 5.1) reads it
    for alias in connections:
        transaction.non_atomic_requests(alias)(view)
    return view


def raw_headers(request: HttpRequest) -> dict[bytes, bytes]:
    """The headers, names in lower case."""
    found = {}
    for name, value in request.META.items():
        if name.startswith("HTTP_"):
            found[name[5:].replace("_", "-").lower().encode("latin-1")] = str(value).encode("latin-1", "replace")
        elif name in _UNPREFIXED and value:
            found[_UNPREFIXED[name]] = str(value).encode("latin-1", "replace")
    return found


def address_of(request: HttpRequest, trusted_proxies: int) -> str:
    """The client's address, as far as proxies can be trusted."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    headers = [(b"x-forwarded-for", forwarded.encode("latin-1", "replace"))] if forwarded else []
    scope = {"client": (request.META.get("REMOTE_ADDR", ""), 0), "headers": headers}
    return client_address(scope, trusted_proxies)


def read_body(request: HttpRequest, limit: int) -> bytes:
    """The whole body, of up to `limit` bytes, whatever Django's own limits are. Raises BodyTooLarge."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if announced[:20].isdigit() and int(announced[:20]) > limit:
        raise too_large(limit)
    # A middleware of the site may have read it: then Django has kept it.
    body: bytes = request.body if hasattr(request, "_body") else request.read(limit + 1)
    if len(body) > limit:
        raise too_large(limit)
    return body
