"""Speed counts only when every accepted event is there, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.machine import BenchmarkError
from benchmarks.wrk import SITE

if TYPE_CHECKING:
    from benchmarks.servers import Server

_HOUR_MS = 3_600_000


def require_all_counted(server: Server, accepted: int, since: float, site: str = SITE) -> None:
    """Raises BenchmarkError unless ledger and `events` metric both say `accepted`. `since` is in seconds."""
    start = int(since * 1000) // _HOUR_MS * _HOUR_MS
    period = {"from": start, "to": start + 48 * _HOUR_MS}
    with server.reader() as client:
        ledger = client.get("/api/ledger", params={"site_id": site, **period}).raise_for_status().json()
        question = {"site_id": site, "metrics": ["events"], **period}
        answer = client.post("/api/query", json=question).raise_for_status().json()
    line = ledger["data"]["total"]
    counted = {"ledger": line["stored"], "events": answer["data"]["rows"][0]["metrics"][0]}
    if set(counted.values()) != {accepted} or line["received"] != accepted:
        msg = (
            f"EVENTS WERE LOST OR DOUBLED: {accepted} accepted, but the ledger has {counted['ledger']} stored of"
            f" {line['received']} received, and the store counts {counted['events']}."
        )
        raise BenchmarkError(msg)
