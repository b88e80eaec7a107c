"""The live screen of the dashboard, as the owner of a site sees it while visitors are on the site."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, Literal

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.dashboard.owner import complaints_of_axe, log_in
from tests.browser.windows import a_window, wait_until
from tests.http.messages import CHROME
from tests.server.running import Running
from tests.waiting import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

    from tests.browser.websites import Site

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PHONE = {"viewport": {"width": 360, "height": 740}}
HOSTILE = "<img src=x onerror=alert(1)>"
STRANGE = "a/b?c#d %2F é 세션"  # clients choose their sessions' ids
MOST_ROWS = 100


@pytest.fixture(scope="module")
def logged_in(browser: Browser, server: Running) -> dict[str, Any]:
    """The options of a window whose owner has logged in before. Whoever logs in too often has to wait."""
    with a_window(browser) as page:
        log_in(page, server)
        return {"storage_state": page.context.storage_state()}


@pytest.fixture
def live(browser: Browser, logged_in: dict[str, Any], site: Site) -> Iterator[Page]:
    """The live screen of a site."""
    with a_window(browser, **logged_in) as page:
        watch(page, site)
        yield page


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Page]:
    with a_window(browser) as page:
        yield page


def watch(page: Page, site: Site, more: str = "") -> None:
    page.goto(f"{site.collector}/#/live?site={site.name}{more}")
    expect(state(page)).to_have_attribute("data-state", "live")


def state(page: Page) -> Locator:
    """The link in the header that says how the connection is."""
    return page.locator("[data-state]")


def region(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def online(page: Page) -> Locator:
    return region(page, "Online now").locator("strong")


def feed(page: Page) -> Locator:
    """The rows of the feed, newest first."""
    return region(page, "As it happens").get_by_role("listitem")


def sessions(page: Page) -> Locator:
    """The rows of the table of sessions, without its head."""
    return region(page, "Active sessions").locator("tbody tr")


def send(site: Site, *events: dict[str, Any], session: str = "a-session") -> None:
    """Events as a site's own code would send them."""
    base = {"session_id": session, "site_id": site.name, "page_url": f"http://{site.name}/", "event_type": "page_view"}
    now = time.time_ns() // 1_000_000
    body = {"events": [{**base, "timestamp": now + at, **event} for at, event in enumerate(events)]}
    answer = httpx.post(f"{site.collector}/api/events", json=body, headers={"User-Agent": CHROME}, timeout=60)
    assert answer.is_success, answer.text


def test_the_first_visit_of_a_site_appears_by_itself(live: Page, visitor: Page, site: Site) -> None:
    waiting = region(live, "Waiting for the first visit")
    expect(waiting.get_by_role("link", name="Get the line in the settings")).to_be_visible()
    visitor.goto(site.put("/"))
    expect(waiting).to_be_hidden()
    expect(online(live)).to_have_text("1")
    expect(feed(live)).to_have_count(1)


def test_where_nothing_streams_the_numbers_come_all_the_same(
    browser: Browser, logged_in: dict[str, Any], visitor: Page, site: Site
) -> None:
    """As on AWS, where functions answer: see aws.apps."""
    refusal = {"status": "error", "message": "There is no live stream here.", "code": "no_stream", "details": []}
    with a_window(browser, **logged_in) as page:
        page.route("**/api/live?*", lambda route: route.fulfill(status=404, json=refusal))
        page.goto(f"{site.collector}/#/live?site={site.name}")
        expect(state(page)).to_have_attribute("data-state", "polling")
        visitor.goto(site.put("/menu"))
        expect(online(page)).to_have_text("1")


def test_a_visit_and_a_click_appear_as_they_happen(live: Page, visitor: Page, site: Site) -> None:
    asked: list[str] = []
    live.on("request", lambda request: asked.append(request.url.partition("?")[0]))
    visitor.goto(site.put("/menu", "<button>Order</button>", title="Our menu"))
    expect(feed(live)).to_have_count(1)
    expect(feed(live)).to_contain_text(["Our menu"])
    expect(region(live, "Pages being read").locator("tbody tr")).to_have_text(["/menu1"])
    expect(region(live, "Where they came from").locator("tbody tr")).to_have_text(["Direct1"])
    visitor.get_by_role("button", name="Order").click()
    expect(feed(live)).to_have_count(2)
    expect(feed(live).first).to_contain_text("Click")
    expect(feed(live).first).to_contain_text("“Order”")
    expect(sessions(live)).to_have_count(1)
    expect(sessions(live)).to_contain_text(["/menu"])
    expect(region(live, "Last 30 minutes").locator("header p")).to_have_text("1 page view")
    # It was told, it did not ask: neither by loading the page again nor by polling.
    assert f"{site.collector}/" not in asked
    assert f"{site.collector}/api/realtime" not in asked


def test_visitors_are_counted_and_one_with_two_tabs_is_one(
    browser: Browser, live: Page, visitor: Page, site: Site
) -> None:
    visitor.goto(site.put("/"))
    expect(online(live)).to_have_text("1")
    visitor.context.new_page().goto(site.put("/second-tab"))
    # One session for both: the visitor is on the page that came last.
    expect(region(live, "Pages being read").locator("tbody tr")).to_have_text(["/second-tab1"])
    expect(online(live)).to_have_text("1")
    with a_window(browser) as another:
        another.goto(site.put("/"))
        expect(online(live)).to_have_text("2")
        expect(live).to_have_title(f"(2) Live · {site.name}")


def test_the_last_minutes_stand_in_a_table_and_can_be_moved_through(live: Page, site: Site) -> None:
    send(site, {}, {"page_url": f"http://{site.name}/next"})
    expect(region(live, "Last 30 minutes").locator("header p")).to_have_text("2 page views")
    rows = region(live, "Last 30 minutes").locator("tbody tr")
    expect(rows).to_have_count(30)
    assert sum(int(row.split("\t")[-2]) for row in rows.all_inner_texts()) == 2
    bars = region(live, "Last 30 minutes").get_by_role("img")
    bars.focus()
    bars.press("Home")
    expect(region(live, "Last 30 minutes").get_by_role("status")).to_contain_text("0 page views, 0 visitors")


def test_a_purchase_shows_its_value_and_an_event_its_properties(live: Page, visitor: Page, site: Site) -> None:
    visitor.goto(site.put("/"))
    visitor.evaluate("LiveInsight.trackConversion('purchase', {value: 1234.5, currency: 'EUR'})")
    expect(feed(live).first).to_contain_text("Conversion €1,234.50")
    expect(feed(live).first).to_contain_text("purchase")
    visitor.evaluate("LiveInsight.track('signup', {plan: 'pro', seats: 3})")
    expect(feed(live).first).to_contain_text("plan: pro · seats: 3")


def test_what_a_visitor_sends_is_shown_as_text(live: Page, visitor: Page, site: Site) -> None:
    visitor.goto(site.put("/", f"<button>{HOSTILE.replace('<', '&lt;')}</button>", title=HOSTILE))
    visitor.get_by_role("button").click()
    visitor.evaluate("text => LiveInsight.track('note', {text, page_url: new URL(text, location).href})", HOSTILE)
    expect(feed(live)).to_have_count(3)
    expect(feed(live).nth(0)).to_contain_text(f"text: {HOSTILE}")
    expect(feed(live).nth(1)).to_contain_text(f"“{HOSTILE}”")
    expect(feed(live).nth(2)).to_contain_text(HOSTILE)
    feed(live).first.get_by_role("link").click()
    expect(live.get_by_role("dialog")).to_contain_text(f"text: {HOSTILE}")
    expect(live.locator("main img")).to_have_count(0)


def test_a_paused_feed_stands_still_and_then_catches_up(live: Page, visitor: Page, site: Site) -> None:
    visitor.goto(site.put("/"))
    expect(feed(live)).to_have_count(1)
    live.get_by_role("button", name="Pause").click()
    visitor.goto(site.put("/next"))
    resume = live.get_by_role("button", name="Resume 2 new")
    expect(resume).to_be_visible()
    expect(feed(live)).to_have_count(1)
    resume.click()
    expect(feed(live)).to_contain_text(["Page view", "Page exit", "Page view"])
    expect(live.get_by_role("button", name="Pause")).to_be_visible()


def test_a_burst_is_shown_in_order_and_nothing_is_lost_or_doubled(live: Page, site: Site) -> None:
    for first in range(0, 60, 10):
        send(site, *({"event_type": "step", "number": number} for number in range(first, first + 10)))
    expect(feed(live)).to_have_count(60)
    expect(feed(live)).to_contain_text([f"number: {number}" for number in reversed(range(60))])
    for _ in range(10):
        send(site, *({"event_type": "rush"} for _ in range(100)), session="hasty")
    expect(feed(live).last).to_contain_text("rush")
    expect(feed(live)).to_have_count(MOST_ROWS)
    # The page can still be used.
    live.get_by_role("button", name="Pause").click()
    expect(live.get_by_role("button", name="Resume")).to_be_visible()


def test_a_click_opens_the_session_and_its_address_opens_it_for_others(
    browser: Browser, logged_in: dict[str, Any], live: Page, visitor: Page, site: Site
) -> None:
    visitor.goto(site.put("/menu", "<button>Order</button>", title="Our menu"))
    sessions(live).get_by_role("link").click()
    dialog = live.get_by_role("dialog")
    expect(dialog).to_contain_text("Still going on")
    steps = region(live, "What happened").get_by_role("listitem")
    expect(steps).to_contain_text(["/menu"])
    # It goes on while it is looked at.
    visitor.get_by_role("button", name="Order").click()
    expect(steps).to_contain_text(["/menu", "“Order”"])
    with a_window(browser, **logged_in) as another:
        another.goto(live.url)
        expect(region(another, "What happened").get_by_role("listitem")).to_contain_text(["/menu", "“Order”"])
    live.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(live).not_to_have_url(re.compile("session="))
    expect(sessions(live).get_by_role("link")).to_be_focused()
    live.go_back()
    expect(dialog).to_be_visible()


def test_a_session_with_a_strange_id_opens_and_leads_to_the_visitors_other_visits(live: Page, site: Site) -> None:
    day = 24 * 60 * 60 * 1000
    before = {"user_id": "somebody", "timestamp": time.time_ns() // 1_000_000 - day, "page_title": "Yesterday"}
    send(site, before, session=f"before {STRANGE}")
    send(site, {"user_id": "somebody", "page_title": "Today"}, session=STRANGE)
    sessions(live).get_by_role("link").click()
    expect(live.get_by_role("dialog")).to_contain_text("Today")
    region(live, "Other visits of this visitor").get_by_role("link").click()
    expect(live.get_by_role("dialog")).to_contain_text("Yesterday")
    expect(live.get_by_role("dialog")).to_contain_text("Ended")


def test_a_session_that_is_gone_is_said_to_be_gone(browser: Browser, logged_in: dict[str, Any], site: Site) -> None:
    send(site, {})
    with a_window(browser, **logged_in) as page:
        watch(page, site, "&session=never-was")
        expect(page.get_by_role("dialog")).to_contain_text("This session is gone")


def test_it_says_when_the_server_is_gone_and_catches_up_by_itself(
    browser: Browser, tmp_path: Path, visitor: Page, site: Site
) -> None:
    first = Running(tmp_path, "--port", str(free_port()))
    with a_window(browser) as owner:
        log_in(owner, first)
        tag = site.tag().replace(site.collector, first.url)
        visitor.goto(site.put("/", head=tag))
        owner.goto(f"{first.url}/#/live?site={site.name}")
        expect(feed(owner)).to_have_count(1)
        expect(online(owner)).to_have_text("1")
        first.stop()
        expect(region(owner, "Online now")).to_contain_text("Not connected.")
        expect(state(owner)).to_have_attribute("data-state", "offline")
        # It keeps what it had.
        expect(online(owner)).to_have_text("1")
        expect(feed(owner)).to_have_count(1)
        second = Running(tmp_path, "--port", first.url.rpartition(":")[2])
        try:
            # What comes before the stream is back is not lost.
            visitor.evaluate("LiveInsight.track('meanwhile')")
            wait_until(owner, lambda: state(owner).get_attribute("data-state") == "live")
            visitor.evaluate("LiveInsight.track('still-here')")
            expect(feed(owner)).to_have_count(3)
            expect(feed(owner)).to_contain_text(["still-here", "meanwhile", "Page view"])
            expect(region(owner, "Online now")).not_to_contain_text("Not connected.")
        finally:
            second.stop()


def test_it_speaks_korean_to_a_korean_browser(
    browser: Browser, logged_in: dict[str, Any], visitor: Page, site: Site
) -> None:
    visitor.goto(site.put("/"))
    with a_window(browser, locale="ko-KR", **logged_in) as page:
        watch(page, site)
        expect(page.locator("html")).to_have_attribute("lang", "ko")
        expect(region(page, "실시간 이벤트").get_by_role("listitem")).to_contain_text(["페이지 조회"])
        expect(region(page, "유입 경로")).to_contain_text("직접 유입")
        expect(region(page, "활성 세션")).to_contain_text("데스크톱")
        region(page, "활성 세션").get_by_role("row").last.get_by_role("link").click()
        expect(page.get_by_role("dialog")).to_contain_text("진행 중")


def test_it_is_accessible_in_light_and_dark(live: Page, visitor: Page, site: Site) -> None:
    assert complaints(live) == []
    visitor.goto(site.put("/", "<button>Order</button>"))
    visitor.get_by_role("button", name="Order").click()
    visitor.evaluate("LiveInsight.trackConversion('purchase', {value: 5, currency: 'EUR'})")
    visitor.evaluate("LiveInsight.track('signup', {plan: 'pro'})")
    expect(feed(live)).to_have_count(4)
    expect(sessions(live)).to_have_count(1)
    assert complaints(live) == []
    sessions(live).get_by_role("link").click()
    expect(region(live, "What happened").get_by_role("listitem")).to_have_count(4)
    assert complaints(live) == []


def complaints(page: Page) -> list[Any]:
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found += complaints_of_axe(page)
    return found


def test_nothing_is_wider_than_a_phone_in_either_language(
    browser: Browser, logged_in: dict[str, Any], visitor: Page, site: Site
) -> None:
    with a_window(browser, **PHONE, **logged_in) as page:
        watch(page, site)
        assert fits(page)
        visitor.goto(site.put(f"/{'long-' * 40}", "<button>Order</button>", title="word" * 60))
        visitor.get_by_role("button", name="Order").click()
        expect(feed(page)).to_have_count(2)
        card = region(page, "Active sessions").get_by_role("listitem")
        expect(card).to_have_count(1)
        assert fits(page)
        card.get_by_role("link").click()
        expect(region(page, "What happened").get_by_role("listitem")).to_have_count(2)
        assert fits(page)
        assert page.get_by_role("dialog").evaluate("dialog => dialog.scrollWidth <= dialog.clientWidth")
        page.keyboard.press("Escape")
        page.get_by_role("button", name="한국어").click()
        assert fits(page)


def fits(page: Page) -> bool:
    """Whether there is nothing to scroll to at the side."""
    root = page.locator("html")
    return bool(root.evaluate("root => root.scrollWidth <= root.clientWidth && innerWidth === 360"))
