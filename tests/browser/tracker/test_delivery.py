"""Every event arrives, and counts once: offline, during outages, from pages that are left, killed or one of several."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error

from tests.browser.websites import Site
from tests.browser.windows import wait_until
from tests.server.running import Running
from tests.waiting import free_port

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page, Route

    from tests.browser.tracker.diary import Diary
    from tests.browser.websites import Websites

BUTTON = "<button>Order</button>"
HOUR_MS = 3_600_000
LONGEST_WAIT_MS = 31_000  # of the tracker, between two tries


def click(page: Page, times: int = 1) -> None:
    for _ in range(times):
        page.click("button")


def test_what_happens_while_a_page_is_left_arrives(page: Page, site: Site, diary: Diary) -> None:
    site.put("/next")
    page.goto(site.put("/", "<a href='/next'>Next</a>"))
    page.evaluate("LiveInsight.track('just-now'); document.querySelector('a').click()")
    page.wait_for_url("**/next")
    diary.wait_for(page, "page_view", 2)
    assert diary.agrees(page) == ["page_view", "just-now", "click", "page_exit", "page_view"]


def test_a_closed_tab_says_that_it_was_left(page: Page, site: Site, diary: Diary) -> None:
    other = page.context.new_page()
    other.goto(site.put("/", BUTTON))
    click(other)
    other.close(run_before_unload=True)
    page.goto(site.put("/quiet", head=""))  # where the diary of the closed tab can be read
    diary.wait_for(page, "page_exit")
    assert diary.agrees(page) == ["page_view", "click", "page_exit"]


def test_what_happens_offline_arrives_when_the_browser_is_online_again(page: Page, site: Site, diary: Diary) -> None:
    page.clock.install()
    page.goto(site.put("/", BUTTON))
    page.context.set_offline(True)
    click(page, 3)
    page.evaluate("LiveInsight.trackConversion('purchase', {value: 29, currency: 'EUR'})")
    diary.wait_for(page, "conversion")
    page.context.set_offline(False)
    page.clock.fast_forward(LONGEST_WAIT_MS)
    assert diary.agrees(page) == ["page_view", "click", "click", "click", "conversion"]


def test_what_happened_offline_is_sent_by_the_next_page(page: Page, site: Site, diary: Diary) -> None:
    page.goto(site.put("/", BUTTON))
    page.context.set_offline(True)
    click(page, 2)
    diary.wait_for(page, "click", 2)
    page.goto("about:blank")
    page.context.set_offline(False)
    page.clock.install(time=time.time() + LONGEST_WAIT_MS / 1000)
    page.goto(site.put("/later"))
    diary.wait_for(page, "page_view", 2)
    assert diary.agrees(page) == ["page_view", "click", "click", "page_exit", "page_view"]


def test_a_server_that_is_down_for_a_while_gets_everything(
    page: Page, websites: Websites, tmp_path: Path, site: Site
) -> None:
    server = Running(tmp_path, "--port", str(free_port()))
    port = urlsplit(server.url).port
    with server.client() as reader:
        own = Site(f"down-{site.name}", websites, server.url, reader)
        page.goto(own.put("/", BUTTON))
        wait_until(page, lambda: own.types() == ["page_view"])
        assert server.stop() == 0
        click(page, 3)
        page.goto(own.put("/next", BUTTON, head=""))  # what the tracker's own tag would load is away, too
        server = Running(tmp_path, "--port", str(port))
        page.goto(own.put("/back"))
        expected = ["page_view", "click", "click", "click", "page_exit", "page_view"]
        wait_until(page, lambda: own.types() == expected)
        assert own.ask("/api/ledger", period="24h")["total"]["stored"] == len(expected)
    assert server.stop() == 0


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_asks_to_wait_is_not_asked_before(page: Page, site: Site, diary: Diary, status: int) -> None:
    sent_at: list[int] = []

    def refuse_the_first(route: Route) -> None:
        sent_at.append(json.loads(route.request.post_data or "")["sent_at"])
        if len(sent_at) > 1:
            route.continue_()
            return
        headers = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After"}
        route.fulfill(
            status=status, headers={**headers, "Retry-After": "2"}, body='{"status": "error", "message": "-"}'
        )

    page.context.route("**/api/events", refuse_the_first)
    page.goto(site.put("/", BUTTON))
    wait_until(page, lambda: len(sent_at) == 1)
    page.wait_for_function("localStorage.li_send")
    click(page)
    page.goto(site.put("/next"))
    diary.wait_for(page, "page_view", 2)
    assert diary.agrees(page) == ["page_view", "click", "page_exit", "page_view"]
    assert sent_at[1] - sent_at[0] >= 2000


def test_an_answer_that_gets_lost_doubles_nothing(page: Page, site: Site, diary: Diary) -> None:
    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/api/events", lose_the_answer, times=1)
    page.goto(site.put("/"))
    wait_until(page, lambda: site.ask("/api/ledger", period="24h")["total"]["duplicates"] == 1)
    assert diary.agrees(page) == ["page_view"]


def test_a_killed_tab_loses_nothing(page: Page, site: Site, diary: Diary) -> None:
    doomed = page.context.new_page()
    doomed.route("**/api/events", lambda route: route.abort())
    doomed.goto(site.put("/", BUTTON))
    click(doomed, 2)
    diary.wait_for(page, "click", 2)
    diary.forget(doomed)
    with pytest.raises(Error):
        doomed.goto("chrome://crash")
    page.goto(site.put("/later"))
    diary.wait_for(page, "page_view", 2)
    assert diary.agrees(page) == ["page_view", "click", "click", "page_view"]


def test_two_tabs_at_once_are_one_session_and_count_everything_once(page: Page, site: Site, diary: Diary) -> None:
    page.clock.install()
    other = page.context.new_page()
    address = site.put("/", BUTTON)
    for tab in (page, other):
        tab.goto(address)
    page.context.set_offline(True)
    for _ in range(5):
        click(page)
        click(other)
    diary.wait_for(page, "click", 10)
    page.context.set_offline(False)
    page.clock.fast_forward(LONGEST_WAIT_MS)
    types = diary.agrees(page)
    assert (types.count("click"), types.count("page_view")) == (10, 2)
    assert len({event["session_id"] for event in site.events()}) == 1


def test_a_clock_that_is_three_hours_wrong_is_repaired(page: Page, site: Site, diary: Diary) -> None:
    page.clock.set_system_time(time.time() + 3 * HOUR_MS / 1000)
    page.goto(site.put("/", BUTTON))
    click(page)
    diary.wait_for(page, "click")
    assert diary.agrees(page) == ["page_view", "click"]
    now = time.time() * 1000
    assert all(abs(event["timestamp"] - now) < HOUR_MS for event in site.events())
    assert all(event["timestamp"] - now > HOUR_MS for event in diary.made())


def test_a_refused_event_is_named_once_and_costs_no_other(page: Page, site: Site, diary: Diary) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(site.put("/"))
    wait_until(page, lambda: site.types() == ["page_view"])
    page.evaluate("LiveInsight.track('no such name'); LiveInsight.track('good'); LiveInsight.track('no such name')")
    wait_until(page, lambda: site.types() == ["page_view", "good"])
    wait_until(page, lambda: len(said) == 1)
    assert said[0].startswith("LiveInsight: ")
    assert site.ask("/api/ledger", period="24h")["total"]["stored"] == 2
    assert diary.types().count("no such name") == 2


def test_a_steady_page_asks_no_more_than_once_a_second(page: Page, site: Site, diary: Diary) -> None:
    sent_at: list[int] = []

    def note(route: Route) -> None:
        sent_at.append(json.loads(route.request.post_data or "")["sent_at"])
        route.continue_()

    page.route("**/api/events", note)
    page.goto(site.put("/", BUTTON))
    for number in range(30):
        page.evaluate(f"LiveInsight.track('event-{number}')")
        page.wait_for_timeout(100)
    assert len(diary.agrees(page)) == 31
    seconds = (sent_at[-1] - sent_at[0]) / 1000
    assert len(sent_at) <= seconds + 2
