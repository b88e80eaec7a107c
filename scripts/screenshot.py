"""Make the pictures in the README and the docs: the dashboard on made-up traffic, in a real browser.

Usage: .venv/bin/python -m scripts.screenshot
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx
from playwright.sync_api import sync_playwright

from liveinsight.seed.people import person
from liveinsight.seed.visit import visit
from scripts.system_packages import find_browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "images"
SITE = "shop.example"
ZONE = "Asia/Seoul"
TOKEN = "for-the-pictures-only"  # noqa: S105  of a server that lives for some seconds
SETTLED = 3000  # ms; the table of sessions follows every two seconds


class Picture(NamedTuple):
    """One view of the dashboard, and the window that shows it."""

    name: str
    view: str
    width: int = 1280
    height: int = 860
    locale: str = "en-GB"
    scheme: Any = "light"


TAKEN = (
    Picture("overview", "overview?period=30d"),
    Picture("live", "live"),
    Picture("overview-ko-dark", "overview?period=30d&f=source~is~Naver", locale="ko-KR", scheme="dark"),
    Picture("funnel", "funnels?period=30d&funnel=purchase"),
    Picture("journeys", "journeys?period=30d&page=%2Fpricing"),
    Picture("page", "page?period=30d&page=%2Fpricing"),
    Picture("phone", "live", width=390, height=844, locale="ko-KR"),
)
FUNNEL = {
    "site_id": SITE,
    "name": "Purchase",
    "steps": [
        {"name": "Came", "filters": [{"dimension": "event_type", "values": ["page_view"]}]},
        {"name": "Looked at a tea", "filters": [{"dimension": "page", "operator": "starts_with", "values": ["/teas"]}]},
        {"name": "Bought", "filters": [{"dimension": "event_type", "values": ["conversion"]}]},
    ],
}


def main() -> None:
    """Seed, serve, look, keep."""
    liveinsight = [sys.executable, "-m", "liveinsight.cli"]
    with tempfile.TemporaryDirectory() as folder:
        options = ["--data", folder, "--timezone", ZONE]
        seed = ["seed", "--events", "80000", "--days", "60", "--site", SITE]
        subprocess.run([*liveinsight, *seed, *options], check=True)
        environment = {**os.environ, "LIVEINSIGHT_ADMIN_TOKEN": TOKEN, "LIVEINSIGHT_TRUSTED_PROXIES": "1"}
        with subprocess.Popen(
            [*liveinsight, "serve", "--port", "0", *options], env=environment, stdout=subprocess.PIPE, text=True
        ) as server:
            address = re.search(r"http://\S+", server.stdout.readline() if server.stdout else "")
            if address is None:
                sys.exit("The server did not start.")
            _prepare(address[0])
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
                for picture in TAKEN:
                    _take(browser, address[0], picture)
                browser.close()
            server.terminate()


def _take(browser: Browser, address: str, picture: Picture) -> None:
    page = browser.new_page(
        viewport={"width": picture.width, "height": picture.height},
        device_scale_factor=1,
        locale=picture.locale,
        timezone_id=ZONE,
        color_scheme=picture.scheme,
    )
    page.goto(f"{address}login?token={TOKEN}")
    page.goto(f"{address}#/{picture.view}")
    page.wait_for_timeout(SETTLED)
    path = PICTURES / f"{picture.name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path)
    page.close()
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KB")


def _prepare(address: str) -> None:
    """A saved funnel, and some visitors there now: their events come in over the collector, as from a site."""
    rng = Random(7)  # noqa: S311  made-up traffic
    now = time.time_ns() // 1_000_000
    arriving = []
    for number in range(60):
        visitor = person("picture", number)
        events = visit(rng, visitor, SITE, f"picture-{number}", rng.randint(2, 9), leaves=False)
        begin = now - events[-1]["timestamp"] - int(rng.triangular(0, 25 * 60_000, 0))
        arriving += [(begin + event["timestamp"], event, visitor) for event in events]
    with httpx.Client(base_url=address) as http:
        http.post("api/funnels", json=FUNNEL, headers={"Authorization": f"Bearer {TOKEN}"}).raise_for_status()
        for timestamp, event, visitor in sorted(arriving, key=lambda each: each[0]):
            headers = {"User-Agent": visitor.user_agent, "CF-IPCountry": visitor.country}
            http.post("api/events", json={**event, "timestamp": timestamp}, headers=headers)


if __name__ == "__main__":
    main()
