"""Events that the site itself sends: taken without waiting, delivered by a thread, counted when they are refused."""

from __future__ import annotations

import atexit
import logging
import os
import time
from collections import Counter, deque
from threading import Condition, Thread
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic_core import to_json

from liveinsight.django import conf, running
from liveinsight.errors import InvalidInput, Retryable
from liveinsight.wire.collecting import delivery

if TYPE_CHECKING:
    from liveinsight.collection import Collection

logger = logging.getLogger(__name__)

_BATCH = 100  # deliveries on their way at once
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 30.0
_REPORT_EVERY_S = 60.0
_LAST_WORDS_S = 3.0  # at the end of the process

QUEUE_FULL = "queue_full"  # why an event was refused; the other reasons are the collector's codes


class Parcel(NamedTuple):
    """An event of a request. `headers` as in `requests.raw_headers`; `received_at` in ms."""

    event: dict[str, Any]
    headers: dict[bytes, bytes]
    address: str
    received_at: int


class Outbox:
    """A bounded queue and the thread that empties it; each process has one of its own."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._waiting: deque[Parcel] = deque()
        self._changed = Condition()
        self._thread: Thread | None = None
        self._busy = self._ending = False
        self.refused: Counter[str] = Counter()
        self._why: dict[str, str] = {}
        self._reported: Counter[str] = Counter()
        self._reported_at = -_REPORT_EVERY_S

    after_fork = _begin

    def put(self, parcel: Parcel) -> bool:
        """Take an event, unless as many wait as may; never waits. Tells whether it was taken."""
        with self._changed:
            is_taken = not self._ending and len(self._waiting) < conf.current().queue
            if is_taken:
                self._waiting.append(parcel)
                if self._thread is None:
                    self._thread = Thread(target=self._work, name="liveinsight-outbox", daemon=True)
                    self._thread.start()
                self._changed.notify_all()
        if not is_taken:
            self.refuse(QUEUE_FULL)
        return is_taken

    def refuse(self, reason: str, why: str = "", *, count: int = 1) -> None:
        """Count events that are not taken, or not kept; `why` is for the log, which hears of them once a minute."""
        with self._changed:
            self.refused[reason] += count
            if why:
                self._why[reason] = f"{reason} ({why})"
        self._report()

    def flush(self, seconds: float = 10.0) -> bool:
        """Wait until everything is delivered or refused; False when it took longer."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting and not self._busy, seconds)

    def end(self) -> None:
        """Deliver what waits, for a short while, and take nothing more."""
        if self._thread is None:
            return
        self.flush(_LAST_WORDS_S)
        with self._changed:
            self._ending = True
            self.refused["process_ended"] += len(self._waiting)
            self._waiting.clear()
            self._changed.notify_all()
        self._report(at_once=True)

    def _work(self) -> None:
        pause = _FIRST_PAUSE_S
        while True:
            with self._changed:
                self._busy = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._waiting or self._ending)
                if self._ending:
                    return
                batch = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
                self._busy = True
            left = self._deliver(batch)
            self._report()
            if not left:
                pause = _FIRST_PAUSE_S
                continue
            self._put_back(left)
            time.sleep(pause)
            pause = min(_LONGEST_PAUSE_S, 2 * pause)

    def _deliver(self, batch: list[Parcel]) -> list[Parcel]:
        """Send them; gives those that have to be sent again. Every event has an id, so that is harmless."""
        sent: list[tuple[Parcel, Collection]] = []
        left: list[Parcel] = []
        for parcel in batch:
            try:
                sent.append((parcel, _send(parcel)))
            except Retryable:
                left.append(parcel)
            except Exception:
                logger.exception("an event of the site could not be sent")
                self.refuse("error")
        for parcel, collection in sent:
            try:
                collection.answer()
            except Retryable:
                left.append(parcel)
            except InvalidInput as error:
                self.refuse(error.code, conf.told(error))
            except Exception:
                logger.exception("an event of the site could not be kept")
                self.refuse("error")
        return left

    def _put_back(self, parcels: list[Parcel]) -> None:
        with self._changed:
            room = max(0, conf.current().queue - len(self._waiting))
            self._waiting.extendleft(reversed(parcels[:room]))
        if parcels[room:]:
            self.refuse(QUEUE_FULL, count=len(parcels[room:]))

    def _report(self, *, at_once: bool = False) -> None:
        now = time.monotonic()
        with self._changed:
            is_time = at_once or now - self._reported_at >= _REPORT_EVERY_S
            if not is_time or not (news := self.refused - self._reported):
                return
            facts = ", ".join(f"{count} {self._why.get(reason, reason)}" for reason, count in sorted(news.items()))
            self._reported, self._reported_at = Counter(self.refused), now
        # Without the lock: a log may be slow, and a page that has an event does not wait.
        logger.warning("events of the site that were refused since the last such line: %s", facts)


def _send(parcel: Parcel) -> Collection:
    analytics = running.analytics()
    trusted = analytics.settings.trusted_proxies
    body = to_json(parcel.event)
    return analytics.collect(delivery(body, parcel.headers, parcel.address, parcel.received_at, trusted))


outbox = Outbox()

# Registered after `running`'s: what is registered last is called first, and the store is still open then.
atexit.register(outbox.end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=outbox.after_fork)
