"""Who is asking, behind none, one and several proxies."""

from __future__ import annotations

import pytest

from liveinsight.wire.client_address import client_address, network_of


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, ["198.51.100.1"], "192.0.2.1"),
        (1, [], "192.0.2.1"),
        (1, ["198.51.100.1"], "198.51.100.1"),
        (1, ["spoofed, 198.51.100.1"], "198.51.100.1"),
        (2, ["spoofed, 198.51.100.1, 192.0.2.9"], "198.51.100.1"),
        (2, ["spoofed", "198.51.100.1", "192.0.2.9"], "198.51.100.1"),
        (2, ["198.51.100.1"], "198.51.100.1"),
        (1, [" 198.51.100.1:5678 "], "198.51.100.1"),
        (1, ["[2001:db8::1]:5678"], "2001:db8::1"),
        (1, ["2001:db8::1"], "2001:db8::1"),
        (1, [", ,"], "192.0.2.1"),
    ],
)
def test_the_client_stands_as_many_places_from_the_right_as_there_are_proxies(
    proxies: int, forwarded: list[str], expected: str
) -> None:
    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    assert client_address({"client": ("192.0.2.1", 1), "headers": headers}, proxies) == expected


def test_what_a_client_wrote_instead_of_an_address_is_cut() -> None:
    headers = [(b"x-forwarded-for", b"x" * 60_000)]
    assert len(client_address({"client": ("192.0.2.1", 1), "headers": headers}, 1)) == 64


def test_a_client_that_cannot_be_told_has_an_empty_address() -> None:
    assert client_address({"client": None, "headers": []}, 0) == ""


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("fe80::1%eth0", "fe80::2", True),
        ("nonsense", "nonsense", True),
    ],
)
def test_a_subscriber_is_one_ipv4_address_or_one_ipv6_network(one: str, other: str, same: bool) -> None:
    assert (network_of(one) == network_of(other)) is same
