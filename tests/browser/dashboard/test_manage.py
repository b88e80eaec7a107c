"""Setting up a site, changing its settings, and seeing what was counted."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.dashboard.owner import Dashboard, log_in
from tests.browser.windows import a_window, wait_until
from tests.server.running import Running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx
    from playwright.sync_api import Browser

    from tests.browser.websites import Site


@pytest.fixture
def new_server(tmp_path: Path) -> Iterator[Running]:
    """A server that no site has sent anything to."""
    running = Running(tmp_path, "--demo")
    yield running
    running.stop()


def test_the_first_run_ends_with_the_first_event(browser: Browser, new_server: Running, site: Site) -> None:
    with a_window(browser) as owner, a_window(browser) as visitor:
        log_in(owner, new_server)
        owner.get_by_label("Domain").fill(f"https://www.{site.name}/")
        owner.get_by_role("button", name="Continue").click()
        expect(owner.get_by_role("list").get_by_text(site.name, exact=True).first).to_be_visible()
        line = f'<script defer src="{new_server.url}/static/js/liveinsight-tracker.js"></script>'
        expect(owner.get_by_label("Snippet")).to_have_text(line)
        expect(owner.get_by_role("link", name="Click around in the demo shop")).to_be_visible()
        expect(owner.get_by_text("Waiting for the first event.")).to_be_visible()
        visitor.goto(site.put("/welcome", head=line))
        expect(owner.get_by_text("It works: somebody is on /welcome.")).to_be_visible()
        owner.get_by_role("button", name="See it live").click()
        expect(owner).to_have_title(f"(1) Live · {site.name}")


def test_the_line_for_the_site_can_be_copied(browser: Browser, new_server: Running) -> None:
    with a_window(browser, permissions=["clipboard-read", "clipboard-write"]) as page:
        log_in(page, new_server)
        page.get_by_role("button", name="Copy").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == page.get_by_label("Snippet").inner_text()


def test_a_site_that_is_none_is_refused_with_a_reason(browser: Browser, new_server: Running) -> None:
    with a_window(browser) as page:
        log_in(page, new_server)
        page.get_by_label("Domain").fill("not a domain")
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("alert")).to_contain_text("site_id")


def test_another_time_zone_moves_the_days_of_the_reports(browser: Browser, new_server: Running) -> None:
    with new_server.client() as api, a_window(browser) as page:
        now = int(time.time() * 1000)
        event = {"session_id": "s1", "timestamp": now, "event_type": "page_view", "page_url": "https://a.example/"}
        assert api.post("/api/events", json=event, headers={"User-Agent": "Mozilla/5.0"}).status_code == 200
        log_in(page, new_server)
        dashboard = Dashboard(page, new_server.url)
        dashboard.open("settings")
        page.get_by_label("Time zone").select_option("Pacific/Kiritimati")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        expect(page.get_by_text("Times in Pacific/Kiritimati")).to_be_visible()
        (site,) = api.get("/api/sites").json()["data"]["sites"]
        assert site["timezone"] == "Pacific/Kiritimati"


def test_a_shorter_retention_asks_first(browser: Browser, new_server: Running) -> None:
    with new_server.client() as api, a_window(browser) as page:
        assert api.post("/api/sites", json={"site_id": "a.example"}).status_code == 200
        log_in(page, new_server)
        Dashboard(page, new_server.url).open("settings")
        page.get_by_label("Keep events for (days)").fill("90")
        page.get_by_role("button", name="Save").click()
        dialog = page.get_by_role("dialog", name="a.example")
        expect(dialog).to_contain_text("Events older than 90 days will be removed for good.")
        dialog.get_by_role("button", name="Cancel").click()
        assert api.get("/api/sites").json()["data"]["sites"][0]["retention_days"] == 0
        page.get_by_role("button", name="Save").click()
        dialog.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        assert api.get("/api/sites").json()["data"]["sites"][0]["retention_days"] == 90


def test_the_ledger_says_what_was_not_counted_and_why(dashboard: Dashboard, api: httpx.Client) -> None:
    event = {"session_id": "s1", "event_type": "page_view", "page_url": "https://shop.example/"}
    now = int(time.time() * 1000)
    api.post("/api/events", json={**event, "timestamp": now}, headers={"User-Agent": "Googlebot/2.1"})
    api.post("/api/events", json={**event, "timestamp": now - 10 * 86_400_000}, headers={"User-Agent": "Mozilla/5.0"})
    dashboard.open("ledger?period=today")
    reasons = dashboard.page.get_by_role("table", name="Reason")
    expect(reasons.get_by_role("row", name="Filtered: Bots")).to_contain_text("1")
    expect(reasons.get_by_role("row", name="Refused: Too old")).to_contain_text("1")
    total = api.get("/api/ledger", params={"period": "today", "site_id": "shop.example", "timezone": "Asia/Seoul"})
    received = f"Received\n{total.json()['data']['total']['received']:,}"
    wait_until(dashboard.page, lambda: received in dashboard.page.locator("dl").inner_text())
