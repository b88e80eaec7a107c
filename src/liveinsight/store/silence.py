"""Whether a store hangs: one request finds out, and no other waits for it.

A front end has few threads. If each of them waited for a store that takes calls and says nothing, it would have none
left for its own pages.
"""

from __future__ import annotations

from threading import Lock
from time import monotonic

from liveinsight.errors import StoreUnavailable

_ASK_EVERY_S = 5.0


class Silence:
    """What is known of the store; any thread may call."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._ask_at: float | None = None  # by `monotonic`; None: it answers

    def check(self) -> None:
        """Let a call pass, of a silent store only one every five seconds. Raises StoreUnavailable for the others."""
        with self._lock:
            if self._ask_at is None:
                return
            now = monotonic()
            if now < self._ask_at:
                raise StoreUnavailable(retry_after=round(_ASK_EVERY_S))
            self._ask_at = now + _ASK_EVERY_S

    def begin(self) -> None:
        """What is always quick had no answer in time."""
        with self._lock:
            self._ask_at = monotonic() + _ASK_EVERY_S

    def end(self) -> None:
        """The store answered something."""
        with self._lock:
            self._ask_at = None
