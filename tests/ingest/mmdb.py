"""A database file of countries, as small as the format allows: for tests of what reads one."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

_MARKER = b"\xab\xcd\xefMaxMind.com"
_EMPTY = -1
_NUMBERS = {"node_count": 6, "build_epoch": 9}  # their types; the others are short


def database(places: dict[str, Any]) -> bytes:
    """A file of IPv4 networks and what is known of each."""
    nodes: list[list[int]] = [[_EMPTY, _EMPTY]]
    data, offsets = b"", {}
    for network, place in places.items():
        offsets[network] = len(data)
        data += _encoded(place)
        address = ip_network(network)
        node = 0
        for depth in range(address.prefixlen):
            side = int(address.network_address) >> (31 - depth) & 1
            if depth == address.prefixlen - 1:
                nodes[node][side] = -2 - offsets[network]
            else:
                if nodes[node][side] == _EMPTY:
                    nodes.append([_EMPTY, _EMPTY])
                    nodes[node][side] = len(nodes) - 1
                node = nodes[node][side]
    count = len(nodes)
    tree = b"".join(_record(record, count).to_bytes(3) for node in nodes for record in node)
    about = {
        "node_count": count,
        "record_size": 24,
        "ip_version": 4,
        "database_type": "test",
        "languages": [],
        "binary_format_major_version": 2,
        "binary_format_minor_version": 0,
        "build_epoch": 1,
        "description": {},
    }
    return tree + bytes(16) + data + _MARKER + _encoded(about)


def _record(record: int, count: int) -> int:
    if record == _EMPTY:
        return count
    return record if record >= 0 else count + 16 + (-2 - record)


def _encoded(value: str | int | list[Any] | dict[str, Any], name: str = "") -> bytes:
    match value:
        case str():
            return _control(2, len(value.encode())) + value.encode()
        case dict():
            return _control(7, len(value)) + b"".join(_encoded(key) + _encoded(value[key], key) for key in value)
        case list():
            return _control(11, len(value)) + b"".join(map(_encoded, value))
    number = value.to_bytes((value.bit_length() + 7) // 8)
    return _control(_NUMBERS.get(name, 5), len(number)) + number


def _control(kind: int, size: int) -> bytes:
    """Type and size of what follows; types above 7 have a byte of their own."""
    first, more = (kind << 5, b"") if kind <= 7 else (0, bytes([kind - 7]))
    return bytes([first | min(size, 29)]) + more + (bytes([size - 29]) if size >= 29 else b"")
