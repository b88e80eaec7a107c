"""Batches in groups: one thread takes whatever waits, and has it written together.

So requests are answered in their order, and small ones share what writing costs.
"""

from __future__ import annotations

from math import inf
from queue import SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from liveinsight.errors import QueueFull, StoreUnavailable
from liveinsight.store.base import Recorded
from liveinsight.store.promise import Promise

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.store.base import Batch

    Write = Callable[[list[Batch]], list[Recorded | BaseException]]  # what became of each

_GROUP = 400  # events that fill a group: so many can be in flight at once


class Request(NamedTuple):
    """A batch, who waits for it, and since when (by `monotonic`)."""

    batch: Batch
    promise: Promise[Recorded]
    since: float

    @property
    def weight(self) -> int:
        return len(self.batch.events) + len(self.batch.kept) + 1


class Groups:
    """Takes batches for `write`. Any thread may call; no more than `limit` events wait.

    `patience`: how long (s) a batch may wait for its turn. Whoever waits longer is to come again: when each group takes
    as long as a store that does not answer, the last ones would wait for many times that.
    """

    def __init__(self, write: Write, limit: int, name: str, patience: float = inf) -> None:
        self._write_group = write
        self._limit = limit
        self._patience = patience
        self._waiting = 0
        self._lock = Lock()
        self._queue: SimpleQueue[Request | None] = SimpleQueue()
        self._is_closed = False
        self._thread = Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def take(self, batch: Batch) -> Promise[Recorded]:
        """See Store.record."""
        request = Request(batch, Promise(), monotonic())
        with self._lock:
            if self._is_closed:
                raise StoreUnavailable
            if self._waiting + request.weight > self._limit:
                raise QueueFull
            self._waiting += request.weight
            self._queue.put(request)
        return request.promise

    def close(self) -> None:
        """Write what was taken."""
        with self._lock:
            if not self._is_closed:
                self._is_closed = True
                self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        while group := self._next_group():
            self._write([each for each in group if self._is_in_time(each)])
            with self._lock:
                self._waiting -= sum(request.weight for request in group)

    def _next_group(self) -> list[Request]:
        """What waits, up to a limit; waits itself for the first. Nothing when this is over."""
        group: list[Request] = []
        weight = 0
        while weight < _GROUP and not (group and self._queue.empty()):
            request = self._queue.get()
            if request is None:
                if group:
                    self._queue.put(None)
                break
            group.append(request)
            weight += request.weight
        return group

    def _is_in_time(self, request: Request) -> bool:
        if monotonic() - request.since <= self._patience:
            return True
        request.promise.set_exception(StoreUnavailable())
        return False

    def _write(self, group: list[Request]) -> None:
        if not group:
            return
        try:
            answers = self._write_group([each.batch for each in group])
        except BaseException as error:  # noqa: BLE001  whoever waits gets it
            for each in group:
                each.promise.set_exception(error)
            return
        for each, answer in zip(group, answers, strict=True):
            if isinstance(answer, Recorded):
                each.promise.set_result(answer)
            else:
                each.promise.set_exception(answer)
