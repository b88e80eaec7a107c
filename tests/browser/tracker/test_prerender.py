"""Pages that a browser renders ahead of a visit: counted when they are shown, and never when they are not.

A browser of its own, without anybody who drives it: prerendering does not happen under Playwright's eyes.
"""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING

from scripts.system_packages import find_browser
from tests.browser.conftest import ARGUMENTS
from tests.browser.windows import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.websites import Site

RULES = """<script type="speculationrules">
  {"prerender": [{"source": "list", "urls": ["/shown", "/never"], "eagerness": "immediate"}]}
</script>"""
# Both prerendered pages tell this one that they are there; then it goes to one of them.
GO = """<script>
  setInterval(() => { if (localStorage['/shown'] && localStorage['/never']) location = '/shown' }, 100);
</script>"""
TELL = """<script>
  if (document.prerendering) localStorage[location.pathname] = 'ready';
  document.addEventListener('prerenderingchange', () => LiveInsight.track('was-prerendered'));
</script>"""


def test_a_prerendered_page_is_counted_when_it_is_shown(site: Site, tmp_path: Path) -> None:
    site.put("/shown", TELL)
    site.put("/never", TELL)
    start = site.put("/", GO + RULES)
    browser = find_browser()
    assert browser
    command = [browser, "--headless=new", f"--user-data-dir={tmp_path}", "--remote-debugging-port=0", *ARGUMENTS, start]
    deadline = time.monotonic() + 2 * PATIENCE
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while "was-prerendered" not in site.types():
            assert time.monotonic() < deadline, "the page was not shown"
            time.sleep(0.1)
    finally:
        process.kill()
        process.wait()
    views = [event["page"] for event in site.events() if event["event_type"] == "page_view"]
    assert views == ["/", "/shown"]
