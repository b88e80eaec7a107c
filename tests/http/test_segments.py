"""Filters that owners save under a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.factories import SITE
from tests.http.front_ends import with_cookie
from tests.http.messages import collect, problem, sent
from tests.http.visits import rows, where

if TYPE_CHECKING:
    import httpx

MOBILE = {"name": "Mobile from Naver", "filters": [where("device", "mobile"), where("source", "Naver")]}
READERS = {
    "name": "블로그 독자",
    "filters": [{"or": [where("page", "/blog/*", operator="matches"), {"did": where("event_type", "subscribe")}]}],
}


@pytest.fixture
def shop(reader: httpx.Client) -> httpx.Client:
    """A reader of a site where two visitors were, one of them on the blog."""
    collect(reader, sent(page="/blog/1", user_id="ann"), sent(page="/", user_id="bob", session_id="s2"))
    return reader


def save(client: httpx.Client, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.post("/api/segments", json=body)
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


def listed(client: httpx.Client, **asked: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/api/segments/", params=asked).json()["data"]["segments"]
    return found


def test_a_segment_is_saved_listed_changed_and_deleted(shop: httpx.Client) -> None:
    assert save(shop, MOBILE) == {"id": "mobile-from-naver", **MOBILE}
    assert save(shop, READERS)["id"] == "블로그-독자"
    assert [each["id"] for each in listed(shop)] == ["mobile-from-naver", "블로그-독자"]
    changed = {"name": "Mobile", "filters": [where("device", "mobile")]}
    assert shop.put("/api/segments/mobile-from-naver", json=changed).json()["data"]["name"] == "Mobile"
    assert shop.delete("/api/segments/블로그-독자").json()["data"]["name"] == READERS["name"]
    assert listed(shop) == [{"id": "mobile-from-naver", **changed}]


def test_the_filters_of_a_segment_are_those_of_any_question(shop: httpx.Client) -> None:
    save(shop, READERS)
    [segment] = listed(shop)
    assert rows(shop, metrics=["visitors"]) == [(2,)]
    assert rows(shop, metrics=["visitors"], filters=segment["filters"]) == [(1,)]


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x"},
        {"name": "x", "filters": []},
        {"name": "", "filters": MOBILE["filters"]},
        {"name": "x", "filters": [where("no_such", "y")]},
        {**MOBILE, "id": "mine"},
        [],
    ],
)
def test_a_segment_that_means_nothing_is_a_400(shop: httpx.Client, body: Any) -> None:
    problem(shop.post("/api/segments", json=body), 400)
    assert listed(shop) == []


def test_a_name_is_taken_once_and_a_site_has_50_segments(shop: httpx.Client) -> None:
    save(shop, MOBILE)
    assert problem(shop.post("/api/segments", json=MOBILE), 400)["code"] == "segment_exists"
    for number in range(49):
        save(shop, {**MOBILE, "name": f"Segment {number}"})
    assert problem(shop.post("/api/segments", json=READERS), 400)["code"] == "too_many_segments"


def test_sites_have_segments_of_their_own(shop: httpx.Client) -> None:
    collect(shop, sent(site_id="other.example"))
    assert problem(shop.post("/api/segments", json=MOBILE), 400)["code"] == "site_required"
    save(shop, {**MOBILE, "site_id": "other.example"})
    assert listed(shop, site_id=SITE) == []
    assert len(listed(shop, site_id="other.example")) == 1


def test_what_is_not_there_is_a_404(shop: httpx.Client) -> None:
    save(shop, MOBILE)
    for method in ("PUT", "DELETE"):
        envelope = problem(shop.request(method, "/api/segments/mobile-from-never", json=READERS), 404)
        assert envelope["code"] == "unknown_segment"
        assert "'mobile-from-naver'" in envelope["message"]


def test_only_readers_may_save_and_only_json(client: httpx.Client) -> None:
    for method, route in (("GET", ""), ("POST", ""), ("PUT", "/x"), ("DELETE", "/x")):
        problem(client.request(method, f"/api/segments{route}", json=MOBILE), 401)
    with_cookie(client)
    answer = client.post("/api/segments", content=b"{}", headers={"Content-Type": "text/plain"})
    assert problem(answer, 400)["code"] == "json_required"
