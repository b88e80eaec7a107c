"""A visitor's tab whose pages keep a diary."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.tracker.diary import Diary

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.websites import Site


@pytest.fixture
def diary(page: Page, site: Site) -> Diary:
    return Diary(page.context, site)
