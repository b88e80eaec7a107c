"""The live page, as the owner of a site sees it while visitors are on the site."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from playwright.sync_api import expect

from tests.browser.windows import a_window
from tests.server.running import TOKEN, Running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Locator, Page

    from tests.browser.websites import Site

AXE = Path(__file__).resolve().parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PHONE = {"viewport": {"width": 360, "height": 740}}
HOSTILE = "<img src=x onerror=alert(1)>"

# Enough for whatever the live page waits for before it tries again.
A_WHILE = "00:06"


@pytest.fixture
def new_server(tmp_path: Path) -> Iterator[Running]:
    """A server that no site has sent anything to."""
    running = Running(tmp_path, "--demo")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def logged_in(browser: Browser, server: Running) -> dict[str, Any]:
    """The options of a window whose owner has logged in before. Whoever logs in too often has to wait."""
    with a_window(browser) as page:
        log_in(page, server)
        return {"storage_state": page.context.storage_state()}


@pytest.fixture
def live(browser: Browser, logged_in: dict[str, Any], site: Site) -> Iterator[Page]:
    """The live page of a site."""
    with a_window(browser, **logged_in) as page:
        watch(page, site)
        yield page


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Page]:
    with a_window(browser) as page:
        yield page


def log_in(page: Page, server: Running) -> None:
    page.goto(f"{server.url}/login?token={TOKEN}")
    page.wait_for_url(f"{server.url}/")


def watch(page: Page, site: Site) -> None:
    page.goto(f"{site.collector}/?site={site.name}")
    expect(status(page)).to_have_attribute("data-state", "live")


def status(page: Page) -> Locator:
    return page.locator("#status")


def feed(page: Page) -> Locator:
    """The rows of the feed, newest first."""
    return page.locator("#feed li")


def printed_login_link(server: Running) -> str:
    output = server.process.stdout
    assert output
    while "login" not in server.banner[-1]:
        server.banner.append(output.readline())
    return server.banner[-1].split()[-1]


def test_the_printed_link_opens_the_live_page_and_leaves_no_token_in_the_address(
    page: Page, new_server: Running
) -> None:
    page.goto(printed_login_link(new_server))
    expect(page).to_have_url(f"{new_server.url}/")
    expect(page.locator("#welcome")).to_be_visible()


def test_a_stranger_sees_the_login_page_and_no_numbers(page: Page, server: Running) -> None:
    answer = page.goto(f"{server.url}/")
    assert answer
    assert answer.status == 401
    expect(page).to_have_title("Log in · LiveInsight")
    expect(page.get_by_label("Token")).to_be_focused()
    expect(page.locator("#board")).to_have_count(0)


def test_a_wrong_token_is_said_to_be_wrong_and_the_right_one_opens(page: Page, server: Running) -> None:
    page.goto(f"{server.url}/")
    page.get_by_label("Token").fill("not-the-token")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_have_text(
        "This token is not right. Copy it again from the link the server printed."
    )
    page.get_by_label("Token").fill(f" {TOKEN} ")
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{server.url}/")


def test_whoever_is_logged_out_meanwhile_is_asked_to_log_in(live: Page) -> None:
    live.context.clear_cookies()
    live.reload()
    expect(live.get_by_label("Token")).to_be_visible()


def test_a_new_server_shows_a_line_for_the_site_that_works_and_then_the_first_visit(
    browser: Browser, new_server: Running, site: Site
) -> None:
    with a_window(browser) as owner, a_window(browser) as visitor:
        log_in(owner, new_server)
        expect(status(owner)).to_have_text("Ready · no events yet")
        line = owner.locator("#snippet").inner_text()
        assert line == f'<script defer src="{new_server.url}/static/js/liveinsight-tracker.js"></script>'
        expect(owner.get_by_role("link", name="Click around in the demo shop")).to_be_visible()
        visitor.goto(site.put("/", head=line))
        expect(owner.locator("#welcome")).to_be_hidden()
        expect(owner.locator("#online")).to_have_text("1")
        expect(feed(owner)).to_have_count(1)


def test_the_line_for_the_site_can_be_copied(browser: Browser, new_server: Running) -> None:
    with a_window(browser, permissions=["clipboard-read", "clipboard-write"]) as page:
        log_in(page, new_server)
        page.get_by_role("button", name="Copy").click()
        expect(page.locator("#copy")).to_have_text("Copied")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == page.locator("#snippet").inner_text()


def test_a_visit_and_a_click_appear_as_they_happen(live: Page, visitor: Page, site: Site) -> None:
    asked: list[str] = []
    live.on("request", lambda request: asked.append(request.url.partition("?")[0]))
    visitor.goto(site.put("/menu", "<button>Order</button>", title="Our menu"))
    expect(feed(live)).to_have_count(1)
    expect(feed(live)).to_contain_text(["View/menuOur menu"])
    expect(live.locator("#pages tr")).to_have_text(["/menu1"])
    visitor.get_by_role("button", name="Order").click()
    expect(feed(live)).to_have_count(2)
    expect(feed(live).first).to_contain_text("Click/menu“Order”")
    expect(live.locator("#types li")).to_have_text(["Click 1", "View 1"])
    expect(live.locator("#session-rows tr")).to_have_count(1)
    expect(live.locator("#session-rows .page")).to_have_text("/menu")
    # It was told, it did not ask: neither by loading the page again nor by polling.
    assert f"{site.collector}/" not in asked
    assert f"{site.collector}/api/realtime" not in asked


def test_visitors_are_counted_and_one_with_two_tabs_is_one(
    browser: Browser, live: Page, visitor: Page, site: Site
) -> None:
    expect(live.locator("#online")).to_have_text("0")
    visitor.goto(site.put("/"))
    expect(live.locator("#online")).to_have_text("1")
    visitor.context.new_page().goto(site.put("/second-tab"))
    # One session for both: the visitor is on the page that came last.
    expect(live.locator("#pages tr")).to_have_text(["/second-tab1"])
    expect(live.locator("#online")).to_have_text("1")
    with a_window(browser) as another:
        another.goto(site.put("/"))
        expect(live.locator("#online")).to_have_text("2")
        expect(live.locator("#online-unit")).to_have_text("visitors")
        expect(live).to_have_title("(2) LiveInsight")


def test_a_purchase_shows_its_value(live: Page, visitor: Page, site: Site) -> None:
    visitor.goto(site.put("/"))
    visitor.evaluate("LiveInsight.trackConversion('purchase', {value: 1234.5, currency: 'EUR'})")
    expect(feed(live).first).to_contain_text("Conversion/purchase · €1,234.50")


def test_a_paused_feed_stands_still_and_then_catches_up(live: Page, visitor: Page, site: Site) -> None:
    visitor.goto(site.put("/"))
    live.get_by_role("button", name="Pause").click()
    visitor.goto(site.put("/next"))
    resume = live.get_by_role("button", name="Resume (2 new)")
    expect(resume).to_be_visible()
    expect(feed(live)).to_have_count(1)
    resume.click()
    expect(feed(live).locator(".kind")).to_have_text(["View", "Exit", "View"])


def test_what_a_visitor_sends_is_shown_as_text(live: Page, visitor: Page, site: Site) -> None:
    visitor.goto(site.put("/", f"<button>{HOSTILE.replace('<', '&lt;')}</button>", title=HOSTILE))
    visitor.get_by_role("button").click()
    visitor.evaluate("text => LiveInsight.track('note', {text, page_url: new URL(text, location).href})", HOSTILE)
    expect(feed(live)).to_have_count(3)
    expect(feed(live).nth(0)).to_contain_text(f"text: {HOSTILE}")
    expect(feed(live).nth(0).locator(".page")).to_have_text(f"/{HOSTILE}")
    expect(feed(live).nth(1)).to_contain_text(f"“{HOSTILE}”")
    expect(feed(live).nth(2)).to_contain_text(HOSTILE)
    expect(live.locator("main img")).to_have_count(0)


def test_the_page_speaks_korean_to_a_korean_browser(
    browser: Browser, logged_in: dict[str, Any], visitor: Page, site: Site
) -> None:
    with a_window(browser, locale="ko-KR", **logged_in) as page:
        page.goto(f"{site.collector}/login")
        expect(page).to_have_title("로그인 · LiveInsight")
        watch(page, site)
        expect(status(page)).to_have_text("실시간")
        expect(page.locator("html")).to_have_attribute("lang", "ko")
        visitor.goto(site.put("/"))
        expect(feed(page).locator(".kind")).to_have_text("조회")
        expect(page.locator("#sources .name")).to_have_text("직접 유입")
        expect(page.locator("#session-rows")).to_contain_text("데스크톱")


def test_the_language_can_be_chosen_and_is_kept(live: Page, visitor: Page, site: Site) -> None:
    visitor.goto(site.put("/"))
    expect(feed(live)).to_have_count(1)
    live.get_by_role("button", name="한국어").click()
    expect(live.locator("#now-title")).to_have_text("지금 접속 중")
    expect(feed(live).locator(".kind")).to_have_text("조회")
    live.reload()
    expect(live.locator("#now-title")).to_have_text("지금 접속 중")
    live.get_by_role("button", name="English").click()
    expect(live.locator("#now-title")).to_have_text("Online now")


def test_the_page_says_when_the_server_is_gone_and_connects_again_by_itself(
    browser: Browser, tmp_path: Path, visitor: Page, site: Site
) -> None:
    first = Running(tmp_path)
    with a_window(browser) as owner:
        owner.clock.install()
        log_in(owner, first)
        tag = site.tag().replace(site.collector, first.url)
        visitor.goto(site.put("/", head=tag))
        expect(feed(owner)).to_have_count(1)
        first.stop()
        expect(status(owner)).to_have_text("Server unreachable · retrying")
        second = Running(tmp_path, "--port", first.url.rpartition(":")[2])
        try:
            until(owner, lambda: status(owner).get_attribute("data-state") == "live")
            visitor.evaluate("LiveInsight.track('still-here')")
            expect(feed(owner)).to_have_count(2)
            expect(feed(owner).first).to_contain_text("still-here")
        finally:
            second.stop()


def until(page: Page, condition: Callable[[], bool]) -> None:
    """Let time pass on the page until something is so."""
    for _ in range(50):
        if condition():
            return
        page.clock.fast_forward(A_WHILE)
        page.wait_for_timeout(100)
    pytest.fail("time did not help")


def test_the_pages_are_accessible_in_light_and_dark(
    browser: Browser, logged_in: dict[str, Any], visitor: Page, site: Site
) -> None:
    assert AXE.is_file(), "axe-core is not installed: make web"
    with a_window(browser, **logged_in) as page:
        page.goto(f"{site.collector}/login?error=1")
        assert complaints_of_axe(page) == []
        watch(page, site)
        visitor.goto(site.put("/", "<button>Order</button>"))
        visitor.get_by_role("button", name="Order").click()
        expect(feed(page)).to_have_count(2)
        expect(page.locator("#session-rows tr")).to_have_count(1)
        assert complaints_of_axe(page) == []


def complaints_of_axe(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    complaints = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate("axe.run({resultTypes: ['violations']})")
        assert found["passes"]
        complaints += [
            f"{scheme} {rule['id']}: {node['html']}" for rule in found["violations"] for node in rule["nodes"]
        ]
    return complaints


def test_nothing_is_wider_than_a_phone_in_either_language(
    browser: Browser, logged_in: dict[str, Any], visitor: Page, site: Site
) -> None:
    with a_window(browser, **PHONE, **logged_in) as page:
        page.goto(f"{site.collector}/login?error=1")
        assert fits(page)
        watch(page, site)
        visitor.goto(site.put(f"/{'long-' * 40}", "<button>Order</button>", title="word" * 60))
        visitor.get_by_role("button", name="Order").click()
        expect(feed(page)).to_have_count(2)
        expect(page.locator("#session-rows tr")).to_have_count(1)
        assert fits(page)
        page.get_by_role("button", name="한국어").click()
        assert fits(page)


def fits(page: Page) -> bool:
    """Whether there is nothing to scroll to at the side."""
    widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    return bool(widths == [PHONE["viewport"]["width"]] * 2)
