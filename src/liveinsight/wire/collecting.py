"""What the collector's route is made of: who may send, how often, and what the headers of a request say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.errors import InvalidInput
from liveinsight.ingest.client_hints import read_hints
from liveinsight.ingest.draft import Delivery
from liveinsight.wire.client_address import Place, client_place
from liveinsight.wire.rate_limit import RateLimit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from liveinsight.settings import Settings

PATH = "/api/events"
_BURST_SECONDS = 10
_NOWHERE = Place()

# Any page may send, and none is given anything for it: no credentials, nothing to read but the answer.
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Retry-After",
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
}
ALLOW = {"Allow": "OPTIONS, POST"}
PREFLIGHT = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "content-type",
    "Access-Control-Max-Age": "86400",
    **ALLOW,
}
METHOD_NOT_ALLOWED = b'{"status":"error","message":"Send events with POST.","code":"method_not_allowed","details":[]}'


def collect_limit(settings: Settings) -> RateLimit:
    """How often one client may send."""
    return RateLimit(settings.rate_limit, settings.rate_limit * _BURST_SECONDS)


def check_encoding(headers: Mapping[bytes, bytes]) -> None:
    """A body must come as it is. Raises InvalidInput."""
    encoding = headers.get(b"content-encoding")
    if encoding and encoding.lower() != b"identity":
        msg = "Content-Encoding is not supported here. Send the JSON as it is."
        raise InvalidInput(msg, code="unsupported_encoding")


def delivery(
    body: bytes, headers: Mapping[bytes, bytes], address: str, received_at: int, trusted_proxies: int
) -> Delivery:
    """A request to the collector; names of headers in lower case."""
    place = client_place(headers) if trusted_proxies else _NOWHERE
    user_agent = headers.get(b"user-agent", b"").decode("latin-1")
    return Delivery(body, received_at, address, user_agent, *place, read_hints(headers))
