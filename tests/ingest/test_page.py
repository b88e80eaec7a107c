"""The page of an address."""

from __future__ import annotations

import pytest

from tests.ingest.tracker import stored


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("", "/"),
        ("/", "/"),
        ("//", "/"),
        ("/pricing", "/pricing"),
        ("/pricing/", "/pricing"),
        ("/pricing?plan=pro#top", "/pricing"),
        ("?q=1", "/"),
        ("#top", "/"),
        ("/a/../b", "/a/../b"),
        ("/%EA%B0%80%EA%B2%A9/", "/가격"),
        ("/가격", "/가격"),
        ("/a%20b", "/a b"),
        ("/a%2Fb", "/a/b"),
        ("/100%", "/100%"),
        ("/%B0%A1", "/%B0%A1"),  # EUC-KR: not UTF-8, stays as it is
        ("/a%00b", "/a%00b"),  # what a store must not hold stays encoded
        ("/a%0Ab", "/a%0Ab"),
        ("/a%ED%A0%80", "/a%ED%A0%80"),  # half of a surrogate pair
        ("/a;x=1", "/a;x=1"),
    ],
)
def test_the_page_is_the_readable_path(path: str, page: str) -> None:
    assert stored(page_url=f"https://shop.example{path}").page == page


def test_user_name_and_password_of_an_address_are_not_kept() -> None:
    event = stored(page_url="https://user:secret@shop.example:8443/x?y=1#z")
    assert event.page_url == "https://shop.example:8443/x?y=1#z"
    assert "secret" not in repr(event)
