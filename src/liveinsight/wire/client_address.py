"""Who is asking: the client's address, as far as proxies can be trusted."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_COUNTRY_HEADERS = (b"cf-ipcountry", b"cloudfront-viewer-country", b"x-vercel-ip-country")
_REGION_HEADERS = (
    b"cf-region-code",
    b"cloudfront-viewer-country-region",
    b"x-vercel-ip-country-region",
    b"cf-region",  # its name, where Cloudflare is set up to send that and not the code
)
_V6_NETWORK_BITS = 64
_LONGEST = 64  # an address has at most 45 characters; what a client wrote instead of one is cut


class Place(NamedTuple):
    """Two-letter country and region as a proxy tells them; empty when unknown."""

    country: str = ""
    region: str = ""


def client_address(scope: Mapping[str, Any], trusted_proxies: int) -> str:
    """The client's IP address; empty when it cannot be told. `scope` has `client` and `headers` as ASGI has them.

    Every trusted proxy appends the address it was called from to X-Forwarded-For, so the client stands that many places
    from the right. Anything further left was written by the client and proves nothing.
    """
    peer = scope.get("client")
    address = peer[0] if peer else ""
    if not trusted_proxies:
        return address
    lines = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    hops = [hop.strip() for hop in b",".join(lines).decode("latin-1").split(",") if hop.strip()]
    return _without_port(hops[-min(trusted_proxies, len(hops))])[:_LONGEST] if hops else address


def client_place(headers: Mapping[bytes, bytes]) -> Place:
    """Where a trusted proxy says the client is. Ask only when there is one: anybody can send these headers."""
    return Place(_first(headers, _COUNTRY_HEADERS), _first(headers, _REGION_HEADERS))


@lru_cache(maxsize=8192)
def network_of(address: str) -> str:
    """What one subscriber holds: an IPv4 address, or an IPv6 /64, whose addresses are all theirs to choose."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(ip, IPv6Address):
        return address
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return f"{int(ip) >> _V6_NETWORK_BITS:x}/{_V6_NETWORK_BITS}"


def _first(headers: Mapping[bytes, bytes], names: tuple[bytes, ...]) -> str:
    return next((headers[name].decode("latin-1") for name in names if headers.get(name)), "")


def _without_port(hop: str) -> str:
    """`1.2.3.4:5678` and `[2001:db8::1]:5678` are what some proxies write."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop
