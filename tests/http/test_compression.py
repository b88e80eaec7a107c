"""Large answers are compressed for who can read that; what is small, or a stream, is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.http.messages import collect, sent

if TYPE_CHECKING:
    import httpx

GZIP = {"Accept-Encoding": "gzip"}
LARGE = ["/api/vocabulary", "/api/openapi.json", "/api/stats", "/api/sessions/s1"]


@pytest.fixture
def busy(reader: httpx.Client) -> httpx.Client:
    """A reader of a site with many pages."""
    collect(reader, *(sent(page=f"/{each}", user_id=f"u{each}", session_id=f"s{each}") for each in range(40)))
    return reader


@pytest.mark.parametrize("route", LARGE)
def test_a_large_answer_is_compressed_for_who_can_read_it(busy: httpx.Client, route: str) -> None:
    plain = busy.get(route, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    small = busy.get(route, headers=GZIP)
    assert small.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in small.headers["vary"]
    assert int(small.headers["content-length"]) < int(plain.headers["content-length"])
    assert small.json().keys() == plain.json().keys()


def test_compressed_or_not_it_is_the_same_answer(busy: httpx.Client) -> None:
    tag = busy.get("/api/stats", headers=GZIP).headers["etag"]
    for accepts in ("gzip", "identity"):
        asked = {"Accept-Encoding": accepts, "If-None-Match": tag}
        assert busy.get("/api/stats", headers=asked).status_code == 304


def test_a_small_answer_is_sent_as_it_is(busy: httpx.Client) -> None:
    assert "content-encoding" not in busy.get("/api/goals", headers=GZIP).headers


def test_an_answer_to_the_collector_is_never_compressed(reader: httpx.Client) -> None:
    answer = reader.post("/api/events", json=[sent(), *(sent(timestamp=-1) for _ in range(60))], headers=GZIP)
    assert len(answer.content) > 2000
    assert "content-encoding" not in answer.headers
