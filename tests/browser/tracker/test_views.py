"""Page views and what they say about time: single-page apps, the back/forward cache, leaving and coming back."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from scripts.system_packages import find_browser
from tests.browser.conftest import ARGUMENTS
from tests.browser.tracker.diary import Diary
from tests.browser.windows import a_window, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.browser.websites import Site

LONG = "<div style='height: 5000px'></div>"
HIDE = """state => {
  Object.defineProperty(document, 'hidden', {value: state, configurable: true});
  document.dispatchEvent(new Event('visibilitychange', {bubbles: true}));
}"""


def test_routes_of_a_single_page_app_are_views_and_their_exits_name_the_page_left(
    page: Page, site: Site, diary: Diary
) -> None:
    page.goto(site.put("/"))
    for route in ("pushState", "replaceState"):
        page.evaluate(f"history.{route}({{}}, '', '/{route}'); document.title = '{route}'")
        diary.wait_for(page, "page_view", 2 if route == "pushState" else 3)
    page.evaluate("history.pushState({}, '', '?only=the-query')")
    page.go_back()
    page.go_back()
    diary.wait_for(page, "page_view", 4)
    assert diary.agrees(page) == ["page_view", "page_exit"] * 3 + ["page_view"]
    views = [event for event in site.events() if event["event_type"] == "page_view"]
    assert [view["page"] for view in views] == ["/", "/pushState", "/replaceState", "/"]
    assert views[1]["page_title"] == "pushState"
    exits = [event for event in site.events() if event["event_type"] == "page_exit"]
    assert [each["page"] for each in exits] == ["/", "/pushState", "/replaceState"]


def test_hash_routes_are_pages_when_the_owner_says_so(page: Page, site: Site, diary: Diary) -> None:
    head = site.part("options", "defer data-hash") + site.tag()
    page.goto(site.put("/", head=head) + "#/inbox")
    page.evaluate("location.hash = '#/settings?tab=2'")
    diary.wait_for(page, "page_view", 2)
    assert diary.agrees(page) == ["page_view", "page_exit", "page_view"]
    assert [event["page"] for event in site.events()] == ["/inbox", "/inbox", "/settings"]


def test_a_fragment_is_no_page_and_never_sent(page: Page, site: Site, diary: Diary) -> None:
    page.goto(site.put("/") + "#access_token=secret")
    page.evaluate("location.hash = '#more'; LiveInsight.track('last')")
    diary.wait_for(page, "last")
    assert diary.agrees(page) == ["page_view", "last"]
    assert "secret" not in json.dumps(diary.made())


@pytest.fixture(scope="module")
def caching(browser: Browser) -> Iterator[Browser]:
    """A browser with its back/forward cache, which Playwright switches off."""
    off = ["--disable-back-forward-cache"]
    own = browser.browser_type.launch(executable_path=find_browser(), args=ARGUMENTS, ignore_default_args=off)
    yield own
    own.close()


def test_back_from_the_back_forward_cache_the_page_is_viewed_again(caching: Browser, site: Site) -> None:
    with a_window(caching) as page:
        diary = Diary(page.context, site)
        page.goto(site.put("/one", "<script>window.loaded = Math.random()</script>"))
        wait_until(page, lambda: site.types() == ["page_view"])  # what is still on its way keeps a page from the cache
        loaded = page.evaluate("loaded")
        page.goto(site.put("/two"))
        page.go_back(wait_until="commit")
        diary.wait_for(page, "page_view", 3)
        assert page.evaluate("loaded") == loaded, "the page came from the cache"
        assert sorted(diary.agrees(page)) == ["page_exit", "page_exit", "page_view", "page_view", "page_view"]
        views = [event["page"] for event in site.events() if event["event_type"] == "page_view"]
        assert views == ["/one", "/two", "/one"]


def stop_the_clock(page: Page) -> None:
    """No time passes for pages but what a test lets pass, until the clock is resumed: seconds are counted here."""
    now = time.time()
    page.clock.install(time=now)
    page.clock.pause_at(now + 1)


def test_leaving_says_how_long_the_page_was_used_and_how_far_it_was_seen(page: Page, site: Site, diary: Diary) -> None:
    stop_the_clock(page)
    page.goto(site.put("/", LONG))
    page.clock.run_for(7000)
    page.evaluate("scrollTo(0, 1e6)")
    page.clock.run_for(2000)
    page.evaluate("scrollTo(0, 0)")
    page.evaluate(HIDE, True)
    page.clock.run_for(1000)
    page.clock.resume()
    assert diary.agrees(page) == ["page_view", "page_exit"]
    left = diary.made()[1]
    assert (left["engaged_ms"], left["scroll_depth"]) == (9000, 100)


def test_a_page_out_of_view_is_left_and_has_no_heartbeat(page: Page, site: Site, diary: Diary) -> None:
    stop_the_clock(page)
    page.goto(site.put("/"))
    page.clock.run_for(10_000)
    page.evaluate(HIDE, True)
    page.clock.run_for(300_000)
    page.evaluate(HIDE, False)
    page.clock.run_for(31_000)
    page.clock.resume()
    assert diary.agrees(page) == ["page_view", "page_exit", "heartbeat", "heartbeat"]
    assert [each.get("engaged_ms") for each in diary.made()] == [None, 10_000, 0, 30_000]


def test_a_page_that_nobody_uses_falls_silent_until_somebody_does(page: Page, site: Site, diary: Diary) -> None:
    stop_the_clock(page)
    page.goto(site.put("/"))
    page.clock.run_for(600_000)
    page.keyboard.press("Tab")
    page.clock.run_for(31_000)
    page.clock.resume()
    assert diary.agrees(page) == ["page_view", "heartbeat", "heartbeat", "heartbeat"]


def test_after_half_an_hour_a_visitor_who_comes_back_has_a_new_session(page: Page, site: Site, diary: Diary) -> None:
    stop_the_clock(page)
    page.goto(site.put("/"))
    page.evaluate(HIDE, True)
    page.clock.run_for(31 * 60_000)
    page.evaluate(HIDE, False)
    page.clock.run_for(2000)
    page.clock.resume()
    diary.wait_for(page, "page_view", 2)
    assert diary.types() == ["page_view", "page_exit", "page_view"]
    first, left, again = diary.made()
    assert first["session_id"] == left["session_id"] != again["session_id"]
