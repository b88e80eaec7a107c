"""Whether what is collected gets counted: read from what the workers tell, and kept for a moment.

A server stays healthy when nobody aggregates: it still takes events, and those are counted later.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

from liveinsight.store.dynamodb.leases import beats

if TYPE_CHECKING:
    from liveinsight.store.base import Clock
    from liveinsight.store.dynamodb.client import Client
    from liveinsight.store.dynamodb.leases import Beat

_KEPT_S = 5.0


class Health:
    """Any thread may ask, as often as it likes."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._lock = Lock()
        self._read_at = -_KEPT_S
        self._beats: list[Beat] = []

    def aggregation(self) -> dict[str, Any]:
        """The `aggregation` of /healthz. Raises StoreUnavailable."""
        with self._lock:
            if time.monotonic() - self._read_at >= _KEPT_S:
                self._beats = beats(self._client)
                self._read_at = time.monotonic()
            told = self._beats
        now = self._clock()
        alive = [each for each in told if each.until > now]
        lag = max((each.lag for each in alive), default=None)
        since = None if alive else max((each.at for each in told), default=None)
        return {
            "is_running": bool(alive),
            "lag_ms": lag,
            "workers": [{"worker": each.worker, "lag_ms": each.lag, "shards": each.shards} for each in alive],
            "idle_since": since,
            "message": _message(len(alive), lag, since),
        }


def _message(workers: int, lag: int | None, since: int | None) -> str:
    if workers:
        return f"{workers} aggregator{'s' if workers > 1 else ''} at work, {lag} ms behind."
    if since is None:
        return "No aggregator has been at work: start `liveinsight aggregate`, or nothing that is collected is counted."
    when = datetime.fromtimestamp(since / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return f"No aggregator has been at work since {when}: start `liveinsight aggregate`, or look why it stopped."
