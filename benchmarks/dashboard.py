"""`dashboard`: what the first view of the dashboard costs: requests, bytes, and time until its numbers are there."""

from __future__ import annotations

import os
import statistics
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from benchmarks.machine import BenchmarkError
from benchmarks.servers import TOKEN, liveinsight
from benchmarks.table import show
from liveinsight.wire.files import WEB
from scripts.system_packages import find_browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Page

EVENTS = int(os.environ.get("EVENTS", "200000"))
DAYS = 60
RUNS = 5
_PATIENCE = 1200  # tenths of a second
_PERIOD = "#/overview?period=30d"
# A middling phone: a quarter of this machine's speed, on a mobile network.
_PHONE_CPU = 4
_PHONE_NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
_WATCH = """
  window.shifts = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
  }).observe({type: 'layout-shift', buffered: true});
  const look = () => {
    if (!window.numbers && /[0-9]/.test(document.querySelector('main .card strong')?.textContent)) {
      window.numbers = performance.now();
    }
    if (window.numbers && !document.querySelector('main [aria-busy="true"]')) window.complete = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
"""


@dataclass
class _View:
    """One loading of the dashboard. Times in ms, sizes in bytes as they crossed the wire."""

    requests: int = 0
    bytes: dict[str, int] = field(default_factory=lambda: {"script": 0, "style": 0, "answers": 0, "other": 0})
    numbers: float = 0
    complete: float = 0
    shift: float = 0


def measure(_seconds: float) -> dict[str, Any]:
    """Open the dashboard on a desk and on a phone, for the first time and again; print; give medians."""
    path = find_browser()
    if not (WEB / "dashboard" / "index.html").is_file() or not path:
        msg = "This needs the built pages (make web) and Chromium (make system-packages)."
        raise BenchmarkError(msg)
    with liveinsight(seed_events=EVENTS, seed_days=DAYS) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        figures = look(browser, server.url, TOKEN)
        browser.close()
    print(f"{EVENTS:,} events over {DAYS} days, 30 of them on the screen; medians of {RUNS}.")
    return {"events": EVENTS, **figures}


def look(browser: Browser, url: str, token: str) -> dict[str, Any]:
    """The figures of the dashboard of a server that runs already."""
    cookies = _log_in(browser, url, token)
    figures: dict[str, Any] = {}
    for device, is_phone in (("desk", False), ("phone", True)):
        views = [_twice(browser, url, cookies, is_phone=is_phone) for _ in range(RUNS)]
        for which, name in enumerate(("first", "again")):
            figures[f"{device}, {name}"] = _median([pair[which] for pair in views])
    heads = ["view", "requests", "script KB", "style KB", "answers KB", "numbers ms", "complete ms", "layout shift"]
    show(heads, [[name, *_cells(each)] for name, each in figures.items()])
    return figures


def _log_in(browser: Browser, url: str, token: str) -> Any:
    context = browser.new_context()
    context.new_page().goto(f"{url}/login?token={token}")
    cookies = context.storage_state()
    context.close()
    return cookies


def _twice(browser: Browser, url: str, cookies: Any, *, is_phone: bool) -> tuple[_View, _View]:
    viewport: Any = {"width": 360, "height": 740} if is_phone else {"width": 1440, "height": 900}
    context = browser.new_context(storage_state=cookies, viewport=viewport)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    if is_phone:
        session.send("Emulation.setCPUThrottlingRate", {"rate": _PHONE_CPU})
        session.send("Network.emulateNetworkConditions", _PHONE_NETWORK)
    page.add_init_script(_WATCH)
    first = _view(page, session, lambda: page.goto(f"{url}/{_PERIOD}"))
    again = _view(page, session, page.reload)
    context.close()
    return first, again


def _view(page: Page, session: CDPSession, load: Any) -> _View:
    view = _View()
    kinds: dict[str, str] = {}

    def answered(event: Any) -> None:
        kinds[event["requestId"]] = {"Script": "script", "Stylesheet": "style", "Fetch": "answers"}.get(
            event["type"], "other"
        )
        view.requests += not event["response"].get("fromDiskCache", False)

    def known(_: Any) -> None:
        view.requests -= 1  # the browser had it in memory

    def finished(event: Any) -> None:
        view.bytes[kinds.get(event["requestId"], "other")] += int(event["encodedDataLength"])

    session.on("Network.responseReceived", answered)
    session.on("Network.requestServedFromCache", known)
    session.on("Network.loadingFinished", finished)
    load()
    for _ in range(_PATIENCE):
        if page.evaluate("window.complete"):
            break
        page.wait_for_timeout(100)
    page.wait_for_timeout(300)  # the last of the bytes are told after the numbers are there
    view.numbers, view.complete, view.shift = page.evaluate("[window.numbers, window.complete, window.shifts]")
    session.remove_listener("Network.responseReceived", answered)
    session.remove_listener("Network.requestServedFromCache", known)
    session.remove_listener("Network.loadingFinished", finished)
    return view


def _median(views: list[_View]) -> dict[str, float]:
    def of(value: Any) -> float:
        return float(statistics.median(value(view) for view in views))

    return {
        "requests": of(lambda view: view.requests),
        "script_bytes": of(lambda view: view.bytes["script"]),
        "style_bytes": of(lambda view: view.bytes["style"]),
        "answer_bytes": of(lambda view: view.bytes["answers"]),
        "numbers_ms": of(lambda view: view.numbers),
        "complete_ms": of(lambda view: view.complete),
        "layout_shift": of(lambda view: view.shift),
    }


def _cells(figures: dict[str, float]) -> list[str]:
    sizes = [f"{figures[name] / 1000:.1f}" for name in ("script_bytes", "style_bytes", "answer_bytes")]
    times = [f"{figures[name]:.0f}" for name in ("numbers_ms", "complete_ms")]
    return [f"{figures['requests']:.0f}", *sizes, *times, f"{figures['layout_shift']:.3f}"]
