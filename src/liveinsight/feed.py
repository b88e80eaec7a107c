"""The live feed: what was just stored, handed to whoever listens in this process."""

from __future__ import annotations

from collections import deque
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.models.events import StoredEvent

    Listener = Callable[[list[StoredEvent]], None]

_KEPT = 1000


class Feed:
    """Listeners are called from the store's thread right after the commit: they must return at once and not raise."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._listeners: tuple[Listener, ...] = ()
        self._recent: deque[StoredEvent] = deque(maxlen=_KEPT)

    def publish(self, events: list[StoredEvent]) -> None:
        with self._lock:
            self._recent.extend(events)
            listeners = self._listeners
        for listener in listeners:
            listener(events)

    def listen(self, listener: Listener) -> list[StoredEvent]:
        """Start to listen; gives the latest events so far, oldest first: none is missed and none comes twice."""
        with self._lock:
            self._listeners = (*self._listeners, listener)
            return list(self._recent)

    def leave(self, listener: Listener) -> None:
        with self._lock:
            self._listeners = tuple(each for each in self._listeners if each != listener)
