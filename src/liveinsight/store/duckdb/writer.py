"""The writer thread: the only one that changes the database, and the memory folded from it.

It takes whatever waits, without a fixed delay: one journal record a group, one fsync, then the answers. About once a
second it moves the journal into the tables. See `tables` for why a crash at any moment loses and doubles nothing.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, NamedTuple

from liveinsight.errors import LiveInsightError, QueueFull, StoreUnavailable
from liveinsight.stats.period import HOUR_MS
from liveinsight.store.base import DUPLICATE, STORED, Recorded
from liveinsight.store.duckdb.rows import Group
from liveinsight.store.promise import Promise

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.models.events import FilteredEvent, StoredEvent
    from liveinsight.store.base import Batch, Clock
    from liveinsight.store.duckdb.state import LedgerKey
    from liveinsight.store.duckdb.tables import Tables

logger = logging.getLogger(__name__)

GROUP_EVENTS = 2000  # events in one transaction at most, so that nobody waits long behind a crowd
_WRITE_SECONDS = 1.0
_WRITE_EVENTS = 2000  # written sooner when so many wait: the longer it takes, the later the next answer comes
_FLUSH_SECONDS = 5.0
_REOPEN_SECONDS = 0.5


class _Write(NamedTuple):
    batch: Batch
    done: Promise[Recorded]


class _Call(NamedTuple):
    function: Callable[[Tables], Any]
    done: Promise[Any]


class _Stop(NamedTuple):
    pass


class Writer:
    """Owns the `Tables`. Batches and calls are done in the order in which they came."""

    def __init__(self, open_tables: Callable[[], Tables], clock: Clock, queue_limit: int) -> None:
        self._open_tables = open_tables
        self._clock = clock
        self._queue_limit = queue_limit
        self._queue: SimpleQueue[_Write | _Call | _Stop] = SimpleQueue()
        self._lock = Lock()
        self._waiting = 0
        self._accepting = True
        self.tables: Tables | None = open_tables()
        self._written = self._flushed = time.monotonic()
        self._thread = Thread(target=self._run, name="liveinsight-writer", daemon=True)
        self._thread.start()

    def record(self, batch: Batch) -> Promise[Recorded]:
        """Queue a batch. Raises QueueFull, or StoreUnavailable while the database is closed."""
        done: Promise[Recorded] = Promise()
        with self._lock:
            if not self._accepting or self.tables is None:
                raise StoreUnavailable
            if self._waiting >= self._queue_limit:
                raise QueueFull
            self._waiting += _size(batch)
            self._queue.put(_Write(batch, done))
        return done

    def call(self, function: Callable[[Tables], Any]) -> Any:
        """Run something on the writer thread after all that came before, and give its result."""
        done: Promise[Any] = Promise()
        with self._lock:
            if not self._accepting or self.tables is None:
                raise StoreUnavailable
            self._queue.put(_Call(function, done))
        return done.result()

    def stop(self) -> None:
        """Finish what waits, flush, close the database. Calling it again is fine."""
        with self._lock:
            self._accepting = False
            self._queue.put(_Stop())
        self._thread.join()

    def _run(self) -> None:
        task: _Write | _Call | _Stop | None = None
        while not isinstance(task, _Stop):
            task = task or self._next()
            if isinstance(task, _Write):
                task = self._write(task)
            elif isinstance(task, _Call):
                self._do(task)
                task = None
            self._tidy()
        self._close()

    def _next(self) -> _Write | _Call | _Stop | None:
        try:
            return self._queue.get(timeout=max(0.0, self._written + _WRITE_SECONDS - time.monotonic()))
        except Empty:
            return None

    def _write(self, first: _Write) -> _Call | _Stop | None:
        """Commit `first` and the writes that wait behind it; gives the task that ended the group, if one did."""
        group, events, following = [first], _size(first.batch), None
        while events < GROUP_EVENTS:
            try:
                task = self._queue.get_nowait()
            except Empty:
                break
            if not isinstance(task, _Write):
                following = task
                break
            group.append(task)
            events += _size(task.batch)
        with self._lock:
            self._waiting -= events
        self._commit(group)
        return following

    def _commit(self, group: list[_Write]) -> None:
        if self.tables is None:
            _fail(group)
            return
        try:
            answers = commit([write.batch for write in group], self.tables)
        except Exception as error:  # noqa: BLE001  whatever it was, the file decides what happened: open it again
            _fail(group)
            self._give_up(error)
            return
        for write, answer in zip(group, answers, strict=True):
            write.done.set_result(answer)

    def _do(self, call: _Call) -> None:
        if self.tables is None:
            call.done.set_exception(StoreUnavailable())
            return
        try:
            result = call.function(self.tables)
        except LiveInsightError as error:
            call.done.set_exception(error)
        except Exception as error:  # noqa: BLE001  as above
            self._give_up(error)
            call.done.set_exception(StoreUnavailable())
        else:
            call.done.set_result(result)

    def _tidy(self) -> None:
        """Write and flush what is due; open the database again when it had to be closed."""
        now = time.monotonic()
        tables = self.tables
        due = now - self._written >= _WRITE_SECONDS
        if tables is None:
            if due:
                self._written = now
                self._reopen()
            return
        if not due and tables.unwritten < _WRITE_EVENTS:
            return
        self._written = now
        try:
            if now - self._flushed >= _FLUSH_SECONDS:
                self._flushed = now
                tables.flush(self._clock())
                tables.checkpoint_if_due()
            else:
                tables.write_events()
        except Exception as error:  # noqa: BLE001  as above
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        """The database is in doubt: close it. It is opened again in a moment; until then callers are told to retry."""
        logger.error("the store failed and is opened again", extra={"error": _sentence(error)})
        with self._lock:
            tables, self.tables = self.tables, None
        if tables is not None:
            with suppress(Exception):  # it failed already, and is let go of either way
                tables.close()
        self._written = time.monotonic() - _WRITE_SECONDS + _REOPEN_SECONDS

    def _reopen(self) -> None:
        try:
            tables = self._open_tables()
        except Exception as error:  # noqa: BLE001  the next try may do better; a writer that is gone cannot
            logger.warning("the store cannot be opened yet", extra={"error": _sentence(error)})
            return
        with self._lock:
            self.tables = tables
        logger.info("the store is open again")

    def _close(self) -> None:
        if self.tables is None:
            return
        try:
            self.tables.flush(self._clock())
            self.tables.connection.execute("CHECKPOINT")
        except Exception as error:  # noqa: BLE001  journal and log hold everything: the next start reads them
            logger.warning("the store was closed without tidying up", extra={"error": _sentence(error)})
        self.tables.close()


def _size(batch: Batch) -> int:
    """What a batch takes of the queue: its events, and something if all of them were refused."""
    return len(batch.events) + len(batch.kept) or 1


def commit(batches: list[Batch], tables: Tables) -> list[Recorded]:
    """Store the new events of several batches as one group. One answer a batch."""
    events = [event for batch in batches for event in batch.events]
    known = tables.known.duplicates(events, tables.connection) if events else set()
    answers = []
    fresh: list[StoredEvent] = []
    counts: Counter[LedgerKey] = Counter()
    kept: list[FilteredEvent] = []
    for batch in batches:
        stored = []
        for event in batch.events:
            key = (event.site_id, event.event_id)
            outcome = DUPLICATE if key in known else STORED
            counts[event.site_id, _hour(event.received_at), outcome, ""] += 1
            if outcome == STORED:
                known.add(key)
                stored.append(event)
        for site_id, outcome, reason, refused in batch.refused:
            counts[site_id, _hour(batch.received_at), outcome, reason] += refused
        fresh += stored
        kept += batch.kept
        answers.append(Recorded(stored, len(batch.events) - len(stored)))
    if counts:
        tables.append(Group(fresh, counts, kept))
    return answers


def _hour(at: int) -> int:
    return at - at % HOUR_MS


def _fail(group: list[_Write]) -> None:
    for write in group:
        write.done.set_exception(StoreUnavailable())


def _sentence(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).splitlines()[0][:200]}" if str(error) else type(error).__name__
