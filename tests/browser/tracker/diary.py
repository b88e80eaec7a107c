"""What a page did, by its own account, beside what the server has of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.browser.windows import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from tests.browser.websites import Site

# Every event becomes a text once, before anything can happen to it. A page that is being left can tell nobody, but it
# can still write.
_LISTEN = """(() => {
  const { stringify } = JSON;
  JSON.stringify = (...args) => {
    const text = stringify(...args);
    if (args[0]?.event_id) {
      tellDiary(text);
      try { localStorage.diary = (localStorage.diary || '') + text + '\\n' } catch {}
    }
    return text;
  };
})()"""
_READ = "() => { try { return localStorage.diary || '' } catch { return '' } }"


class Diary:
    """The events that pages of a context made."""

    def __init__(self, context: BrowserContext, site: Site) -> None:
        self._told: dict[str, dict[str, Any]] = {}
        self._context = context
        self._dead: list[Page] = []
        self._site = site
        context.expose_binding("tellDiary", lambda _, text: self._note(text))
        context.add_init_script(_LISTEN)

    def _note(self, text: str) -> None:
        event = json.loads(text)
        self._told[event["event_id"]] = event

    def forget(self, page: Page) -> None:
        """A page that will be killed cannot be asked."""
        self._dead.append(page)

    def made(self) -> list[dict[str, Any]]:
        """All of them, in the order in which they were made: their ids begin with the time."""
        for page in self._context.pages:
            if self._site.name in page.url and page not in self._dead:
                for line in page.evaluate(_READ).splitlines():
                    self._note(line)
        return [self._told[event_id] for event_id in sorted(self._told)]

    def types(self) -> list[str]:
        return [event["event_type"] for event in self.made()]

    def wait_for(self, page: Page, event_type: str, times: int = 1) -> None:
        """Wait until pages have made such an event so often."""
        wait_until(page, lambda: self.types().count(event_type) >= times)

    def agrees(self, page: Page) -> list[str]:
        """Wait until the server has what was made; then nothing is lost, nothing there twice. Gives the types."""
        wait_until(page, lambda: [each["event_id"] for each in self._site.events()] == self._ids())
        made = self.made()
        total = self._site.ask("/api/ledger", period="24h")["total"]
        assert total["stored"] == len(made)
        assert total["received"] == total["stored"] + total["duplicates"]
        return [event["event_type"] for event in made]

    def _ids(self) -> list[str]:
        return [event["event_id"] for event in self.made()]
