"""How the owner of a site gets in, and nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.browser.dashboard.owner import complaints_of_axe, log_in
from tests.browser.windows import a_window
from tests.server.running import TOKEN, Running, serving

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

PHONE = {"width": 360, "height": 740}


def printed_login_link(server: Running) -> str:
    output = server.process.stdout
    assert output
    while "login" not in server.banner[-1]:
        server.banner.append(output.readline())
        assert server.banner[-1], server.log
    return server.banner[-1].split()[-1]


def test_the_printed_link_opens_the_dashboard_and_leaves_no_token_in_the_address(page: Page, tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        page.goto(printed_login_link(server))
        expect(page).to_have_url(f"{server.url}/")
        expect(page.get_by_role("heading", name="Let us see your first visitor")).to_be_visible()


def test_a_stranger_sees_the_login_page_and_no_numbers(page: Page, server: Running) -> None:
    answer = page.goto(f"{server.url}/")
    assert answer
    assert answer.status == 401
    expect(page).to_have_title("Log in · LiveInsight")
    expect(page.get_by_label("Token")).to_be_focused()
    expect(page.locator("#app")).to_have_count(0)


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


def test_whoever_is_logged_out_meanwhile_is_asked_to_log_in(page: Page, server: Running) -> None:
    log_in(page, server)
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    page.context.clear_cookies()
    page.goto(f"{server.url}/#/ledger")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_label("Token")).to_be_visible()


def test_it_speaks_korean_and_the_choice_is_kept(browser: Browser, server: Running) -> None:
    with a_window(browser, locale="ko-KR") as page:
        page.goto(f"{server.url}/login")
        expect(page).to_have_title("로그인 · LiveInsight")
        page.get_by_role("button", name="English").click()
        page.reload()
        expect(page).to_have_title("Log in · LiveInsight")


def test_it_can_be_used_by_everybody_and_fits(browser: Browser, server: Running) -> None:
    schemes: list[Any] = ["light", "dark"]
    for scheme in schemes:
        with a_window(browser, viewport=PHONE, color_scheme=scheme) as page:
            page.goto(f"{server.url}/login?error=1")
            assert complaints_of_axe(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
