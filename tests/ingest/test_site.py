"""Which site an event belongs to."""

from __future__ import annotations

import pytest

from liveinsight.ingest.site import Sites, site_in, site_name
from tests.ingest.tracker import post_events, sent, stored


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://shop.example/", "shop.example"),
        ("https://www.shop.example/", "shop.example"),
        ("HTTPS://WWW.Shop.Example/", "shop.example"),
        ("https://shop.example./", "shop.example"),
        ("https://shop.example:8443/x", "shop.example"),
        ("https://user:secret@shop.example/", "shop.example"),
        ("https://shop.example?q=1", "shop.example"),
        ("https://shop.example#top", "shop.example"),
        ("https://www2.shop.example/", "www2.shop.example"),
        ("https://한국.example/", "한국.example"),
        ("https://xn--3e0b707e.example/", "한국.example"),
        ("http://localhost:3000/", "localhost"),
        ("http://192.0.2.1/", "192.0.2.1"),
        ("http://[2001:db8::1]:80/", "2001:db8::1"),
    ],
)
def test_the_site_is_the_host_without_www(url: str, site: str) -> None:
    assert stored(page_url=url).site_id == site


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("example.com", "example.com"),
        (" WWW.Example.com. ", "example.com"),
        ("https://www.example.com/", "example.com"),
        ("https://www.example.com/shop?q=1#top", "example.com"),
        ("example.com/shop", "example.com"),
        ("localhost:3000", "localhost"),
        ("http://localhost:3000", "localhost"),
        ("https://xn--3e0b707e.example/", "한국.example"),
        ("http://[2001:db8::1]:80/", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("my-shop_1", "my-shop_1"),
        ("http://[", ""),
        ("https://", ""),
        ("/shop", ""),
    ],
)
def test_a_site_is_understood_however_its_owner_writes_it(text: str, site: str) -> None:
    assert site_in(text) == site


def test_a_site_that_is_named_is_used() -> None:
    assert stored(site_id="My-Shop_1").site_id == "my-shop_1"
    assert stored(site_id=" WWW.shop.example. ").site_id == "shop.example"


@pytest.mark.parametrize(
    "name", ["xn--", "xn--\x7f", "xn--99999999999999999999", "xn--a.xn--", "XN--P1AI", "..", "가.xn--3e0b707e"]
)
def test_odd_names_have_one_spelling_and_break_nothing(name: str) -> None:
    once = site_name(name)
    assert site_name(once) == once


@pytest.mark.parametrize("name", ["a b", "<script>", "a/b", " ", "a'b"])
def test_a_site_that_is_no_name_is_refused(name: str) -> None:
    [refused] = post_events(sent(site_id=name)).refused
    assert (refused.refusal.field, refused.site_id) == ("site_id", "(unknown)")


def test_only_the_sites_of_the_settings_are_accepted() -> None:
    intake = post_events(
        sent(page_url="https://www.shop.example/"),
        sent(page_url="https://other.example/"),
        sent(page_url="https://other.example/", site_id="shop.example"),
        sites=("WWW.Shop.Example", "한국.example"),
    )
    assert [each.site_id for each in intake.events] == ["shop.example", "shop.example"]
    assert [tuple(each) for each in intake.tallies()] == [("(unknown)", "rejected", "site_not_allowed", 1)]


def test_an_international_site_can_be_set_in_either_spelling() -> None:
    assert Sites.of(["xn--3e0b707e.example"]).accepts("한국.example")
    assert not Sites.of(["xn--3e0b707e.example"]).accepts("shop.example")


def test_a_host_that_is_longer_than_hosts_can_be_is_refused() -> None:
    intake = post_events(sent(page_url=f"https://{'a' * 254}/"), sent(page_url=f"https://xn--{'a' * 2000}/"))
    assert [each.refusal.field for each in intake.refused] == ["site_id", "site_id"]
