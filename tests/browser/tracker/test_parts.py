"""The optional parts: what they record, and that they record no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.windows import a_window, wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.tracker.diary import Diary
    from tests.browser.websites import Site

THROW = """<button id="throw" onclick="throw new Error('broken')">Break</button>
<button id="reject" onclick="Promise.reject(new Error('promised'))">Promise</button>"""


def test_web_vitals_are_measured(page: Page, site: Site, diary: Diary) -> None:
    page.goto(site.put("/", "<h1>Tea</h1><button>Order</button>", head=site.tag() + site.part("vitals")))
    page.click("button")
    # The first paint is told when the browser comes to it; what is final when the page is left needs it.
    wait_until(page, lambda: "FCP" in {event.get("metric") for event in diary.made()})
    page.goto(site.put("/next"))
    diary.wait_for(page, "page_view", 2)
    diary.agrees(page)
    vitals = {event["metric"]: event for event in diary.made() if event["event_type"] == "web_vital"}
    assert set(vitals) >= {"TTFB", "FCP", "LCP", "CLS"}
    assert all(each["value"] >= 0 and each["rating"] for each in vitals.values())


def test_errors_are_reported_once_each_and_not_without_end(browser: Browser, site: Site) -> None:
    with a_window(browser, expected="broken") as page:
        # Uncaught promises and thrown numbers are complaints of the page, too: this test is about them.
        page.goto(site.put("/", THROW, head=site.tag() + site.part("errors")))
        page.click("#throw")
        page.click("#throw")
        page.evaluate(
            """() => {
              for (let n = 0; n < 30; n++) dispatchEvent(new ErrorEvent('error', {message: `broken ${n}`, lineno: n}));
            }"""
        )
        wait_until(page, lambda: site.types().count("js_error") == 10)
        first = next(event for event in site.events() if event["event_type"] == "js_error")
        assert first["properties"]["message"] == "Uncaught Error: broken"


def test_quick_clicks_on_one_spot_are_rage(page: Page, site: Site, diary: Diary) -> None:
    body = "<main id='main'><p>one</p><p>two</p></main>"
    page.goto(site.put("/", body, head=site.tag() + site.part("clicks", "defer data-only=rage")))
    page.click("p >> nth=1", click_count=4)
    diary.wait_for(page, "rage_click")
    assert diary.agrees(page) == ["page_view", "rage_click"]
    assert diary.made()[1]["selector"] == "#main>p:nth-of-type(2)"


def test_a_click_map_knows_the_element_and_the_place_in_it(page: Page, site: Site, diary: Diary) -> None:
    body = "<div id='box' style='width: 200px; height: 100px'>secret</div>"
    page.goto(site.put("/", body, head=site.tag() + site.part("clicks", "defer data-only=map")))
    page.click("#box", position={"x": 50, "y": 75})
    diary.wait_for(page, "click_map")
    assert diary.agrees(page) == ["page_view", "click_map"]
    click = diary.made()[1]
    assert (click["selector"], click["x"], click["y"]) == ("#box", 25, 75)
    assert "secret" not in str(click)
