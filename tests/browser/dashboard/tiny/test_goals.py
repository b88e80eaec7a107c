"""Goals: made, changed, counted, deleted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

import pytest
from playwright.sync_api import expect

from tests.browser.dashboard.owner import Dashboard, complaints_of_axe
from tests.browser.dashboard.tiny.visits import DESK, PHONE, SIGN_UP, STEPS, have_cells, pick, saved
from tests.browser.windows import a_window

if TYPE_CHECKING:
    import httpx
    from playwright.sync_api import Browser

    from tests.server.running import Running


def test_goals_have_the_numbers_of_the_api_also_with_filters(owner: Dashboard, api: httpx.Client) -> None:
    saved(api, "goals", SIGN_UP)
    saved(api, "goals", {"name": "Prices", "filters": STEPS[1]["filters"]})
    owner.open("goals?period=7d")
    rows = owner.card("Goals").locator("tbody tr")
    # Prices: ann, bob, dan, eve, of five visitors and seven sessions; ann and dan sign up there, which is no view.
    expect(rows.locator("th a")).to_have_text(["Prices", "Sign-up"])
    have_cells(rows.nth(1), ["2", "40%", "2", "29%"])
    for rate, row in zip(api.get("/api/statistics/goals", params={"period": "7d"}).json(), rows.all(), strict=True):
        expect(row.locator("td").nth(0)).to_have_text(str(rate["conversions"]))
        expect(row.locator("td").nth(2)).to_have_text(str(rate["converted_sessions"]))
    owner.open("goals?period=7d&f=entry_page~is~%2F")
    # ann, bob, cat and eve began at home, each in one session; one of them signs up.
    sign_up = rows.filter(has_text="Sign-up")
    have_cells(sign_up, ["1", "25%", "1", "25%"])


def test_a_goal_is_made_changed_and_deleted_by_keyboard(owner: Dashboard, api: httpx.Client) -> None:
    page = owner.page
    owner.open("goals?period=7d")
    page.get_by_role("button", name="Add goal").press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Add goal")).to_be_focused()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="New goal")
    dialog.get_by_label("Somebody …").focus()
    page.keyboard.type("converts")
    pick(page, dialog.get_by_role("combobox", name="Which conversion"), "sig", "signup")
    expect(dialog).to_contain_text("Reached 2 times in this period in 2 sessions, by 40% of the visitors.")
    dialog.get_by_label("Name").focus()
    page.keyboard.type("Member")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(owner.card("Member")).to_be_visible()
    (goal,) = api.get("/api/goals").json()["data"]["goals"]
    assert goal["filters"] == [{"dimension": "conversion_type", "operator": "is", "values": ["signup"]}]
    page.get_by_role("button", name="Change Member").press("Enter")
    dialog = page.get_by_role("dialog", name="Change goal")
    dialog.get_by_label("Somebody …").focus()
    page.keyboard.type("visits")
    page.keyboard.press("Tab")
    page.keyboard.type("/pric*")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(owner.card("Goals").locator("tbody td")).to_have_text(["4", "80%", "4", "57%"])
    page.get_by_role("button", name="Delete Member").press("Enter")
    dialog = page.get_by_role("dialog", name="Delete “Member”?")
    expect(dialog).to_be_visible()
    for _ in ("cancel", "delete"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(owner.card("Goals")).to_contain_text("A goal says what matters to you")
    assert api.get("/api/goals").json()["data"]["goals"] == []


def test_a_chosen_goal_is_shown_over_time_and_by_page(owner: Dashboard, api: httpx.Client) -> None:
    saved(api, "goals", {"name": "Prices", "filters": STEPS[1]["filters"]})
    saved(api, "goals", SIGN_UP)
    owner.open("goals?period=7d&goal=sign-up")
    chart = owner.page.get_by_role("table", name="Sign-up: Conversions by day")
    for back, number in ((3, "1"), (2, "1"), (1, "0")):
        counted = chart.locator(f"tbody tr:nth-last-child({back}) td:nth-child(2)")
        expect(counted).to_have_text(re.compile(rf"^{number}( |$)"))
    owner.page.get_by_role("tab", name="Page", exact=True).click()
    owner.settle()
    # Of two sessions that began at home and saw the prices one signed up, of four that saw the prices two.
    lines = owner.page.get_by_role("tabpanel", name="Page", exact=True).locator("tbody tr")
    expect(lines).to_have_count(2)
    for page, numbers in (("/pricing", ["2", "50%"]), ("/", ["1", "25%"])):
        name = owner.page.get_by_role("button", name=page, exact=True)
        have_cells(lines.filter(has=name), numbers)


def test_what_the_api_refuses_is_said_as_it_is(owner: Dashboard, api: httpx.Client) -> None:
    owner.open("goals?period=7d")
    owner.page.get_by_role("button", name="Add goal").click()
    dialog = owner.page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Which page").fill("/pricing")
    dialog.get_by_label("Name").fill("a\u202eb")  # turns the text after it around
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_have_text("Name must be text, without control characters.")
    assert api.get("/api/goals").json()["data"]["goals"] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("language", "size"), [("en", DESK), ("ko", PHONE)])
def test_goals_and_funnels_can_be_used_by_everybody_while_they_are_made(  # noqa: PLR0917  the cases are the point
    browser: Browser,
    tiny: Running,
    logged_in: dict[str, Any],
    api: httpx.Client,
    language: str,
    size: Any,
    scheme: Literal["light", "dark"],
) -> None:
    where = {"or": [{"dimension": "device", "values": ["mobile"]}, {"not": {"dimension": "country", "values": ["KR"]}}]}
    saved(api, "goals", {**SIGN_UP, "filters": [*SIGN_UP["filters"], where]})
    saved(api, "funnels", {"name": "Trial", "steps": [*STEPS, {"goal": "sign-up"}]})
    with a_window(browser, locale=language, viewport=size, color_scheme=scheme, **logged_in) as page:
        owner = Dashboard(page, tiny.url)
        for view, button in (("goals", ".primary"), ("goals", ".danger"), ("funnels", ""), ("funnels", ".primary")):
            owner.open(f"{view}?period=7d")
            if button:
                page.locator(f"main {button}").first.click()
                owner.settle()
            if view == "funnels" and button:
                page.locator("input[role=combobox]").first.click()
                expect(page.get_by_role("listbox")).to_be_visible()
            assert complaints_of_axe(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_a_goal_that_a_funnel_needs_stays_and_the_reason_is_said(owner: Dashboard, api: httpx.Client) -> None:
    saved(api, "goals", SIGN_UP)
    saved(api, "funnels", {"name": "Trial", "steps": [STEPS[0], {"goal": "sign-up"}]})
    owner.open("goals?period=7d")
    owner.page.get_by_role("button", name="Delete Sign-up").click()
    dialog = owner.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog.get_by_role("alert")).to_contain_text("'Trial' has this goal as a step: change that funnel first.")
    assert len(api.get("/api/goals").json()["data"]["goals"]) == 1
