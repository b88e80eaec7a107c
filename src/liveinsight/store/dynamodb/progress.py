"""What a worker's log says of its work: now and then, in numbers."""

from __future__ import annotations

import logging
import time
from math import inf
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from liveinsight.store.dynamodb.client import Item

logger = logging.getLogger(__name__)

_EVERY_S = 10.0


class Progress:
    """Counts what was folded since it was last told. Any thread may call."""

    def __init__(self, worker: str) -> None:
        self._worker = worker
        self._lock = Lock()
        self._records = 0
        self._events = 0
        self._told_at = -inf

    def add(self, images: Sequence[Item]) -> None:
        """These items of the events table are folded."""
        with self._lock:
            self._records += len(images)
            self._events += sum("events" in image for image in images)

    def tell(self, lag: int, *, last: bool = False) -> None:
        """Log it, unless there is nothing to say, or that was done a moment ago and this is not the `last` time."""
        now = time.monotonic()
        with self._lock:
            records, events = self._records, self._events
            if not (records or lag) or (now - self._told_at < _EVERY_S and not last):
                return
            self._records = self._events = 0
            self._told_at = now
        counts = {"worker": self._worker, "records": records, "events": events, "lag_ms": lag}
        logger.info("folded %d events of %d records, %d ms behind", events, records, lag, extra=counts)
