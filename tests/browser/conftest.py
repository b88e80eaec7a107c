"""A real server, a real browser, and web sites for it to visit.

Everything costly lives as long as a module. Not as long as the session: Playwright's synchronous API keeps an event
loop running in the thread that uses it, and tests of other folders need theirs.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

from liveinsight.wire.files import WEB
from scripts.system_packages import find_browser
from tests.browser.websites import Site, Websites
from tests.browser.windows import a_window
from tests.http.messages import CHROME
from tests.server.running import serving
from tests.waiting import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from playwright.sync_api import Browser, Page

    from tests.server.running import Running

ARGUMENTS = [
    # For the whole browser and not for a window: the last beacon of a page is sent when its window is gone already, and
    # "HeadlessChrome" is a bot.
    f"--user-agent={CHROME}",
    "--no-sandbox",  # root in a container has none
    "--disable-gpu",
    # Nothing but the tests' own requests.
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

_site_numbers = count(1)

expect.set_options(timeout=PATIENCE_S * 1000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert (WEB / "dashboard" / "index.html").is_file(), "the pages are not built: make web"
    path = find_browser()
    assert path, "no Chromium or Chrome on PATH: make system-packages"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("server"), "--demo") as running:
        yield running


@pytest.fixture(scope="module")
def reader(server: Running) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


@pytest.fixture(scope="module")
def websites(server: Running) -> Iterator[Websites]:
    websites = Websites(f"{server.url}/static/js/liveinsight-tracker.js")
    yield websites
    websites.close()


@pytest.fixture
def site(server: Running, reader: httpx.Client, websites: Websites) -> Site:
    """A site that nobody has visited yet."""
    return Site(f"site{next(_site_numbers)}.localhost", websites, server.url, reader)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A visitor's tab."""
    with a_window(browser) as page:
        yield page
