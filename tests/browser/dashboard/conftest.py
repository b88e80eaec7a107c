"""A server with two months of made-up visits, and its owner at the dashboard."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.dashboard.owner import Dashboard, known_to
from tests.browser.windows import a_window
from tests.server.running import command, environment, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from playwright.sync_api import Browser

    from tests.server.running import Running

SHOP = "shop.example"
ZONE = "Asia/Seoul"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server whose one site has had visitors for two months."""
    folder = tmp_path_factory.mktemp("shop")
    seed = ["seed", "--events", "8000", "--days", "60", "--site", SHOP, "--data", str(folder / "data")]
    subprocess.run(command(*seed), env=environment(timezone=ZONE), check=True, capture_output=True)
    with serving(folder, timezone=ZONE) as running:
        yield running


@pytest.fixture(scope="module")
def api(shop: Running) -> Iterator[httpx.Client]:
    with shop.client() as client:
        yield client


@pytest.fixture(scope="module")
def known(browser: Browser, shop: Running) -> dict[str, Any]:
    return known_to(browser, shop)


@pytest.fixture
def dashboard(browser: Browser, shop: Running, known: dict[str, Any]) -> Iterator[Dashboard]:
    """The owner's window, on a desk and in English."""
    with a_window(browser, viewport={"width": 1440, "height": 900}, **known) as page:
        yield Dashboard(page, shop.url)
