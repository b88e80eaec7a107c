"""What must not go wrong quietly: numbers of something else, and numbers that are no longer true."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.dashboard.owner import Dashboard, log_in
from tests.browser.windows import a_window, wait_until
from tests.http.messages import CHROME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.browser.websites import Site
    from tests.server.running import Running

OTHER = "other.example"


@pytest.fixture
def owner(browser: Browser, server: Running) -> Iterator[Dashboard]:
    with a_window(browser) as page:
        log_in(page, server)
        yield Dashboard(page, server.url)


def views(site: str, collector: str, *pages: str, **more: Any) -> None:
    """A visitor of their own on each page."""
    now = time.time_ns() // 1_000_000
    events = [
        {
            "session_id": f"{site}{page}",
            "user_id": f"{site}{page}",
            "timestamp": now,
            "event_type": "page_view",
            "page_url": f"https://{site}{page}",
            **more,
        }
        for page in pages
    ]
    answer = httpx.post(f"{collector}/api/events", json={"events": events}, headers={"User-Agent": CHROME}, timeout=60)
    assert answer.is_success, answer.text


def fail(page: Page, address: str) -> None:
    page.route(address, lambda route: route.fulfill(status=503, json={"status": "error", "message": "Not now."}))


def test_another_question_begins_at_its_first_row(owner: Dashboard, site: Site) -> None:
    views(site.name, site.collector, *(f"/p{number}" for number in range(60)))
    owner.open(f"overview?site={site.name}&period=today&details=page")
    dialog = owner.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Next rows").click()
    expect(dialog.locator("tbody tr")).to_have_count(10)
    dialog.get_by_role("searchbox").fill("/p1")
    expect(dialog.locator("tbody tr")).to_have_count(11)  # /p1, /p10 to /p19


def test_the_goals_on_the_overview_follow_the_filters(owner: Dashboard, site: Site) -> None:
    views(site.name, site.collector, "/a", "/b")
    goal = {"site_id": site.name, "name": "Here", "filters": [{"dimension": "event_type", "values": ["page_view"]}]}
    site.reader.post("/api/goals", json=goal).raise_for_status()
    owner.open(f"overview?site={site.name}&period=today")
    row = owner.card("Goals").get_by_role("row", name="Here")
    expect(row.locator("td").first).to_have_text("2")
    owner.row("/a").get_by_role("button").first.click()
    expect(row.locator("td").first).to_have_text("1")


def test_the_numbers_of_one_page_never_stand_under_the_name_of_another(owner: Dashboard, site: Site) -> None:
    views(site.name, site.collector, "/a", "/b")
    views(site.name, site.collector, "/a", session_id="again", user_id="again")
    owner.open(f"page?site={site.name}&period=today&page=%2Fa")
    expect(owner.tile("Page views").locator("strong")).to_have_text("2")
    fail(owner.page, "**/api/query/page*")
    owner.page.goto(owner.page.url.replace("page=%2Fa", "page=%2Fb"))
    expect(owner.card("Summary").get_by_text("Not now.")).to_be_visible()
    chart = owner.page.get_by_role("table", name="/b: Page views by hour")
    expect(chart).to_be_attached()
    owner.settle()

    def counted() -> int:
        texts = chart.locator("tbody td:nth-child(2)").all_inner_texts()
        return sum(int(text.split(" ")[0]) for text in texts if text[:1].isdigit())

    wait_until(owner.page, lambda: counted() == 1)


def test_a_segment_is_that_of_the_site_it_was_saved_for(owner: Dashboard, site: Site) -> None:
    views(site.name, site.collector, "/a", "/b")
    views(OTHER, site.collector, "/a", "/b", "/c")
    for name, page in ((site.name, "/a"), (OTHER, "/c")):
        body = {"site_id": name, "name": "Mine", "filters": [{"not": {"dimension": "page", "values": [page]}}]}
        site.reader.post("/api/segments", json=body).raise_for_status()
    owner.open(f"overview?site={site.name}&period=today&segment=mine")
    expect(owner.tile("Visitors").locator("strong")).to_have_text("1")
    asked: list[str] = []
    owner.page.on("request", lambda request: asked.append(request.url))
    owner.page.goto(owner.page.url.replace(f"site={site.name}", f"site={OTHER}"))
    expect(owner.tile("Visitors").locator("strong")).to_have_text("2")
    questions = [url for url in asked if "/api/query?" in url]
    assert questions
    assert all("%22not%22" in url for url in questions)  # nothing was asked about everybody


def test_numbers_that_could_not_be_refreshed_say_so(owner: Dashboard, site: Site) -> None:
    views(site.name, site.collector, "/a")
    owner.page.clock.install()
    owner.open(f"overview?site={site.name}&period=today")
    expect(owner.row("/a").first).to_be_visible()
    fail(owner.page, "**/api/query?*")
    owner.page.clock.fast_forward("00:31")
    expect(owner.card("Pages").get_by_text("this could not be refreshed since")).to_be_visible()
    expect(owner.row("/a").first).to_be_visible()
    owner.page.unroute("**/api/query?*")
    owner.page.clock.fast_forward("00:31")
    expect(owner.page.get_by_text("this could not be refreshed since")).to_have_count(0)


def test_a_question_too_long_for_an_address_is_asked_all_the_same(owner: Dashboard, site: Site) -> None:
    views(site.name, site.collector, "/a", "/온다")
    pages = "~".join(f"%2F{'찻집' * 10}{number}" for number in range(80))
    owner.open(f"overview?site={site.name}&period=today&f=page~is~%2Fa~{pages}")
    expect(owner.tile("Visitors").locator("strong")).to_have_text("1")


def test_none_is_a_value_that_can_be_filtered_by(owner: Dashboard, site: Site) -> None:
    views(site.name, site.collector, "/a")
    views(site.name, site.collector, "/b", referrer="https://news.example/")
    owner.open(f"overview?site={site.name}&period=today&f=referrer~is~~news.example")
    expect(owner.tile("Visitors").locator("strong")).to_have_text("2")
    owner.page.locator(".chip .text").click()
    dialog = owner.page.get_by_role("dialog", name="Filter")
    expect(dialog.get_by_role("checkbox", name="(none)")).to_be_checked()
    dialog.get_by_label("Values, one per line").fill("")
    dialog.get_by_role("button", name="Show").click()
    expect(owner.tile("Visitors").locator("strong")).to_have_text("1")
