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
NO_STORAGE = """
for (const name of ['localStorage', 'sessionStorage'])
  Object.defineProperty(window, name, {get() { throw new DOMException('denied', 'SecurityError') }});
"""
NO_CRYPTO = "Object.defineProperty(window, 'crypto', {value: undefined});"
NO_FETCH = "window.fetch = () => { throw new Error('blocked') };"
NO_BEACON = "navigator.sendBeacon = () => { throw new Error('blocked') };"
NO_TIME_ZONE = "window.Intl = undefined;"


def says_last(page: Page, site: Site) -> list[str]:
    """The types of all events up to a last one that this sends. Events arrive in order, so none is on its way then."""
    page.evaluate("LiveInsight.track('last')")
    wait_until(page, lambda: "last" in site.types())
    return site.types()[:-1]


def test_the_script_tag_alone_finds_its_server(page: Page, site: Site) -> None:
    page.goto(site.put("/"))
    assert says_last(page, site) == ["page_view"]


def test_the_ids_are_kept_where_sites_expect_them(page: Page, site: Site) -> None:
    page.goto(site.put("/"))
    says_last(page, site)
    kept = page.evaluate("[localStorage.getItem('li_user_id'), sessionStorage.getItem('li_session_id')]")
    assert [[event["user_id"], event["session_id"]] for event in site.events()] == [kept, kept]


def test_a_visitor_who_comes_back_in_another_tab_is_the_same_visitor_in_a_new_session(page: Page, site: Site) -> None:
    page.goto(site.put("/"))
    says_last(page, site)
    other = page.context.new_page()
    other.goto(site.put("/"))
    wait_until(other, lambda: len(site.events()) == 3)
    assert len({event["user_id"] for event in site.events()}) == 1
    assert len({event["session_id"] for event in site.events()}) == 2


def test_a_browser_without_storage_is_counted(page: Page, site: Site) -> None:
    page.add_init_script(NO_STORAGE)
    page.goto(site.put("/", ORDER))
    page.click("#order")
    assert says_last(page, site) == ["page_view", "click"]
    assert len({(event["user_id"], event["session_id"]) for event in site.events()}) == 1


def test_a_second_tag_and_a_second_init_count_nothing_twice(page: Page, site: Site) -> None:
    page.goto(site.put("/", ORDER, head=site.tag() * 2))
    page.evaluate("server => LiveInsight.init({apiUrl: server})", site.collector)
    page.evaluate("LiveInsight.init()")
    page.click("#order")
    assert says_last(page, site) == ["page_view", "click"]


@pytest.mark.parametrize("path", ["", "/api/events"])
def test_a_page_can_name_the_server_itself(page: Page, site: Site, path: str) -> None:
    start = f"<script>LiveInsight.init({{apiUrl: '{site.collector}{path}'}})</script>"
    page.goto(site.put("/", head=site.tag("") + start))
    assert says_last(page, site) == ["page_view"]


def test_a_tag_can_name_its_site_and_www_is_the_same_site_anyway(page: Page, site: Site) -> None:
    elsewhere = replace(site, name=f"shop.{site.name}")
    page.goto(elsewhere.put("/there", head=site.tag(f'defer data-site="{site.name}"')))
    page.goto(replace(site, name=f"www.{site.name}").put("/www"))
    wait_until(page, lambda: len(site.types()) == 3)
    assert [event["page"] for event in site.events()] == ["/there", "/there", "/www"]


def test_a_manual_tag_waits_for_init(page: Page, site: Site) -> None:
    page.goto(site.put("/", ORDER, head=site.tag("defer data-manual")))
    page.click("#order")
    page.evaluate("LiveInsight.track('too-early')")
    page.evaluate("server => LiveInsight.init({apiUrl: server})", site.collector)
    assert says_last(page, site) == ["page_view"]


def test_a_page_that_changes_its_address_without_loading_is_viewed_again(page: Page, site: Site) -> None:
    bodies: list[str] = []
    page.context.on("request", lambda request: bodies.append(request.post_data or ""))
    page.goto(site.put("/"))
    page.evaluate("history.pushState({}, '', '/next'); document.title = 'Next'")
    page.evaluate("history.pushState({}, '', '/next?only=the-query')")
    page.go_back()
    page.go_back()
    assert says_last(page, site) == ["page_view"] * 3
    views = site.events()[:3]
    assert [view["page"] for view in views] == ["/", "/next", "/"]
    assert views[1]["page_title"] == "Next"
    assert f'"referrer":"{site.origin}/"' in "".join(bodies)


def test_going_back_to_a_page_views_it_again(page: Page, site: Site) -> None:
    page.goto(site.put("/one"))
    page.goto(site.put("/two"))
    page.go_back()
    assert says_last(page, site) == ["page_view", "page_exit", "page_view", "page_exit", "page_view"]
    assert [event["page"] for event in site.events()] == ["/one", "/one", "/two", "/two", "/one", "/one"]


def test_what_a_visitor_types_or_chooses_is_never_sent(page: Page, site: Site) -> None:
    bodies: list[str] = []
    page.context.on("request", lambda request: bodies.append(request.post_data or ""))
    form = """
    <form action="/sent" target="elsewhere"><input name="email"><input type="password"><textarea></textarea>
      <select><option>no</option><option>secret-choice</option></select>
      <input type="submit" value="secret-value"></form><iframe name="elsewhere"></iframe>"""
    page.goto(site.put("/", form))
    page.fill("[name=email]", "secret-mail")
    page.fill("[type=password]", "secret-word")
    page.fill("textarea", "secret-text")
    page.select_option("select", "secret-choice")
    page.click("[type=submit]")
    assert says_last(page, site) == ["page_view", "click"]
    assert site.events()[1]["element_tag"] == "input"
    assert "click" in str(bodies)
    assert "secret" not in str(bodies)
    assert "secret" not in str(site.events())


def test_an_outage_loses_nothing_and_doubles_nothing(page: Page, site: Site) -> None:
    refused: list[str] = []

    def out_of_order(route: Route) -> None:
        refused.append(route.request.post_data or "")
        route.fulfill(status=503, headers={"Access-Control-Allow-Origin": "*", "Retry-After": "0"})

    page.route("**/api/events", out_of_order, times=1)
    page.goto(site.put("/", ORDER))
    wait_until(page, lambda: len(refused) == 1)
    page.click("#order")
    assert site.ask("/api/ledger", period="24h")["total"]["received"] == 0
    assert says_last(page, site) == ["page_view", "click"]
    assert [event["event_id"] for event in json.loads(refused[0])["events"]] == [site.events()[0]["event_id"]]


def test_an_answer_that_gets_lost_doubles_nothing(page: Page, site: Site) -> None:
    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/api/events", lose_the_answer, times=1)
    page.goto(site.put("/"))
    wait_until(page, lambda: site.types() == ["page_view"])
    assert says_last(page, site) == ["page_view"]
    total = site.ask("/api/ledger", period="24h")["total"]
    assert (total["stored"], total["duplicates"]) == (2, 1)


def test_what_waits_when_the_page_is_left_is_not_lost(page: Page, site: Site) -> None:
    site.put("/next")
    page.goto(site.put("/", "<a href='/next'>Next</a>"))
    page.evaluate("LiveInsight.track('just-now'); document.querySelector('a').click()")
    page.wait_for_url("**/next")
    assert says_last(page, site) == ["page_view", "just-now", "click", "page_exit", "page_view"]


def test_a_visible_page_gives_a_sign_of_life_now_and_then(page: Page, site: Site) -> None:
    page.clock.install()
    page.goto(site.put("/"))
    page.clock.run_for(70_000)
    assert says_last(page, site) == ["page_view", "heartbeat", "heartbeat"]


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
