"""Browser windows, and waiting for what happens in them."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Page

PATIENCE = 60.0  # seconds until a test gives up; nothing here takes long, but the machine may be busy


@contextmanager
def a_window(browser: Browser, **options: Any) -> Iterator[Page]:
    """A tab of somebody with a browser profile of their own.

    A page in it must not throw, and must not do what its own content security policy forbids, unless the complaint
    holds what is `expected`.
    """
    expected = options.pop("expected", "")
    options = {"locale": "en-US", "reduced_motion": "reduce", **options}
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE * 1000)
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        # That a server said 401, or nothing at all, is what some tests are about.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(message.text)

    context.on("console", hear)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    try:
        yield context.new_page()
    finally:
        context.close()
    assert [each for each in complaints if not expected or expected not in each] == []


class Waits(Protocol):
    """A page, or another browser."""

    def wait_for_timeout(self, timeout: float, /) -> None: ...


def wait_until(page: Waits, condition: Callable[[], bool]) -> None:
    """Wait for something that the page does not show. The browser goes on meanwhile."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "this did not happen"
        page.wait_for_timeout(50)
