"""How many events each site has, and when the last one came: by the ledger, of which only the last hours are read."""

from __future__ import annotations

from collections import Counter
from threading import Lock
from typing import TYPE_CHECKING

from liveinsight.questions.period import EVER
from liveinsight.stats.period import HOUR_MS, Period
from liveinsight.store.base import STORED

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.store.base import LedgerRow

_OPEN_HOURS = 2  # before this one: so long may a request be on its way to the ledger


class SiteCounts:
    """Reads the whole ledger once, by `ledger`; then only the hours that may still change."""

    def __init__(self, ledger: Callable[[Period], list[LedgerRow]], clock: Callable[[], int]) -> None:
        self._ledger = ledger
        self._clock = clock
        self._lock = Lock()
        self._closed_until = 0
        self._closed = _Counts()
        self._is_wrong = False

    def arrived(self, received_at: int) -> None:
        """An event was stored. Takes no lock: `counted` may be waiting for this very thread."""
        if received_at < self._closed_until:  # the clock was set back
            self._is_wrong = True

    def forget(self) -> None:
        """Stored events were removed or moved."""
        self._is_wrong = True

    def counted(self) -> tuple[Counter[str], dict[str, int]]:
        """The stored events of each site, and the start (ms) of the last hour in which one was received."""
        with self._lock:
            if self._is_wrong:
                self._is_wrong = False
                self._closed_until, self._closed = 0, _Counts()
            now = self._clock()
            until = now - now % HOUR_MS - _OPEN_HOURS * HOUR_MS
            if until > self._closed_until:
                self._closed.add(self._ledger(Period(self._closed_until, until)))
                self._closed_until = until
            found = self._closed.copy()
            found.add(self._ledger(Period(self._closed_until, EVER.end)))
            return found.events, found.hours


class _Counts:
    def __init__(self) -> None:
        self.events: Counter[str] = Counter()
        self.hours: dict[str, int] = {}

    def copy(self) -> _Counts:
        copied = _Counts()
        copied.events, copied.hours = self.events.copy(), dict(self.hours)
        return copied

    def add(self, rows: list[LedgerRow]) -> None:
        for row in rows:
            if row.outcome == STORED:
                self.events[row.site_id] += row.events
                self.hours[row.site_id] = row.hour  # they come in order
