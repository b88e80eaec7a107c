"""Whether what is collected gets counted: read from what the workers tell, and kept for a moment.

A server stays healthy when nobody aggregates: it still takes events, and those are counted later.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

from liveinsight.errors import StoreUnavailable
from liveinsight.store.dynamodb.delivery import LAMBDA
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
        self._beats: list[Beat] | None = None

    def aggregation(self) -> dict[str, Any]:
        """The `aggregation` of /healthz. Raises StoreUnavailable."""
        with self._lock:
            if time.monotonic() - self._read_at >= _KEPT_S:
                self._beats = None
                try:
                    self._beats = beats(self._client)
                finally:  # who waited meanwhile does not try again: monitors come faster than DynamoDB gives up
                    self._read_at = time.monotonic()
            told = self._beats
        if told is None:
            raise StoreUnavailable
        now = self._clock()
        alive = [each for each in told if each.until > now]
        lag = max((each.lag for each in alive), default=None)
        last = None if alive else max(told, key=lambda each: each.at, default=None)
        since = last and last.at
        sleeps = last is not None and last.worker == LAMBDA
        return {
            "is_running": None if sleeps else bool(alive),
            "lag_ms": lag,
            "workers": [
                {"worker": each.worker, "lag_ms": each.lag, "shards": each.shards, "stuck": len(each.stuck)}
                for each in alive
            ],
            "idle_since": since,
            "message": _of_functions(since) if sleeps and since else _message(alive, lag, since),
        }


def _message(alive: list[Beat], lag: int | None, since: int | None) -> str:
    if alive:
        stuck = "".join(map(_stuck, alive))
        return f"{len(alive)} aggregator{'s' if len(alive) > 1 else ''} at work, {lag} ms behind.{stuck}"
    if since is None:
        return "No aggregator has been at work: start `liveinsight aggregate`, or nothing that is collected is counted."
    return (
        f"No aggregator has been at work since {_time(since)}: start `liveinsight aggregate`, or look why it stopped."
    )


def _stuck(beat: Beat) -> str:
    """Of sites this says nothing, as anybody may ask."""
    if not beat.stuck:
        return ""
    lanes = "1 lane stands" if len(beat.stuck) == 1 else f"{len(beat.stuck)} lanes stand"
    codes = ", ".join(sorted(set(beat.stuck)))
    return f" {lanes} still ({codes}): the log of the aggregator {beat.worker} says which, and what to do."


def _of_functions(since: int) -> str:
    return (
        f"Functions aggregate when something comes, the last time at {_time(since)}; the stream's own lag has an alarm."
    )


def _time(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
