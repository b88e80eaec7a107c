"""A little traffic, counted by hand, and what is done with it."""

from __future__ import annotations

import csv
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from tests.browser.windows import wait_until

if TYPE_CHECKING:
    import httpx
    from playwright.sync_api import Locator, Page

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


def noon(days_ago: int, zone: str) -> int:
    """Far from midnight, so that no visit lies in two days."""
    there = ZoneInfo(zone)
    day = datetime.now(there).date() - timedelta(days=days_ago)
    return int(datetime.combine(day, time(12), there).timestamp() * 1000)


def visits(days_ago: int, of: dict[str, list[str]], zone: str) -> list[dict[str, Any]]:
    events, begin = [], noon(days_ago, zone)
    for who, steps in of.items():
        page = "/"
        for number, step in enumerate(steps):
            kind = {"event_type": "conversion", "conversion_type": "signup"} if step == SIGNS_UP else {}
            page = page if step == SIGNS_UP else step
            events.append(
                {
                    "session_id": f"{who}-{days_ago}",
                    "user_id": who,
                    "timestamp": begin + number * MINUTE,
                    "event_type": "page_view",
                    "page_url": f"https://{SITE}{page}",
                    "scroll_depth": 50,
                    **kind,
                }
            )
    return events


def saved(api: httpx.Client, kind: str, body: dict[str, Any]) -> str:
    answer = api.post(f"/api/{kind}", json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["data"]["id"])


def cells(row: Locator) -> list[str]:
    return [" ".join(text.split()) for text in row.locator("td").all_inner_texts()]


def have_cells(rows: Locator, *expected: list[str]) -> None:
    """Wait until there are these rows with these cells; a row's name is none of them."""
    wait_until(rows.page, lambda: [cells(row) for row in rows.all()] == [*expected])


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
