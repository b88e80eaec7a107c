"""The tracker in Firefox: what another engine could do differently."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scripts.system_packages import FIREFOX, find_browser
from tests.browser.tracker.firefox import Firefox
from tests.browser.windows import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.websites import Site

BODY = """<button>Order</button> <i role="button" onclick="history.pushState({}, '', '/route')">Go on</i>
<a href="/next">Next</a> <p style="height: 3000px"></p>"""


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    assert find_browser(FIREFOX), "no Firefox on PATH: make system-packages"
    firefox = Firefox(tmp_path_factory.mktemp("firefox"))
    yield firefox
    firefox.quit()


def wait_for(firefox: Firefox, site: Site, events: list[str]) -> None:
    """Wait until the server has these events and no others."""
    wait_until(firefox, lambda: site.types() == events)
    total = site.ask("/api/ledger", period="24h")["total"]
    assert total["received"] == total["stored"] + total["duplicates"]
    assert total["stored"] == len(events)


def test_views_clicks_routes_and_the_way_back_count_once_in_firefox(firefox: Firefox, site: Site) -> None:
    for path in ("/route", "/next"):
        site.put(path, BODY)
    firefox.goto(site.put("/", BODY))
    firefox.click("button")
    # Clicks leave with the clock's next second: when this one is here, the page was in use for one.
    wait_for(firefox, site, made := ["page_view", "click"])
    firefox.click("i")
    wait_for(firefox, site, made := [*made, "click", "page_exit", "page_view"])
    firefox.click("a")
    wait_for(firefox, site, made := [*made, "click", "page_exit", "page_view"])
    firefox.back()
    wait_for(firefox, site, [*made, "page_exit", "page_view"])
    events = site.events()
    assert [each["page"] for each in events if each["event_type"] == "page_view"] == ["/", "/route", "/next", "/route"]
    assert events[3]["engaged_ms"] >= 1000
    assert 0 < events[3]["scroll_depth"] < 100
    assert len({each["session_id"] for each in events}) == 1


def test_what_firefox_could_not_send_arrives_after_a_restart(firefox: Firefox, site: Site) -> None:
    firefox.goto(site.put("/", BODY))
    wait_for(firefox, site, ["page_view"])
    firefox.go_offline()
    firefox.evaluate("LiveInsight.track('offline')")
    wait_until(firefox, lambda: firefox.evaluate("localStorage.li_send > 0"))
    firefox.goto("about:blank")
    firefox.quit()
    assert site.types() == ["page_view"]
    firefox.start()
    firefox.goto(site.put("/next", BODY))
    wait_for(firefox, site, ["page_view", "offline", "page_exit", "page_view"])
