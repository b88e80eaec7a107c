"""The sites that have stored events, without asking the store each time."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from liveinsight.models.events import StoredEvent


class KnownSites:
    """Asks `load` for the sites once, and is told of new ones from then on."""

    def __init__(self, load: Callable[[], Iterable[str]]) -> None:
        self._load = load
        self._lock = Lock()
        self._names: frozenset[str] = frozenset()
        self._latest: dict[str, int] = {}
        self._is_complete = False
        self._forgotten = 0

    def add(self, events: list[StoredEvent]) -> None:
        """These events were stored."""
        sites = {each.site_id for each in events}
        self._know(sites)
        received_at = events[-1].received_at  # of one request: all at once
        for site_id in sites:
            self._latest[site_id] = max(received_at, self._latest.get(site_id, 0))

    def forget(self) -> None:
        """Some may have nothing left, or something now: ask for them again."""
        with self._lock:
            self._names, self._is_complete = frozenset(), False
            self._forgotten += 1

    def names(self) -> frozenset[str]:
        """All of them."""
        if self._is_complete:
            return self._names
        forgotten = self._forgotten
        # The lock is not held while the store answers: it may be waiting for the thread that adds.
        found = frozenset(self._load())
        with self._lock:
            if forgotten == self._forgotten:  # else what was found may be gone
                self._names |= found
                self._is_complete = True
            return self._names | found

    def latest(self, site_id: str) -> int:
        """When the latest event of a site arrived since the start, ms; 0 when none did."""
        return self._latest.get(site_id, 0)

    def _know(self, sites: set[str]) -> None:
        if not self._names.issuperset(sites):
            with self._lock:
                self._names |= sites
