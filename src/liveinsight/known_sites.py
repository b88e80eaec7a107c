"""The sites that have stored events, without asking the store each time."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class KnownSites:
    """Asks `load` for the sites once, and is told of new ones from then on."""

    def __init__(self, load: Callable[[], Iterable[str]]) -> None:
        self._load = load
        self._lock = Lock()
        self._names: frozenset[str] = frozenset()
        self._is_complete = False

    def add(self, sites: set[str]) -> None:
        """Events of these sites were stored."""
        if not self._names.issuperset(sites):
            with self._lock:
                self._names |= sites

    def names(self) -> frozenset[str]:
        """All of them."""
        if not self._is_complete:
            # The lock is not held while the store answers: it may be waiting for the thread that adds.
            self.add(set(self._load()))
            self._is_complete = True
        return self._names
