"""Stores that do not answer as they should."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from liveinsight.errors import StoreUnavailable
from liveinsight.store.memory import MemoryStore
from liveinsight.store.promise import Promise

if TYPE_CHECKING:
    from liveinsight.store.base import Batch, Recorded


class HangingStore(MemoryStore):
    """Takes events, and does not say what became of them, until it is woken."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self._hangs = True
        self._answering = Lock()
        self._waiting: list[Promise[Recorded]] = []

    def record(self, batch: Batch) -> Promise[Recorded]:
        with self._answering:
            self.asked += 1
            if self._hangs:
                self._waiting.append(Promise())
                return self._waiting[-1]
        return super().record(batch)

    def wake(self) -> None:
        """Tell those who wait that it was not taken, and take what comes."""
        with self._answering:
            self._hangs = False
            waiting, self._waiting = self._waiting, []
        for each in waiting:
            each.set_exception(StoreUnavailable())
