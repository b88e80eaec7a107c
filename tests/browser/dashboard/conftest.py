"""A server with two months of made-up visits, and its owner at the dashboard."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.dashboard.owner import Dashboard, log_in
from tests.browser.windows import a_window
from tests.server.running import Running, command, environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from playwright.sync_api import Browser

SHOP = "shop.example"
ZONE = "Asia/Seoul"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server whose one site has had visitors for two months."""
    folder = tmp_path_factory.mktemp("shop")
    seed = ["seed", "--events", "8000", "--days", "60", "--site", SHOP, "--data", str(folder / "data")]
    subprocess.run(command(*seed), env=environment(timezone=ZONE), check=True, capture_output=True)
    running = Running(folder, timezone=ZONE)
    yield running
    assert running.stop() == 0
    assert "Traceback" not in running.log


@pytest.fixture(scope="module")
def api(shop: Running) -> Iterator[httpx.Client]:
    with shop.client() as client:
        yield client


@pytest.fixture(scope="module")
def known(browser: Browser, shop: Running) -> dict[str, Any]:
    """The options of a window whose owner has logged in before. Whoever logs in too often has to wait."""
    with a_window(browser) as page:
        log_in(page, shop)
        return {"storage_state": page.context.storage_state()}


@pytest.fixture
def dashboard(browser: Browser, shop: Running, known: dict[str, Any]) -> Iterator[Dashboard]:
    """The owner's window, on a desk and in English."""
    with a_window(browser, viewport={"width": 1440, "height": 900}, **known) as page:
        yield Dashboard(page, shop.url)
