"""What the tracker costs a page: main-thread time of loading it and of a click, beside an empty script."""

from __future__ import annotations

import statistics
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from benchmarks.machine import BenchmarkError
from benchmarks.table import percentile, show
from liveinsight.wire.files import WEB
from scripts.system_packages import find_browser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext

LOADS = 40
CLICKS = 20  # bursts of ten, each sent before the next: what is kept stays small, as it does with people
_ANSWER = b'{"status":"success","data":{"accepted":1,"duplicates":0,"filtered":0,"rejected":[]}}'
_PAGE = """<!doctype html><title>Tea</title><link rel="icon" href="data:,">
<script defer src="/static/js/%s.js"></script><main><button class="buy">Buy <b>now</b></button></main>"""
_CLICK = """() => {
  const target = document.querySelector('b');
  const before = performance.now();
  for (let each = 0; each < 10; each++) target.click();
  return (performance.now() - before) * 100;
}"""


def measure(_seconds: float) -> dict[str, Any]:
    """Load both in turns, then click; medians, in microseconds."""
    tracker = WEB / "static" / "js" / "liveinsight-tracker.js"
    path = find_browser()
    if not tracker.is_file() or not path:
        msg = "This needs the built pages (make web) and Chromium (make system-packages)."
        raise BenchmarkError(msg)
    with _server({"tracker": tracker.read_bytes(), "empty": b""}) as origin, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        # One visitor: in a new browser profile, the first look into its storage takes several milliseconds.
        context = browser.new_context()
        loads: dict[str, list[dict[str, float]]] = {"empty": [], "tracker": []}
        for _ in range(LOADS):
            for name, figures in loads.items():
                figures.append(_load(context, f"{origin}/{name}"))
        clicks = {name: _click(context, f"{origin}/{name}") for name in loads}
        browser.close()
    result = {
        name: {
            "script_us": statistics.median(each["ScriptDuration"] for each in loads[name]) * 1e6,
            "task_us": statistics.median(each["TaskDuration"] for each in loads[name]) * 1e6,
            "click_p50_us": percentile(clicks[name], 50),
            "click_max_us": max(clicks[name]),
        }
        for name in loads
    }
    _show(result)
    return result


def _show(result: dict[str, dict[str, float]]) -> None:
    heads = ["", "load: script", "load: all tasks", "click p50", "click max"]
    rows = [[name, *(f"{value:,.0f} µs" for value in figures.values())] for name, figures in result.items()]
    added = [result["tracker"][figure] - result["empty"][figure] for figure in result["empty"]]
    show(heads, [*rows, ["added", *(f"{value:,.0f} µs" for value in added)]])


def _load(context: BrowserContext, url: str) -> dict[str, float]:
    page = context.new_page()
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    page.goto(url, wait_until="load")
    page.wait_for_timeout(50)  # the first request has left
    metrics = session.send("Performance.getMetrics")["metrics"]
    page.close()
    return {each["name"]: each["value"] for each in metrics}


def _click(context: BrowserContext, url: str) -> list[float]:
    page = context.new_page()
    page.goto(url)
    times: list[float] = []
    for _ in range(CLICKS):
        times.append(page.evaluate(_CLICK))
        page.wait_for_timeout(1500)
    page.close()
    return times[CLICKS // 4 :]  # compiled by then


@contextmanager
def _server(scripts: dict[str, bytes]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 5

        def do_GET(self) -> None:
            name = self.path.rpartition("/")[2]
            script = name.endswith(".js")
            content = scripts[name.removesuffix(".js")] if script else (_PAGE % name).encode()
            self._answer(content, "text/javascript" if script else "text/html; charset=utf-8")

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(_ANSWER, "application/json")

        def _answer(self, content: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            with suppress(ConnectionError):  # a beacon waits for no answer
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
