"""Folding what comes, until told to stop: `liveinsight aggregate`, or a thread of the server."""

from __future__ import annotations

import logging
from threading import Event, Thread
from typing import TYPE_CHECKING

from liveinsight.errors import StoreUnavailable

if TYPE_CHECKING:
    from liveinsight.store.dynamodb.stream import Stream

logger = logging.getLogger(__name__)

_PAUSE_S = 0.25  # between two looks when there is nothing: what a report may be behind, beside the work itself
_AFTER_FAILURE_S = 2.0


class Following:
    """Follows a stream. `run` in this thread, or `start` another one."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._stopped = Event()
        self._thread = Thread(target=self.run, name="dynamodb-aggregate", daemon=True)

    def start(self) -> None:
        """Go on beside whatever else there is."""
        self._thread.start()

    def run(self) -> None:
        """Until `stop`. What fails is logged and tried again: the stream keeps it for a day."""
        while not self._stopped.is_set():
            try:
                pause = 0.0 if self._stream.poll() else _PAUSE_S
            except StoreUnavailable:
                logger.warning("DynamoDB does not keep up: trying again")
                pause = _AFTER_FAILURE_S
            except Exception:
                logger.exception("the aggregator failed: trying again")
                pause = _AFTER_FAILURE_S
            if pause:
                self._stopped.wait(pause)

    def stop(self) -> None:
        """Finish what has been read, and end."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()
