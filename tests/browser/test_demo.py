"""A visit to the demo shop on an origin of its own, and what every report says about it afterwards."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.websites import Site
from tests.browser.windows import a_window, wait_until
from tests.browser.zones import zone_at_noon
from tests.server.running import Running, messages, serving
from tests.waiting import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from playwright.sync_api import Browser, Cookie, Page

    from tests.browser.websites import Websites

SHOP = "onda.localhost"
SEARCH = "https://search.naver.com/search.naver?query=tea"

# Everything that the visit below is, in the order in which it happens.
HAPPENED = [
    ("page_view", "/"),
    ("click", "/"),  # buys the starter set ...
    ("conversion", "/"),
    ("click", "/"),  # ... and follows the link to the plans
    ("page_exit", "/"),
    ("page_view", "/pricing.html"),
    ("click", "/pricing.html"),  # starts with Pro
    ("signup", "/pricing.html"),
    ("page_exit", "/pricing.html"),  # closes the tab
]


@dataclass(frozen=True)
class Visit:
    """What the visit left behind in the browser, and what was heard of it while it lasted."""

    site: Site
    session_id: str
    user_id: str
    cookies: list[Cookie]
    live_link: str
    while_there: dict[str, Any]
    streamed: list[dict[str, Any]]

    def ask(self, path: str, **question: Any) -> Any:
        return self.site.ask(path, **question)

    def events(self) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = self.ask(f"/api/sessions/{self.session_id}/events/")
        return events


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("server"), "--demo", timezone=zone_at_noon()) as running:
        yield running


@pytest.fixture(scope="module")
def visit(browser: Browser, server: Running, reader: httpx.Client, websites: Websites) -> Visit:
    site = Site(SHOP, websites, server.url, reader)
    with reader.stream("GET", "/api/live", params={"site_id": SHOP}) as answer:
        stream = messages(answer)
        assert next(stream)[0] == "realtime"
        assert next(stream)[1] == {"events": [], "backlog": True}
        options = {"locale": "ko-KR", "screen": {"width": 1600, "height": 900}}
        with a_window(browser, **options) as page:
            # Each step is heard of in the stream before the next one is taken: while it is news, that is.
            page.goto(f"{site.origin}/", referer=SEARCH)
            streamed = heard(stream, 1)
            page.click("#buy small")
            streamed += heard(stream, 2)
            page.click('nav a[href="pricing.html"] span')
            page.wait_for_url("**/pricing.html")
            streamed += heard(stream, 3)
            page.click("#signup")
            streamed += heard(stream, 2)
            session_id, user_id = page.evaluate("[localStorage.li_session_id, localStorage.li_user_id]")
            live_link = page.locator("#live").get_attribute("href") or ""
            while_there = site.ask("/api/realtime")
            close_tab(page)
            streamed += heard(stream, 1)
            cookies = page.context.cookies()
    return Visit(site, session_id, user_id, cookies, live_link, while_there, streamed)


def heard(stream: Iterator[tuple[str, Any]], count: int) -> list[dict[str, Any]]:
    """The next events of a stream, which is never silent for long."""
    events: list[dict[str, Any]] = []
    deadline = time.monotonic() + PATIENCE_S
    while len(events) < count:
        kind, data = next(stream)
        if kind == "events":
            assert data["backlog"] is False
            events += data["events"]
        assert time.monotonic() < deadline, f"only {events} came"
    return events


def close_tab(page: Page) -> None:
    """As a person does: the page is told, and has no time to do anything about it."""
    page.close(run_before_unload=True)


def test_the_live_stream_tells_each_event_once_and_while_the_visit_lasts(visit: Visit) -> None:
    # Requests overtake each other, so the stream's order is that of their arrival. The ids have the browser's.
    streamed = sorted(visit.streamed, key=lambda event: event["event_id"])
    assert [(event["event_type"], event["page"]) for event in streamed] == HAPPENED
    assert {event["event_id"] for event in streamed} == {event["event_id"] for event in visit.events()}


def test_a_session_has_all_that_happened_in_its_order(visit: Visit) -> None:
    assert [(event["event_type"], event["page"]) for event in visit.events()] == HAPPENED
    assert {(event["session_id"], event["user_id"]) for event in visit.events()} == {(visit.session_id, visit.user_id)}


def test_a_page_view_says_where_the_visitor_comes_from_and_what_they_look_with(visit: Visit) -> None:
    first, second = (event for event in visit.events() if event["event_type"] == "page_view")
    assert first["page_url"] == f"{visit.site.origin}/"
    assert first["page_title"] == "온다 찻집 · Onda Tea"
    assert first["screen"] == "1600x900"
    assert first["language"] == "ko-KR"
    assert (first["source"], first["device"], first["browser"], first["os"]) == ("Naver", "desktop", "Chrome", "Linux")
    assert first["referrer"] == "search.naver.com/search.naver"
    assert second["referrer"] == ""  # the shop itself


def test_a_click_is_told_with_the_button_or_link_around_what_was_hit(visit: Visit) -> None:
    buy, plans, _ = (event for event in visit.events() if event["event_type"] == "click")
    assert (buy["element_tag"], buy["element_id"]) == ("button", "buy")
    assert (buy["element_class"], buy["element_text"]) == ("primary", "첫 잔 세트 구매 Buy the starter set · €29")
    assert (plans["element_tag"], plans["element_text"]) == ("a", "정기 구독 Plans")


def test_a_conversion_keeps_its_value_and_a_custom_event_its_properties(visit: Visit) -> None:
    events = {event["event_type"]: event for event in visit.events()}
    conversion = events["conversion"]
    assert (conversion["conversion_type"], conversion["value"], conversion["currency"]) == ("purchase", 29, "EUR")
    assert events["signup"]["properties"] == {"plan": "pro"}
    assert all(
        event["properties"] == {} for event in visit.events() if event["event_type"] in {"page_view", "conversion"}
    )


def test_realtime_counted_one_visitor_on_the_page_they_were_on(visit: Visit) -> None:
    now = visit.while_there
    assert (now["online_visitors"], now["active_sessions"]) == (1, 1)
    assert now["pages"] == [{"page": "/pricing.html", "visitors": 1}]
    assert now["sources"] == [{"source": "Naver", "visitors": 1}]
    minutes = now["last_5_minutes"]
    assert (minutes["events"], minutes["page_views"]) == (8, 2)
    assert minutes["by_type"] == {"click": 3, "page_view": 2, "conversion": 1, "page_exit": 1, "signup": 1}
    assert sum(minute["events"] for minute in minutes["by_minute"]) == 8
    assert sum(minute["page_views"] for minute in minutes["by_minute"]) == 2


def test_one_session_is_active_and_lasts_from_its_first_event_to_its_last(visit: Visit) -> None:
    (session,) = visit.ask("/api/sessions/active/")
    events = visit.events()
    assert (session["session_id"], session["user_id"]) == (visit.session_id, visit.user_id)
    assert (session["entry_page"], session["current_page"]) == ("/", "/pricing.html")
    assert (session["events"], session["page_views"]) == (9, 2)
    assert (session["started_at"], session["last_activity"]) == (events[0]["timestamp"], events[-1]["timestamp"])
    assert session["duration"] == events[-1]["timestamp"] - events[0]["timestamp"] > 0
    assert (session["source"], session["device"]) == ("Naver", "desktop")


def test_the_hours_add_up_to_the_visit(visit: Visit) -> None:
    hours = visit.ask("/api/statistics/hourly/", hours=24)
    assert len(hours) == 24
    assert sum(hour["count"] for hour in hours) == 9
    assert sum(hour["page_views"] for hour in hours) == 2
    assert {hour["visitors"] for hour in hours} == {0, 1}


def test_each_page_has_one_view(visit: Visit) -> None:
    assert visit.ask("/api/statistics/pages/") == [
        {"page": "/", "views": 1, "visitors": 1},
        {"page": "/pricing.html", "views": 1, "visitors": 1},
    ]


def test_the_day_has_one_visitor_one_session_and_one_conversion(visit: Visit) -> None:
    stats = visit.ask("/api/stats", period="today")
    (session,) = visit.ask("/api/sessions/active/")
    assert stats["summary"] == {
        "visitors": 1,
        "sessions": 1,
        "page_views": 2,
        "events": 9,
        "bounce_rate": 0,
        "avg_duration": session["duration"],
        "views_per_session": 2,
        "conversions": 1,
        "conversion_rate": 1,
    }
    assert sum(point["events"] for point in stats["timeseries"]) == 9
    assert stats["conversions"] == [{"conversion_type": "purchase", "conversions": 1, "visitors": 1}]
    assert stats["sources"] == [{"source": "Naver", "visitors": 1, "sessions": 1, "bounce_rate": 0}]
    assert stats["referrers"] == [{"referrer": "search.naver.com/search.naver", "visitors": 1, "sessions": 1}]
    assert stats["devices"] == [{"device": "desktop", "visitors": 1, "sessions": 1}]


def test_the_ledger_has_each_event_as_stored_and_none_as_anything_else(visit: Visit) -> None:
    total = visit.ask("/api/ledger", period="24h")["total"]
    # What a page sent while it was left, the next one sends again: nobody heard that it arrived.
    again = total.pop("duplicates")
    assert total.pop("received") == 9 + again
    assert total == {
        "stored": 9,
        "filtered": 0,
        "rejected": 0,
        "reasons": {},
    }


def test_the_visitor_gets_no_cookie(visit: Visit) -> None:
    assert visit.cookies == []


def test_the_shop_links_to_the_live_page_of_the_server_that_counts_it(visit: Visit) -> None:
    assert visit.live_link == f"{visit.site.collector}/"


def test_the_shop_that_the_server_itself_serves_is_counted_too(
    page: Page, server: Running, reader: httpx.Client, websites: Websites
) -> None:
    site = Site("127.0.0.1", websites, server.url, reader)
    page.goto(f"{server.url}/demo/")
    page.click("text=See the plans")
    page.wait_for_url("**/demo/pricing.html")
    wait_until(page, lambda: site.types() == ["page_view", "click", "page_exit", "page_view"])
    assert [row["page"] for row in site.ask("/api/statistics/pages/")] == ["/demo", "/demo/pricing.html"]
