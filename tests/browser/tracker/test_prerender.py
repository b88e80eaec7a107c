"""Pages that a browser renders ahead of a visit: counted when they are shown, and never when they are not.

A browser of its own, without anybody who drives it: prerendering does not happen under Playwright's eyes.
"""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from scripts.system_packages import find_browser
from tests.browser.conftest import ARGUMENTS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.websites import Site

RULES = """<script type="speculationrules">
  {"prerender": [{"source": "list", "urls": ["/shown", "/never"], "eagerness": "immediate"}]}
</script>"""
# Both prerendered pages tell this one that they are there, and its own view begins a session; then it goes to one of
# them. Before that it might be gone before its tracker runs.
GO = """<script>
  const all = ['/shown', '/never', 'li_session_id'];
  setInterval(() => { if (all.every((name) => localStorage[name])) location = '/shown' }, 100);
</script>"""
TELL = """<script>
  if (document.prerendering) localStorage[location.pathname] = 'ready';
  document.addEventListener('prerenderingchange', () => LiveInsight.track('was-prerendered'));
</script>"""


PRERENDERED = "was-prerendered"
ATTEMPTS = 6
SECONDS = 10  # for the first attempt; each has so many more


def test_a_prerendered_page_is_counted_when_it_is_shown(site: Site, tmp_path: Path) -> None:
    """A browser prerenders when it likes: one that did not is asked again, as another visitor."""
    site.put("/shown", TELL)
    site.put("/never", TELL)
    start = site.put("/", GO + RULES)
    for attempt in range(ATTEMPTS):
        before = {each["event_id"] for each in site.events()}
        _visit(site, start, tmp_path / str(attempt), (attempt + 1) * SECONDS)
        events = [each for each in site.events() if each["event_id"] not in before]
        if PRERENDERED in {each["event_type"] for each in events}:
            break
    else:
        pytest.fail("the browser prerendered nothing")
    assert [each["page"] for each in events if each["event_type"] == "page_view"] == ["/", "/shown"]


def _visit(site: Site, start: str, profile: Path, seconds: int) -> None:
    browser = find_browser()
    assert browser
    command = [browser, "--headless=new", f"--user-data-dir={profile}", "--remote-debugging-port=0", *ARGUMENTS, start]
    deadline = time.monotonic() + seconds
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not _is_over(site) and time.monotonic() < deadline:
            time.sleep(0.1)
    finally:
        process.kill()
        process.wait()


def _is_over(site: Site) -> bool:
    """Whether the page that was prerendered was shown, and its views are there: requests overtake each other."""
    types = site.types()
    return PRERENDERED in types and types.count("page_view") >= 2
