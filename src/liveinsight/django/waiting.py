"""How long the collector waits for the store, and how many requests at once: the site's own pages want the threads."""

from __future__ import annotations

from threading import Semaphore
from typing import TYPE_CHECKING, Any, Self

from liveinsight.errors import StoreUnavailable
from liveinsight.store.silence import Silence

if TYPE_CHECKING:
    from liveinsight.collection import Collection

RETRY_AFTER_S = 10
_PATIENCE_S = 3.0
_AT_ONCE = 64  # under ASGI each request that waits has a thread of its own


class Waiting:
    """Requests that wait for the store: `with waiting:` takes a place. Raises StoreUnavailable when there is none."""

    def __init__(self) -> None:
        self._places = Semaphore(_AT_ONCE)
        self._silence = Silence()

    def __enter__(self) -> Self:
        self._silence.check()
        if not self._places.acquire(blocking=False):
            raise StoreUnavailable(retry_after=RETRY_AFTER_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._places.release()

    def answer(self, collection: Collection) -> dict[str, Any]:
        """As `Collection.answer`; raises StoreUnavailable also when it takes too long."""
        try:
            collection.recorded.result(_PATIENCE_S)
        except TimeoutError:  # it may be stored yet: events have ids, so sending them again is harmless
            self._silence.begin()
            raise StoreUnavailable(retry_after=RETRY_AFTER_S) from None
        self._silence.end()
        return collection.answer()
