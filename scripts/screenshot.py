"""Make the picture in the READMEs: the live page of made-up traffic, in a real browser.

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

import httpx
from playwright.sync_api import sync_playwright

from liveinsight.seed.people import person
from liveinsight.seed.visit import visit
from scripts.system_packages import find_browser

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "images" / "live.png"
WIDTH, HEIGHT = 1280, 860
TOKEN = "for-the-picture"  # noqa: S105  of a server that lives for some seconds


def main() -> None:
    """Seed, serve, look, keep."""
    liveinsight = [sys.executable, "-m", "liveinsight.cli"]
    with tempfile.TemporaryDirectory() as folder:
        options = ["--data", folder, "--timezone", "Asia/Seoul"]
        subprocess.run(
            [*liveinsight, "seed", "--events", "40000", "--days", "3", "--site", "shop.example", *options], check=True
        )
        environment = {**os.environ, "LIVEINSIGHT_ADMIN_TOKEN": TOKEN}
        with subprocess.Popen(
            [*liveinsight, "serve", "--port", "0", *options], env=environment, stdout=subprocess.PIPE, text=True
        ) as server:
            address = re.search(r"http://\S+", server.stdout.readline() if server.stdout else "")
            if address is None:
                sys.exit("The server did not start.")
            _take(address[0])
            server.terminate()
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size // 1024} KB")


def _take(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale="en-GB", timezone_id="Asia/Seoul")
        page.goto(f"{address}login?token={TOKEN}")
        _visit(address)
        page.wait_for_timeout(2500)  # the sessions table follows every two seconds
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURE)
        browser.close()


def _visit(address: str) -> None:
    """Some visitors, there now: their events come in over the collector, as from a site."""
    rng = Random(7)  # noqa: S311  made-up traffic
    now = time.time_ns() // 1_000_000
    arriving = []
    for number in range(40):
        visitor = person("picture", number)
        events = visit(rng, visitor, "shop.example", f"picture-{number}", rng.randint(2, 9), leaves=False)
        begin = now - events[-1]["timestamp"] - rng.randrange(60_000)
        arriving += [(begin + event["timestamp"], event, visitor.user_agent) for event in events]
    with httpx.Client() as http:
        for timestamp, event, user_agent in sorted(arriving, key=lambda each: each[0]):
            body = {**event, "timestamp": timestamp}
            http.post(f"{address}api/events", json=body, headers={"User-Agent": user_agent})


if __name__ == "__main__":
    main()
