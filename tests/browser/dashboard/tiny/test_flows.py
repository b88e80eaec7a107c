"""Funnels, retention, journeys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.browser.dashboard.owner import Dashboard
from tests.browser.dashboard.tiny.visits import DESK, PHONE, SIGN_UP, STEPS, cells, have_cells, saved, table
from tests.browser.windows import a_window, wait_until

if TYPE_CHECKING:
    import httpx
    from playwright.sync_api import Browser

    from tests.server.running import Running


def has_reached(owner: Dashboard, *numbers: str) -> None:
    """Wait until the steps of the funnel say so."""
    expect(owner.page.get_by_role("list", name="Steps").locator(".reached dd")).to_have_text([*numbers])
    owner.settle()


def test_a_funnel_is_built_by_clicking_and_its_link_shows_the_same(
    owner: Dashboard, api: httpx.Client, browser: Browser, logged_in: dict[str, Any]
) -> None:
    page = owner.page
    saved(api, "goals", SIGN_UP)
    owner.open("funnels?period=7d")
    page.get_by_role("button", name="New funnel").click()
    for at, option in enumerate(("/", "/pricing")):
        page.get_by_role("combobox", name="Which page").nth(at).click()
        page.get_by_role("option", name=option, exact=True).click()
    # ann, bob, cat and eve come home; ann and bob see the prices in that visit.
    expect(page.get_by_text("2 of 4 sessions got through")).to_be_visible()
    page.get_by_role("button", name="Add step").click()
    page.get_by_label("Somebody …").last.select_option("reaches a goal")
    expect(page.get_by_text("1 of 4 sessions got through")).to_be_visible()
    has_reached(owner, "4", "2", "1")
    expect(page.get_by_role("list", name="Steps").last).to_contain_text("Sign-up")
    with a_window(browser, viewport=DESK, **logged_in) as other:
        other.goto(page.url)
        Dashboard(other, owner.server).settle()
        # Its goals come by themselves, later than its numbers.
        wait_until(other, lambda: other.locator("main").inner_text() == page.locator("main").inner_text())
    # eve comes back the next day and sees the prices.
    page.get_by_label("How long it may take").select_option("Several days")
    expect(page.get_by_text("1 of 4 visitors got through")).to_be_visible()
    has_reached(owner, "4", "3", "1")
    page.get_by_label("Name", exact=True).fill("Trial")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Change Trial")).to_be_visible()
    expect(owner.card("Trial").get_by_text("1 of 4 visitors got through")).to_be_visible()
    expect(page).to_have_url(re.compile("funnel=trial"))
    (funnel,) = api.get("/api/funnels").json()["data"]["funnels"]
    assert (funnel["days"], funnel["steps"][2]) == (7, {"goal": "sign-up"})
    answer = api.post("/api/query/funnel", json={"funnel": "trial", "period": "7d"}).json()["data"]
    has_reached(owner, *(str(step["reached"]) for step in answer["steps"]))
    owner.open("funnels?period=7d&f=page~is~nowhere")
    has_reached(owner, "0", "0", "0")


def test_steps_are_moved_by_keyboard_and_a_funnel_is_changed_and_deleted(owner: Dashboard, api: httpx.Client) -> None:
    page = owner.page
    saved(api, "funnels", {"name": "Home to prices", "steps": STEPS})
    owner.open("funnels?period=7d")
    has_reached(owner, "4", "2")
    page.get_by_role("button", name="Change Home to prices").click()
    page.get_by_role("button", name="Move step 1 down").press("Enter")
    expect(page.get_by_role("button", name="Move step 2 up")).to_be_focused()
    # Nobody goes home from the prices.
    expect(page.get_by_text("0 of 4 sessions got through")).to_be_visible()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.get_by_text("2 of 4 sessions got through")).to_be_visible()
    page.get_by_role("button", name="Add step").click()
    expect(page.get_by_text("Say what happens in each step")).to_be_visible()
    expect(page.get_by_role("button", name="Save")).to_be_disabled()
    page.get_by_role("button", name="Remove step 3").click()
    page.get_by_label("Name of the step (optional)").nth(1).fill("Prices")
    page.get_by_role("button", name="Save").click()
    expect(owner.card("Home to prices").get_by_role("heading", name="2 Prices")).to_be_visible()
    page.get_by_role("button", name="Delete Home to prices").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("No funnels yet.")).to_be_visible()
    assert api.get("/api/funnels").json()["data"]["funnels"] == []


def test_a_link_that_was_cut_still_shows_the_screen(owner: Dashboard) -> None:
    owner.open("funnels?period=7d&draft=%5B%22Tr")
    expect(owner.page.get_by_role("button", name="New funnel")).to_be_visible()


def test_retention_is_a_table_of_rates_and_says_who_counts(owner: Dashboard) -> None:
    owner.open("retention?period=7d")
    rows = owner.card("Retention").locator("tbody tr")
    # ann, bob, cat and eve came first two days ago, ann and eve again yesterday; dan came yesterday. Nobody came today.
    have_cells(rows, ["4", "50%", "0% (not over yet)"], ["1", "0% (not over yet)", ""])
    # Of cells that are over.
    have_cells(owner.card("Retention").locator("tfoot tr"), ["5", "50%", "\N{EN DASH}"])
    expect(owner.page.get_by_role("columnheader", name="1 day later")).to_be_visible()
    expect(owner.card("Retention")).to_contain_text("All others are new every day, on purpose")
    lines = table(owner.page, "Retention: CSV")
    assert [line[1:] for line in lines] == [["visitors", "day 1", "day 2"], ["4", "2", "0"], ["1", "0"]]
    owner.page.get_by_role("button", name="Month").click()
    owner.settle()
    wait_until(owner.page, lambda: sum(int(number) for row in rows.all() for number in cells(row)[:1]) == 5)


def test_a_journey_begins_at_the_busiest_entry_and_moves_on_by_clicking(owner: Dashboard) -> None:
    page = owner.page
    owner.open("journeys?period=7d")
    expect(page.get_by_text("4 sessions saw /.")).to_be_visible()
    drawing = page.get_by_role("group", name="Flow of sessions around /")
    drawing.get_by_role("link", name="/pricing").first.click()
    expect(page.get_by_text("4 sessions saw /pricing.")).to_be_visible()
    drawing = page.get_by_role("group", name="Flow of sessions around /pricing")
    # ann came from home, bob from the blog, dan and eve began there; all left from there.
    for name in ("/ 1 session (25%)", "/blog 1 session (25%)"):
        expect(drawing.get_by_role("link", name=name)).to_be_visible()
    nodes = drawing.locator(".node")
    expect(nodes.filter(has_text="Begins here")).to_contain_text("2 sessions (50%)")
    expect(nodes.filter(has_text="Ends here")).to_contain_text("4 sessions (100%)")
    page.get_by_text("Show as a table").click()
    moves = page.get_by_role("table", name="Move 1 before").locator("tbody tr")
    have_cells(moves, ["Begins here", "/pricing", "2"], ["/", "/pricing", "1"], ["/blog", "/pricing", "1"])
    assert table(page, "Journeys: CSV") == [
        ["step", "from", "to", "sessions"],
        ["-1", "", "/pricing", "2"],
        ["-1", "/", "/pricing", "1"],
        ["-1", "/blog", "/pricing", "1"],
        ["1", "/pricing", "", "4"],
    ]
    page.get_by_label("Steps before").select_option("2")
    expect(drawing.locator(".node").filter(has_text="Begins here")).to_have_count(2)


def test_on_a_phone_a_journey_is_lists(browser: Browser, tiny: Running, logged_in: dict[str, Any]) -> None:
    with a_window(browser, viewport=PHONE, **logged_in) as page:
        Dashboard(page, tiny.url).open("journeys?period=7d&page=%2Fpricing")
        expect(page.locator(".drawing")).to_be_hidden()
        page.get_by_role("table", name="Move 1 before").get_by_role("link", name="/blog").click()
        expect(page.get_by_text("2 sessions saw /blog.")).to_be_visible()
