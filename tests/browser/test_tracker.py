"""The tracker on pages that make its work hard: what it counts, what it keeps to itself, and what it never disturbs."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.browser.windows import a_window, wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

    from tests.browser.websites import Site

ORDER = '<button id="order" onclick="document.title = \'ordered\'">Order</button>'

# What a page can lose: to a browser's settings, to its own scripts, to those of others.
NO_CRYPTO = "Object.defineProperty(window, 'crypto', {value: undefined});"
NO_FETCH = "window.fetch = () => { throw new Error('blocked') };"
NO_BEACON = "navigator.sendBeacon = () => { throw new Error('blocked') };"
NO_TIME_ZONE = "window.Intl = undefined;"


def says_last(page: Page, site: Site) -> list[str]:
    """The types of all events up to a last one that this sends. Events arrive in order, so none is on its way then."""
    page.evaluate("LiveInsight.track('last')")
    wait_until(page, lambda: "last" in site.types())
    return site.types()[:-1]


def test_the_ids_are_kept_where_sites_expect_them(page: Page, site: Site) -> None:
    page.goto(site.put("/"))
    says_last(page, site)
    kept = page.evaluate("[localStorage.getItem('li_user_id'), localStorage.getItem('li_session_id')]")
    assert [[event["user_id"], event["session_id"]] for event in site.events()] == [kept, kept]


@pytest.mark.parametrize("path", ["", "/api/events"])
def test_a_page_can_name_the_server_itself(page: Page, site: Site, path: str) -> None:
    start = f"<script>LiveInsight.init({{apiUrl: '{site.collector}{path}'}})</script>"
    page.goto(site.put("/", head=site.tag("") + start))
    assert says_last(page, site) == ["page_view"]


def test_a_tag_can_name_its_site_and_www_is_the_same_site_anyway(page: Page, site: Site) -> None:
    elsewhere = replace(site, name=f"shop.{site.name}")
    page.goto(elsewhere.put("/there", head=site.tag(f'defer data-site-id="{site.name}"')))
    page.goto(replace(site, name=f"www.{site.name}").put("/www"))
    wait_until(page, lambda: len(site.types()) == 3)
    assert [event["page"] for event in site.events()] == ["/there", "/there", "/www"]


def test_an_outage_loses_nothing_and_doubles_nothing(page: Page, site: Site) -> None:
    refused: list[str] = []

    def out_of_order(route: Route) -> None:
        refused.append(route.request.post_data or "")
        route.fulfill(status=503, headers={"Access-Control-Allow-Origin": "*", "Retry-After": "0"})

    page.route("**/api/events", out_of_order)
    page.goto(site.put("/", ORDER))
    wait_until(page, lambda: len(refused) >= 1)
    page.click("#order")
    assert site.ask("/api/ledger", period="24h")["total"]["received"] == 0
    page.unroute("**/api/events")
    assert says_last(page, site) == ["page_view", "click"]
    assert [event["event_id"] for event in json.loads(refused[0])["events"]] == [site.events()[0]["event_id"]]


@pytest.mark.parametrize(
    "loss",
    [NO_CRYPTO, NO_FETCH, NO_BEACON, NO_TIME_ZONE],
    ids=["no crypto", "no fetch", "no beacon", "no time zone"],
)
def test_a_fault_of_the_tracker_stays_its_own(browser: Browser, site: Site, loss: str) -> None:
    with a_window(browser) as page:  # which fails when a page throws
        page.add_init_script(loss)
        page.goto(site.put("/", ORDER))
        page.clock.install()
        page.click("#order")
        page.evaluate("LiveInsight.trackConversion('purchase'); LiveInsight.track('circle', {self: window})")
        page.clock.run_for(1000)
        page.evaluate("history.pushState({}, '', '/next')")
        page.clock.run_for(100_000)
        page.goto(site.put("/next"))
        assert page.title() == "A page"


def test_a_page_that_breaks_fetch_for_a_while_is_left_alone_and_counted_all_the_same(page: Page, site: Site) -> None:
    page.goto(site.put("/"))
    wait_until(page, lambda: site.types() == ["page_view"])
    page.evaluate(
        """() => {
          const { fetch } = window;
          window.fetch = () => { window.fetch = fetch; throw new Error('blocked') };
          LiveInsight.track('first');
        }"""
    )
    assert says_last(page, site) == ["page_view", "first"]


def test_a_slow_first_request_does_not_turn_the_order_around(page: Page, site: Site) -> None:
    def slowly(route: Route) -> None:
        page.wait_for_timeout(300)
        route.continue_()

    page.route("**/api/events", slowly, times=1)
    page.goto(site.put("/", ORDER))
    page.evaluate("LiveInsight.track('at-once')")
    assert says_last(page, site) == ["page_view", "at-once"]
    assert [event["event_type"] for event in site.timeline()] == ["page_view", "at-once", "last"]


def test_the_page_goes_on_while_the_tracker_cannot_be_loaded(page: Page, site: Site) -> None:
    page.route("**/liveinsight-tracker.js", lambda route: route.abort())
    page.goto(site.put("/", ORDER))
    page.click("#order")
    assert page.title() == "ordered"
