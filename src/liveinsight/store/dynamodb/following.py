"""Folding what comes, until told to stop: `liveinsight aggregate`, or a thread of the server."""

from __future__ import annotations

import logging
import time
from threading import Event, Thread
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from liveinsight.errors import StoreUnavailable
from liveinsight.store.dynamodb import leases
from liveinsight.store.dynamodb.failures import as_start_error, what_failed

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.store.dynamodb.worker import Worker

logger = logging.getLogger(__name__)

# From one look to the next: what a report may be behind, beside the work itself. Shorter ones would make more and
# smaller batches, each with writes of its own.
_ROUND_S = 0.25
_MANY = 500  # records: there is more, so look at once
_AFTER_FAILURE_S = 2.0


class Following:
    """Has a worker work, in threads of its own."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._stopped = Event()
        self._threads = [
            Thread(target=self._repeat, args=(work,), name=f"dynamodb-{name}", daemon=True)
            for name, work in (("aggregate", self._poll), ("leases", self._tend))
        ]

    def start(self) -> None:
        """Go on beside whatever else there is. Raises StartError when it may not read or share the stream."""
        with as_start_error():
            self._worker.tend()
        for each in self._threads:
            each.start()

    def _repeat(self, work: Callable[[], None]) -> None:
        """Until `stop`. What fails is logged and tried again: the stream keeps it for a day."""
        while not self._stopped.is_set():
            try:
                work()
            except (StoreUnavailable, ClientError, BotoCoreError) as error:
                logger.warning("the aggregator cannot go on, trying again: %s", what_failed(error))
                self._stopped.wait(_AFTER_FAILURE_S)
            except Exception:
                logger.exception("the aggregator failed: trying again")
                self._stopped.wait(_AFTER_FAILURE_S)

    def _poll(self) -> None:
        begun = time.monotonic()
        if self._worker.poll() < _MANY:
            self._stopped.wait(max(0.0, begun + _ROUND_S - time.monotonic()))

    def _tend(self) -> None:
        self._worker.due.wait(leases.BEAT_S)
        if not self._stopped.is_set():
            self._worker.tend()

    def stop(self) -> None:
        """Finish what has been read, give back the shards, and end."""
        self._stopped.set()
        self._worker.due.set()
        for each in self._threads:
            if each.is_alive():
                each.join()
        try:
            self._worker.stop()
        except (StoreUnavailable, ClientError, BotoCoreError) as error:
            logger.warning("the shards could not be given back, others take them soon: %s", what_failed(error))
