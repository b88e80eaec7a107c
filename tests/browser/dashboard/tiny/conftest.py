"""A server that has seen the traffic of `visits`, and its owner at the dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.dashboard.owner import Dashboard, known_to
from tests.browser.dashboard.tiny.visits import DESK, TWO_DAYS_AGO, YESTERDAY, visits
from tests.browser.windows import a_window
from tests.browser.zones import zone_at_noon
from tests.http.messages import CHROME
from tests.server.running import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from playwright.sync_api import Browser

    from tests.server.running import Running


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server that has seen what is written above."""
    zone = zone_at_noon()
    with serving(tmp_path_factory.mktemp("tiny"), timezone=zone) as running:
        with running.client() as client:
            for days_ago, of in ((2, TWO_DAYS_AGO), (1, YESTERDAY)):
                answer = client.post("/api/events", json=visits(days_ago, of, zone), headers={"User-Agent": CHROME})
                assert answer.status_code == 200, answer.text
        yield running


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
    return known_to(browser, tiny)


@pytest.fixture
def owner(browser: Browser, tiny: Running, logged_in: dict[str, Any]) -> Iterator[Dashboard]:
    with a_window(browser, viewport=DESK, **logged_in) as page:
        yield Dashboard(page, tiny.url)
