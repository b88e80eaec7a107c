"""Goals, funnels, retention, journeys, one page: a little traffic, counted by hand, and what the screens say of it."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Literal

import pytest
from playwright.sync_api import expect

from tests.browser.dashboard.owner import Dashboard, complaints_of_axe, log_in
from tests.browser.windows import a_window
from tests.http.messages import CHROME
from tests.server.running import Running

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from playwright.sync_api import Browser, Locator, Page

SITE = "tiny.example"
MINUTE = 60_000
DESK = {"width": 1440, "height": 1000}
PHONE = {"width": 360, "height": 740}
SIGNS_UP = "+signup"

# Seven sessions of five visitors, a minute between two steps. Four see /pricing: ann, bob, dan, and eve on the second
# day.
TWO_DAYS_AGO = {"ann": ["/", "/pricing", SIGNS_UP], "bob": ["/", "/blog", "/pricing"], "cat": ["/"], "eve": ["/"]}
YESTERDAY = {"dan": ["/pricing", SIGNS_UP], "eve": ["/pricing"], "ann": ["/blog"]}

SIGN_UP = {"name": "Sign-up", "filters": [{"dimension": "conversion_type", "values": ["signup"]}]}
STEPS = [{"filters": [{"dimension": "page", "values": [page]}]} for page in ("/", "/pricing")]


def noon(days_ago: int) -> int:
    """Far from midnight, so that no visit lies in two days."""
    day = datetime.now(UTC).date() - timedelta(days=days_ago)
    return int(datetime.combine(day, time(12), UTC).timestamp() * 1000)


def visits(days_ago: int, of: dict[str, list[str]]) -> list[dict[str, Any]]:
    events = []
    for who, steps in of.items():
        page = "/"
        for number, step in enumerate(steps):
            kind = {"event_type": "conversion", "conversion_type": "signup"} if step == SIGNS_UP else {}
            page = page if step == SIGNS_UP else step
            events.append(
                {
                    "session_id": f"{who}-{days_ago}",
                    "user_id": who,
                    "timestamp": noon(days_ago) + number * MINUTE,
                    "event_type": "page_view",
                    "page_url": f"https://{SITE}{page}",
                    "scroll_depth": 50,
                    **kind,
                }
            )
    return events


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server that has seen what is written above."""
    running = Running(tmp_path_factory.mktemp("tiny"), timezone="UTC")
    with running.client() as client:
        for days_ago, of in ((2, TWO_DAYS_AGO), (1, YESTERDAY)):
            answer = client.post("/api/events", json=visits(days_ago, of), headers={"User-Agent": CHROME})
            assert answer.status_code == 200, answer.text
    yield running
    assert running.stop() == 0
    assert "Traceback" not in running.log


@pytest.fixture
def api(tiny: Running) -> Iterator[httpx.Client]:
    """A reader. What it saves is gone after the test."""
    with tiny.client() as client:
        yield client
        for kind in ("funnels", "goals"):
            for each in client.get(f"/api/{kind}").json()["data"][kind]:
                client.delete(f"/api/{kind}/{each['id']}")


@pytest.fixture(scope="module")
def logged_in(browser: Browser, tiny: Running) -> dict[str, Any]:
    with a_window(browser) as page:
        log_in(page, tiny)
        return {"storage_state": page.context.storage_state()}


@pytest.fixture
def owner(browser: Browser, tiny: Running, logged_in: dict[str, Any]) -> Iterator[Dashboard]:
    with a_window(browser, viewport=DESK, **logged_in) as page:
        yield Dashboard(page, tiny.url)


def saved(api: httpx.Client, kind: str, body: dict[str, Any]) -> str:
    answer = api.post(f"/api/{kind}", json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["data"]["id"])


def cells(row: Locator) -> list[str]:
    return [" ".join(text.split()) for text in row.locator("td").all_inner_texts()]


def table(page: Page, button: str) -> list[list[str]]:
    """The file that a button gives."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name=button, exact=True).click()
    with waiting.value.path().open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def pick(page: Page, field: Locator, typed: str, option: str) -> None:
    """Type into a field with suggestions and take one of them, all by keyboard."""
    field.focus()
    page.keyboard.type(typed)
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_text([option])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(field).to_have_value(option)


def test_goals_have_the_numbers_of_the_api_also_with_filters(owner: Dashboard, api: httpx.Client) -> None:
    saved(api, "goals", SIGN_UP)
    saved(api, "goals", {"name": "Prices", "filters": STEPS[1]["filters"]})
    owner.open("goals?period=7d")
    rows = owner.card("Goals").locator("tbody tr")
    # Prices: ann, bob, dan, eve, of five visitors and seven sessions; ann and dan sign up there, which is no view.
    expect(rows.locator("th a")).to_have_text(["Prices", "Sign-up"])
    assert cells(rows.nth(1)) == ["2", "40%", "2", "29%"]
    for rate, row in zip(api.get("/api/statistics/goals", params={"period": "7d"}).json(), rows.all(), strict=True):
        assert cells(row)[::2] == [str(rate["conversions"]), str(rate["converted_sessions"])]
    owner.open("goals?period=7d&f=entry_page~is~%2F")
    # ann, bob, cat and eve began at home, each in one session; one of them signs up.
    sign_up = rows.filter(has_text="Sign-up")
    assert cells(sign_up) == ["1", "25%", "1", "25%"]


def test_a_goal_is_made_changed_and_deleted_by_keyboard(owner: Dashboard, api: httpx.Client) -> None:
    page = owner.page
    owner.open("goals?period=7d")
    page.get_by_role("button", name="Add goal").press("Enter")
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
    numbers = [text.split(" ")[0] for text in chart.locator("tbody td:nth-child(2)").all_inner_texts()]
    assert numbers[-3:] == ["1", "1", "0"]
    owner.page.get_by_role("tab", name="Page", exact=True).click()
    owner.settle()
    # Of two sessions that began at home and saw the prices one signed up, of four that saw the prices two.
    lines = owner.page.get_by_role("tabpanel", name="Page", exact=True).locator("tbody tr")
    assert {line.locator("th").inner_text().strip(): cells(line) for line in lines.all()} == {
        "/pricing": ["2", "50%"],
        "/": ["1", "25%"],
    }


def test_what_the_api_refuses_is_said_as_it_is(owner: Dashboard, api: httpx.Client) -> None:
    owner.open("goals?period=7d")
    owner.page.get_by_role("button", name="Add goal").click()
    dialog = owner.page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Which page").fill("/pricing")
    dialog.get_by_label("Name").fill("a\u202eb")  # turns the text after it around
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_have_text("Name must be text, without control characters.")
    assert api.get("/api/goals").json()["data"]["goals"] == []


def reached(owner: Dashboard) -> list[str]:
    owner.settle()
    return owner.page.get_by_role("list", name="Steps").locator(".reached dd").all_inner_texts()


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
    assert reached(owner) == ["4", "2", "1"]
    expect(page.get_by_role("list", name="Steps").last).to_contain_text("Sign-up")
    with a_window(browser, viewport=DESK, **logged_in) as other:
        other.goto(page.url)
        Dashboard(other, owner.server).settle()
        assert other.locator("main").inner_text() == page.locator("main").inner_text()
    # eve comes back the next day and sees the prices.
    page.get_by_label("How long it may take").select_option("Several days")
    expect(page.get_by_text("1 of 4 visitors got through")).to_be_visible()
    assert reached(owner) == ["4", "3", "1"]
    page.get_by_label("Name", exact=True).fill("Trial")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Change Trial")).to_be_visible()
    expect(owner.card("Trial").get_by_text("1 of 4 visitors got through")).to_be_visible()
    assert "funnel=trial" in page.url
    (funnel,) = api.get("/api/funnels").json()["data"]["funnels"]
    assert (funnel["days"], funnel["steps"][2]) == (7, {"goal": "sign-up"})
    answer = api.post("/api/query/funnel", json={"funnel": "trial", "period": "7d"}).json()["data"]
    assert reached(owner) == [str(step["reached"]) for step in answer["steps"]]
    owner.open("funnels?period=7d&f=page~is~nowhere")
    assert reached(owner) == ["0", "0", "0"]


def test_steps_are_moved_by_keyboard_and_a_funnel_is_changed_and_deleted(owner: Dashboard, api: httpx.Client) -> None:
    page = owner.page
    saved(api, "funnels", {"name": "Home to prices", "steps": STEPS})
    owner.open("funnels?period=7d")
    assert reached(owner) == ["4", "2"]
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
    assert [cells(row) for row in rows.all()] == [["4", "50%", "0% (not over yet)"], ["1", "0% (not over yet)", ""]]
    # Of cells that are over.
    assert cells(owner.card("Retention").locator("tfoot tr")) == ["5", "50%", "\N{EN DASH}"]
    expect(owner.page.get_by_role("columnheader", name="1 day later")).to_be_visible()
    expect(owner.card("Retention")).to_contain_text("All others are new every day, on purpose")
    lines = table(owner.page, "Retention: CSV")
    assert [line[1:] for line in lines] == [["visitors", "day 1", "day 2"], ["4", "2", "0"], ["1", "0"]]
    owner.page.get_by_role("button", name="Month").click()
    owner.settle()
    assert sum(int(cells(row)[0]) for row in rows.all()) == 5


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
    assert [cells(move) for move in moves.all()] == [
        ["Begins here", "/pricing", "2"],
        ["/", "/pricing", "1"],
        ["/blog", "/pricing", "1"],
    ]
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


def test_one_page_in_detail(owner: Dashboard, api: httpx.Client) -> None:
    page = owner.page
    owner.open("page?period=7d&page=%2Fpricing")
    expect(page.get_by_role("heading", name="/pricing")).to_be_visible()
    answer = api.post("/api/query/page", json={"page": "/pricing", "period": "7d"}).json()["data"]["summary"]
    # Four looked at it once each; two began there, all left there; two signed up.
    for label, name, number in (
        ("Page views", "page_views", 4),
        ("Visitors", "visitors", 4),
        ("Entries", "entries", 2),
        ("Conversions", "conversions", 2),
    ):
        assert answer[name] == number
        expect(owner.tile(label).first.locator("strong")).to_have_text(str(number))
    reading = owner.card("Reading")
    expect(reading.locator("dl")).to_have_text(re.compile(r"Entries.*2.*Exits.*4.*Exit rate.*100%", re.DOTALL))
    expect(owner.card("Before this page").locator("tbody tr")).to_have_count(3)
    assert table(page, "Before this page: CSV") == [["page", "sessions"], ["", "2"], ["/", "1"], ["/blog", "1"]]
    owner.card("Before this page").get_by_role("link", name="/blog").click()
    expect(page.get_by_role("heading", name="/blog")).to_be_visible()
    owner.settle()
    expect(owner.tile("Page views").locator("strong")).to_have_text("2")
    page.get_by_role("link", name="Overview").last.click()
    expect(page).to_have_title(f"Overview · {SITE}")


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
