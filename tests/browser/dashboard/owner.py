"""What the owner of a site does at the dashboard."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.browser.windows import a_window
from tests.server.running import TOKEN, Running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

AXE = Path(__file__).resolve().parents[3] / "web" / "node_modules" / "axe-core" / "axe.min.js"


def log_in(page: Page, server: Running) -> None:
    page.goto(f"{server.url}/login?token={TOKEN}")
    page.wait_for_url(f"{server.url}/**")


def known_to(browser: Browser, server: Running) -> dict[str, Any]:
    """The options of a window whose owner has logged in before. Whoever logs in too often has to wait."""
    with a_window(browser) as page:
        log_in(page, server)
        return {"storage_state": page.context.storage_state()}


def complaints_of_axe(page: Page) -> list[Any]:
    """What the accessibility checker finds."""
    # A script tag would need an exception from the page's policy.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[Any] = page.evaluate(
        "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
        ".then(({violations}) => violations.map(({id, nodes}) => [id, nodes.map(({html}) => html.slice(0, 200))]))"
    )
    return found


@dataclass(frozen=True)
class Dashboard:
    """A window on the dashboard of one server."""

    page: Page
    server: str

    def open(self, view: str) -> None:
        """Open an address, the part after `#/`, and wait until everything that was asked is answered."""
        # Another fragment alone loads nothing, and is lost when the page says its own at that moment.
        self.page.goto("about:blank")
        self.page.goto(f"{self.server}/#/{view}")
        self.settle()

    def settle(self) -> None:
        expect(self.page.locator("main .card").first).to_be_visible()
        expect(self.page.locator('main [aria-busy="true"]')).to_have_count(0)

    def card(self, name: str) -> Locator:
        """A card by its heading."""
        return self.page.get_by_role("region", name=name, exact=True)

    def tile(self, name: str) -> Locator:
        """A number of the summary, which is a button."""
        return self.card("Summary").get_by_role("button", name=name)

    def row(self, name: str) -> Locator:
        """A row of a breakdown by its first cell."""
        return self.page.get_by_role("row").filter(has=self.page.get_by_role("button", name=name, exact=True))

    def has_chips(self, *texts: str) -> None:
        """Wait until these are the filters, in this order."""
        expect(self.page.get_by_role("list", name="Filter").locator(".chip .text")).to_have_text([*texts])
