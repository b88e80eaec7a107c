"""The overview: its numbers are those of the API, and everything on it is one click from a closer look."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.dashboard.owner import Dashboard
from tests.browser.windows import a_window, wait_until

if TYPE_CHECKING:
    import httpx
    from playwright.sync_api import Browser, Response

    from tests.server.running import Running

METRICS = {
    "visitors": "Visitors",
    "sessions": "Sessions",
    "page_views": "Page views",
    "conversions": "Conversions",
}


def ask(api: httpx.Client, **question: Any) -> list[Any]:
    answer = api.post("/api/query", json={"metrics": ["visitors"], "period": "30d", **question})
    assert answer.status_code == 200, answer.text
    rows: list[Any] = answer.json()["data"]["rows"]
    return rows


def is_about_the_total(answer: Response) -> bool:
    """Whether it is the answer to the question for the tiles of the summary."""
    (asked,) = parse_qs(urlsplit(answer.url).query).get("q", [""])
    return "bounce_rate" in asked and "dimensions" not in asked


def shown(number: float) -> str:
    return f"{number:,}"


def test_the_summary_has_the_numbers_of_the_api(dashboard: Dashboard) -> None:
    """What is compared grows with every minute, so the page's own question counts."""
    dashboard.open("overview?period=30d")
    with dashboard.page.expect_response(is_about_the_total) as waiting:
        dashboard.page.reload()
    data = waiting.value.json()["data"]
    dashboard.settle()
    (row,) = data["rows"]
    of = dict(zip(data["query"]["metrics"], zip(row["metrics"], row["change"], strict=True), strict=True))
    for name, label in METRICS.items():
        number, change = of[name]
        tile = dashboard.tile(label).first
        expect(tile.locator("strong")).to_have_text(shown(number))
        said = re.search(r"([+-]?)([\d.]+)%", tile.inner_text())
        assert (said is None) == (change is None)  # a change from nothing is no share
        if said:
            assert float(said[1] + said[2]) == pytest.approx(change * 100, abs=0.51)
            assert bool(said[1]) == bool(float(said[2]))  # nothing has no sign


def test_the_chart_has_a_table_with_the_same_numbers(dashboard: Dashboard, api: httpx.Client) -> None:
    dashboard.open("overview?period=30d&metric=page_views")
    rows = ask(api, metrics=["page_views"], dimensions=["day"])
    table = dashboard.page.get_by_role("table", name="Page views by day")
    # The last day says that it is not over yet.
    numbers = [re.compile(rf"^{re.escape(shown(row['metrics'][0]))}( |$)") for row in rows]
    expect(table.locator("tbody td:nth-child(2)")).to_have_text(numbers)


@pytest.mark.parametrize(
    ("place", "dimension", "metrics"),
    [
        ("Pages > Pages", "page", ["visitors", "page_views"]),
        ("Pages > Entry", "entry_page", ["sessions"]),
        ("Sources > Sources", "source", ["visitors"]),
        ("Sources > Channels", "channel", ["visitors"]),
        ("Places > Countries", "country", ["visitors"]),
        ("Devices > Systems", "os", ["visitors"]),
        ("Events > Events", "event_type", ["visitors", "events"]),
    ],
)
def test_a_breakdown_has_the_numbers_of_the_api(
    dashboard: Dashboard, api: httpx.Client, place: str, dimension: str, metrics: list[str]
) -> None:
    card, tab = place.split(" > ")
    dashboard.open("overview?period=30d")
    dashboard.card(card).get_by_role("tab", name=tab, exact=True).click()
    dashboard.settle()
    order = [{"by": metrics[0], "descending": True}]
    rows = ask(api, metrics=metrics, dimensions=[dimension], order_by=order, limit=9)
    found = dashboard.card(card).locator("tbody tr")
    expect(found).to_have_count(len(rows))
    for row, line in zip(rows, found.all(), strict=True):
        for number, cell in zip(row["metrics"], line.locator("td").all(), strict=False):
            expect(cell).to_have_text(shown(number))


def test_a_click_on_a_row_filters_everything_and_a_second_one_takes_it_back(
    dashboard: Dashboard, api: httpx.Client
) -> None:
    dashboard.open("overview?period=30d")
    everybody = dashboard.tile("Visitors").locator("strong").inner_text()
    dashboard.row("Naver").get_by_role("button").first.click()
    dashboard.settle()
    dashboard.has_chips("Source is Naver")
    (row,) = ask(api, filters=[{"dimension": "source", "values": ["Naver"]}])
    expect(dashboard.tile("Visitors").locator("strong")).to_have_text(shown(row["metrics"][0]))
    dashboard.row("Naver").get_by_role("button").first.click()
    expect(dashboard.tile("Visitors").locator("strong")).to_have_text(everybody)
    dashboard.has_chips()


def test_a_link_shows_the_same_view_to_somebody_else(
    dashboard: Dashboard, browser: Browser, shop: Running, known: dict[str, Any]
) -> None:
    dashboard.open("overview?period=30d")
    dashboard.row("Naver").get_by_role("button").first.click()
    dashboard.tile("Bounce rate").click()
    dashboard.card("Devices").get_by_role("tab", name="Systems").click()
    dashboard.page.keyboard.press("y")
    expect(dashboard.page.get_by_role("button", name="Yesterday")).to_be_visible()
    dashboard.settle()
    with a_window(browser, viewport={"width": 1440, "height": 900}, **known) as page:
        other = Dashboard(page, shop.url)
        page.goto(dashboard.page.url)
        other.settle()
        other.has_chips("Source is Naver")
        expect(other.tile("Bounce rate")).to_have_attribute("aria-pressed", "true")
        expect(other.card("Devices").get_by_role("tab", name="Systems")).to_have_attribute("aria-selected", "true")
        expect(page.get_by_role("button", name="Yesterday")).to_be_visible()
        wait_until(page, lambda: page.locator("main").inner_text() == dashboard.page.locator("main").inner_text())


def test_going_back_takes_back_one_step(dashboard: Dashboard) -> None:
    dashboard.open("overview?period=30d")
    dashboard.row("Naver").get_by_role("button").first.click()
    dashboard.page.get_by_role("button", name="Remove the filter Source is Naver").click()
    dashboard.has_chips()
    dashboard.page.go_back()
    expect(dashboard.page.get_by_text("Source is Naver", exact=True)).to_be_visible()
    dashboard.page.go_back()
    expect(dashboard.page.get_by_text("Source is Naver", exact=True)).to_be_hidden()


@pytest.mark.parametrize(
    ("key", "label"), [("d", "Today"), ("y", "Yesterday"), ("w", "Last 7 days"), ("m", "Last 30 days")]
)
def test_a_key_chooses_a_period(dashboard: Dashboard, key: str, label: str) -> None:
    dashboard.open("overview?period=12mo")
    dashboard.page.keyboard.press(key)
    expect(dashboard.page.get_by_role("button", name=re.compile(f"Period:.*{label}"))).to_be_visible()


def test_arrows_move_to_the_period_before_and_back(dashboard: Dashboard) -> None:
    dashboard.open("overview?period=2026-03-10..2026-03-12")
    period = dashboard.page.get_by_role("button", name=re.compile("Period:"))
    dashboard.page.keyboard.press("ArrowLeft")
    expect(period).to_contain_text(re.compile(r"Mar 7, 2026 . Mar 9, 2026"))
    dashboard.page.keyboard.press("ArrowRight")
    expect(period).to_contain_text(re.compile(r"Mar 10, 2026 . Mar 12, 2026"))


def test_keys_do_nothing_while_somebody_types_or_has_turned_them_off(dashboard: Dashboard) -> None:
    dashboard.open("overview?period=30d&details=page")
    dashboard.page.get_by_role("searchbox").press_sequentially("dy")
    assert "period=30d" in dashboard.page.url
    dashboard.page.get_by_role("button", name="Close").click()
    dashboard.page.keyboard.press("?")
    dashboard.page.get_by_role("checkbox", name="Single keys do something").uncheck()
    dashboard.page.keyboard.press("Escape")
    dashboard.page.keyboard.press("d")
    assert "period=30d" in dashboard.page.url


def test_the_details_have_all_rows_and_are_searched_and_sorted(dashboard: Dashboard, api: httpx.Client) -> None:
    dashboard.open("overview?period=30d")
    dashboard.card("Pages").get_by_role("button", name="Details: Page").click()
    dialog = dashboard.page.get_by_role("dialog", name="Page")
    dialog.get_by_role("button", name="Page views").click()
    rows = ask(api, metrics=["page_views"], dimensions=["page"], order_by=[{"by": "page_views", "descending": True}])
    expect(dialog.locator("tbody th").first).to_contain_text(rows[0]["dimensions"][0])
    expect(dialog.locator("tbody tr")).to_have_count(len(rows))
    dialog.get_by_role("searchbox").fill("pric")
    expect(dialog.locator("tbody tr")).to_have_count(1)
    expect(dialog.locator("tbody th")).to_contain_text("/pricing")


def test_a_table_can_be_taken_away_as_a_file(dashboard: Dashboard, api: httpx.Client) -> None:
    dashboard.open("overview?period=30d&details=source")
    with dashboard.page.expect_download() as waiting:
        dashboard.page.get_by_role("button", name="CSV").click()
    with waiting.value.path().open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    rows = ask(api, metrics=["visitors"], dimensions=["source"], order_by=[{"by": "visitors", "descending": True}])
    assert lines[0][:2] == ["source", "visitors"]
    assert [line[:2] for line in lines[1:]] == [[row["dimensions"][0], str(row["metrics"][0])] for row in rows]


def test_filters_can_be_saved_and_chosen_again(dashboard: Dashboard) -> None:
    dashboard.open("overview?period=30d&f=device~is~mobile&f=page~starts_with~%2Fteas")
    dashboard.page.get_by_role("button", name="Save as segment").click()
    dashboard.page.get_by_label("Name of the segment").fill("Tea on the phone")
    dashboard.page.keyboard.press("Enter")
    expect(dashboard.page.get_by_role("dialog")).to_be_hidden()
    dashboard.page.get_by_role("button", name="Clear all").click()
    dashboard.has_chips()
    dashboard.page.get_by_role("button", name="Segments").click()
    dashboard.page.get_by_role("button", name="Tea on the phone", exact=True).click()
    dashboard.has_chips("Device is Phone", "Page starts with /teas")
    dashboard.page.get_by_role("button", name="Segments").click()
    dashboard.page.get_by_role("button", name="Delete: Tea on the phone").click()
    dashboard.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(dashboard.page.get_by_role("dialog")).to_be_hidden()
    dashboard.page.get_by_role("button", name="Segments").click()
    expect(dashboard.page.get_by_text("Filters saved under a name show up here.")).to_be_visible()


def test_a_segment_with_or_filters_from_the_first_number_on(dashboard: Dashboard, api: httpx.Client) -> None:
    either = {"or": [{"dimension": "source", "values": ["Naver"]}, {"dimension": "device", "values": ["tablet"]}]}
    api.post("/api/segments", json={"name": "Naver or tablet", "filters": [either]}).raise_for_status()
    dashboard.open("overview?period=30d&segment=naver-or-tablet")
    (row,) = ask(api, filters=[either])
    expect(dashboard.tile("Visitors").locator("strong")).to_have_text(shown(row["metrics"][0]))
    expect(dashboard.page.get_by_text("Segment: Naver or tablet")).to_be_visible()
    api.delete("/api/segments/naver-or-tablet").raise_for_status()
    dashboard.open("overview?period=30d&segment=naver-or-tablet")
    expect(dashboard.page.get_by_text("naver-or-tablet (deleted: everybody is shown)")).to_be_visible()


def test_a_filter_is_made_by_typing(dashboard: Dashboard, api: httpx.Client) -> None:
    dashboard.open("overview?period=30d")
    dashboard.page.get_by_role("button", name="Filter", exact=True).click()
    dialog = dashboard.page.get_by_role("dialog", name="Filter")
    dialog.get_by_label("Dimension").select_option("Page")
    dialog.get_by_label("Comparison").select_option("matches (with *)")
    dialog.get_by_label("Values, one per line").fill("/teas/*")
    dialog.get_by_role("button", name="Show").click()
    dashboard.settle()
    (row,) = ask(api, filters=[{"dimension": "page", "operator": "matches", "values": ["/teas/*"]}])
    expect(dashboard.tile("Visitors").locator("strong")).to_have_text(shown(row["metrics"][0]))


def test_every_number_explains_itself(dashboard: Dashboard) -> None:
    dashboard.open("overview?period=30d")
    dashboard.tile("Bounce rate").hover()
    expect(dashboard.page.get_by_text("Share of sessions with at most one page view and no inter")).to_be_visible()
    dashboard.page.get_by_role("note", name="Page views").first.focus()
    expect(dashboard.page.get_by_role("tooltip").filter(has_text="Events of type page_view.").last).to_be_visible()


def test_a_server_that_is_away_is_said_to_be_away(dashboard: Dashboard) -> None:
    dashboard.open("overview?period=30d")
    dashboard.page.route("**/api/**", lambda route: route.abort())
    dashboard.page.keyboard.press("w")
    away = dashboard.card("Pages").get_by_text("The server cannot be reached.")
    expect(away).to_be_visible()
    dashboard.page.unroute("**/api/**")
    dashboard.page.get_by_role("button", name="Try again").first.click()
    expect(away).to_be_hidden()
    expect(dashboard.row("/pricing").first).to_be_visible()
