"""One page in detail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.dashboard.tiny.visits import SITE, table

if TYPE_CHECKING:
    import httpx

    from tests.browser.dashboard.owner import Dashboard


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
