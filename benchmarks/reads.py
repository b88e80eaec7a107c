"""`reads`: how long a report takes, after something happened on the site and when nothing has."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from benchmarks.servers import liveinsight
from benchmarks.table import percentile, show

if TYPE_CHECKING:
    import httpx

EVENTS = 100_000
DAYS = 30
_SITE = "demo.example"  # where `liveinsight seed` puts its visits
_FEWEST_CALLS = 5
_MAX_CALLS = 200
_REPORTS = {
    "stats, 30 days": "/api/stats?period=30d",
    "stats, 24 hours": "/api/stats?period=24h",
    "hourly, 24 hours": "/api/statistics/hourly/?hours=24",
    "hourly, 30 days": "/api/statistics/hourly/?hours=720",
    "pages, all": "/api/statistics/pages/",
    "realtime": "/api/realtime",
    "active sessions": "/api/sessions/active/",
}


def measure(seconds: float) -> dict[str, Any]:
    """Ask each report again and again; print; give the figures."""
    with liveinsight(seed_events=EVENTS, seed_days=DAYS) as server, server.reader() as client:
        found = client.get("/api/sites").raise_for_status().json()["data"]["sites"]
        reports = {name: _time(client, path, seconds / len(_REPORTS)) for name, path in _REPORTS.items()}
        memory = server.peak_memory_mb()
    show(
        ["report", "calls", "p50 ms", "p99 ms", "unchanged, p50 ms"],
        [
            [name, str(each["calls"]), *(f"{each[of]:.1f}" for of in ("p50_ms", "p99_ms", "unchanged_p50_ms"))]
            for name, each in reports.items()
        ],
    )
    print(f"{found[0]['events']:,} events over {DAYS} days. Peak memory {memory:.0f} MB.")
    return {"events": found[0]["events"], "days": DAYS, "reports": reports, "peak_memory_mb": memory}


def _time(client: httpx.Client, path: str, seconds: float) -> dict[str, Any]:
    path += f"{'&' if '?' in path else '?'}site_id={_SITE}"
    client.get(path).raise_for_status()
    waits: list[float] = []
    unchanged: list[float] = []
    until = time.monotonic() + seconds
    while len(waits) < _FEWEST_CALLS or (time.monotonic() < until and len(waits) < _MAX_CALLS):
        _visit(client)  # or the answer is known already
        waits.append(_ask(client, path))
        unchanged.append(_ask(client, path))
    return {
        "calls": len(waits),
        "p50_ms": percentile(waits, 50),
        "p99_ms": percentile(waits, 99),
        "unchanged_p50_ms": percentile(unchanged, 50),
    }


def _ask(client: httpx.Client, path: str) -> float:
    begun = time.perf_counter()
    client.get(path).raise_for_status()
    return (time.perf_counter() - begun) * 1000


def _visit(client: httpx.Client) -> None:
    event = {"session_id": "reader", "event_type": "page_view", "page_url": f"https://{_SITE}/"}
    client.post("/api/events", json={**event, "timestamp": time.time_ns() // 1_000_000}).raise_for_status()
