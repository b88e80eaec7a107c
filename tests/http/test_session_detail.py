"""One session in detail, and a visitor's earlier ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.factories import DAY, HOUR, MINUTE, NOON, SITE
from tests.http.messages import collect, problem, sent
from tests.http.visits import happen, visit

if TYPE_CHECKING:
    import httpx

    from tests.factories import Clock

BUYS = ("conversion", "/cart", {"conversion_type": "purchase"})


@pytest.fixture
def shop(reader: httpx.Client, clock: Clock) -> httpx.Client:
    """ann came twice before: yesterday, and an hour ago."""
    happen(
        reader,
        clock,
        visit("ann", "/", at=NOON - DAY, session="first"),
        visit("ann", "/blog", at=NOON - HOUR, session="second", referrer="https://search.naver.com/x"),
        visit("ann", "/", "/cart", BUYS, session="third", query="?utm_source=mail&utm_campaign=spring"),
        visit("bob", "/", session="other"),
    )
    return reader


def test_a_session_in_detail(shop: httpx.Client) -> None:
    data = shop.get("/api/sessions/third/").json()["data"]
    session = data["session"]
    assert (session["session_id"], session["site_id"], session["user_id"]) == ("third", SITE, "ann")
    assert (session["started_at"], session["last_activity"], session["duration"]) == (
        NOON,
        NOON + 2 * MINUTE,
        2 * MINUTE,
    )
    assert (session["entry_page"], session["exit_page"], session["current_page"]) == ("/", "/cart", "/cart")
    assert (session["events"], session["page_views"], session["interactions"], session["conversions"]) == (3, 2, 1, 1)
    assert (session["is_active"], session["is_bounce"]) == (True, False)
    assert (session["utm_campaign"], session["browser"], session["hostname"]) == ("spring", "Chrome", SITE)
    assert [each["event_type"] for each in data["events"]] == ["page_view", "page_view", "conversion"]
    assert data["events"] == shop.get("/api/sessions/third/events/").json()


def test_earlier_sessions_of_the_visitor_latest_first(shop: httpx.Client) -> None:
    earlier = shop.get("/api/sessions/third").json()["data"]["earlier"]
    assert [(each["session_id"], each["is_active"], each["source"]) for each in earlier] == [
        ("second", False, "Naver"),
        ("first", False, "Direct"),
    ]
    assert shop.get("/api/sessions/first").json()["data"]["earlier"] == []


def test_all_sessions_of_a_visitor(shop: httpx.Client) -> None:
    sessions = shop.get("/api/visitors/ann/sessions/").json()
    assert [each["session_id"] for each in sessions] == ["third", "second", "first"]
    assert sessions[0] == shop.get("/api/sessions/third").json()["data"]["session"]
    assert len(shop.get("/api/visitors/ann/sessions", params={"limit": 1}).json()) == 1
    assert shop.get("/api/visitors/nobody/sessions").json() == []


def test_a_session_that_went_on_after_a_pause_is_another(shop: httpx.Client, clock: Clock) -> None:
    happen(shop, clock, visit("ann", "/late", at=NOON + 5 * HOUR, session="third"))
    data = shop.get("/api/sessions/third.2").json()["data"]
    assert (data["session"]["session_id"], data["session"]["entry_page"]) == ("third.2", "/late")
    assert [each["session_id"] for each in data["earlier"]] == ["third", "second", "first"]


def test_an_event_says_how_long_and_how_far_a_page_was_seen(reader: httpx.Client) -> None:
    collect(reader, sent(), sent("page_exit", timestamp=NOON + 1, engaged_ms=4000, scroll_depth=62.5))
    events = reader.get("/api/sessions/s1").json()["data"]["events"]
    assert [(each["engaged_ms"], each["scroll_depth"]) for each in events] == [(None, None), (4000, 63)]
    assert events[0]["channel"] == "direct"
    assert events[0]["region"] == ""


@pytest.mark.parametrize("name", ["a/b", "events", "a/events", "active", "x y", "한국", "a.2", "events/x"])
def test_the_events_of_a_session_of_any_name(reader: httpx.Client, name: str) -> None:
    collect(reader, sent(session_id=name))
    for written in (name, name.replace("/", "%2F")):
        assert reader.get(f"/api/sessions/{written}/events/").json()[0]["session_id"] == name


@pytest.mark.parametrize("name", ["a/b", "events", "x y", "한국", "a.2", "events/x"])
def test_a_session_of_any_name_in_detail(reader: httpx.Client, name: str) -> None:
    collect(reader, sent(session_id=name))
    assert reader.get(f"/api/sessions/{name}").json()["data"]["session"]["session_id"] == name


def test_a_visitor_of_any_name(reader: httpx.Client) -> None:
    collect(reader, sent(user_id="team/ann sessions"))
    assert len(reader.get("/api/visitors/team%2Fann sessions/sessions").json()) == 1


def test_a_visitor_without_a_user_id_has_sessions_too(reader: httpx.Client) -> None:
    collect(reader, sent())
    session = reader.get("/api/sessions/s1").json()["data"]["session"]
    assert session["user_id"] is None
    assert [each["session_id"] for each in reader.get(f"/api/visitors/{session['visitor']}/sessions").json()] == ["s1"]


def test_a_session_that_is_not_there_is_a_404(shop: httpx.Client) -> None:
    problem(shop.get("/api/sessions/nobody"), 404)
    problem(shop.get("/api/sessions/third", params={"site_id": "other.example"}), 404)
