"""Every screen, in both languages, light and dark, on a desk and on a phone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.dashboard.owner import Dashboard, complaints_of_axe
from tests.browser.windows import a_window

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.server.running import Running

SCREENS = [
    "overview?period=30d",
    "overview?period=30d&details=page",
    "overview?period=30d&f=source~is~Google~Naver",
    "overview?period=2001-01-01..2001-01-02",
    "live",
    "page?page=%2Fpricing&period=30d",
    "goals?period=30d",
    "funnels?period=30d",
    "retention?period=30d",
    "journeys?period=30d",
    "ledger?period=30d",
    "settings",
]
DESK = {"locale": "en", "color_scheme": "light", "viewport": {"width": 1440, "height": 900}}
PHONE = {"locale": "ko", "color_scheme": "dark", "viewport": {"width": 360, "height": 740}}
# What is the same in Korean: our name, names that come from data, time zones, keys, code and file formats.
NOT_TRANSLATED = "code, pre, kbd, option, [translate=no], [lang=en], tbody th, tbody td, .site, datalist, .data"


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("reader", [DESK, PHONE], ids=["desk", "phone"])
def test_it_can_be_used_by_everybody_and_fits(
    browser: Browser, shop: Running, known: dict[str, Any], screen: str, reader: dict[str, Any]
) -> None:
    with a_window(browser, **reader, **known) as page:
        dashboard = Dashboard(page, shop.url)
        dashboard.open(screen)
        assert page.locator("html").get_attribute("lang") == reader["locale"]
        assert complaints_of_axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= reader["viewport"]["width"]


@pytest.mark.parametrize("screen", SCREENS)
def test_in_korean_nothing_is_left_in_english(
    browser: Browser, shop: Running, known: dict[str, Any], screen: str
) -> None:
    with a_window(browser, **{**DESK, "locale": "ko"}, **known) as page:
        Dashboard(page, shop.url).open(screen)
        texts = page.evaluate(
            """(names) => {
              const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              const texts = [];
              while (walker.nextNode()) {
                const { parentElement: at, textContent: text } = walker.currentNode;
                if (!at.closest(names) && at.checkVisibility()) texts.push(text.trim());
              }
              for (const at of document.querySelectorAll('[aria-label], [title], [placeholder]')) {
                if (at.closest(names)) continue;
                texts.push(...['aria-label', 'title', 'placeholder'].map((name) => at.getAttribute(name) || ''));
              }
              return texts;
            }""",
            NOT_TRANSLATED,
        )
        left = [text for text in texts if re.search(r"[A-Za-z]{2}", text) and not re.search("[가-힣]", text)]
        assert [text for text in left if text not in {"CSV", "Google", "Naver"} and not text.startswith("/")] == []
