"""When items go of themselves. Times are worked out per item, from the time of receipt or of the last activity.

Sessions and the ledger do not: how long they stay is a matter of their site and may change, so `purge` removes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.models.sessions import SESSION_GAP_MS
from liveinsight.stats.period import DAY_MS, HOUR_MS, MINUTE_MS
from liveinsight.store.dynamodb.schema import TTL

if TYPE_CHECKING:
    from liveinsight.settings import Settings
    from liveinsight.store.base import Clock

_NOTE_MS = 8 * DAY_MS  # far longer than a stream can bring it again (24 hours)
_FINISHED_MS = 2 * DAY_MS
_ACTIVE_MS = SESSION_GAP_MS + 10 * MINUTE_MS  # nobody is shown for longer, and who asks pays for all that are there


class Lifetimes:
    """`ttl` attributes by kind of item; empty for what is kept for ever."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._clock = clock
        self._events_ms = settings.raw_event_hours * HOUR_MS

    def of_event(self, received_at: int) -> dict[str, int]:
        """A raw event: as long as its id shall be known."""
        return _until(received_at, self._events_ms)

    def of_copied(self) -> dict[str, int]:
        """An event that another store had received: its id is known from now on, as if it came now."""
        return _until(self._clock(), self._events_ms)

    def of_note(self, received_at: int) -> dict[str, int]:
        """A note for the ledger."""
        return _until(received_at, _NOTE_MS)

    def of_emptied(self) -> dict[str, int]:
        """A batch, the mark of a note, a copy's note, what a purge emptied: as long as anybody may come with it."""
        return _until(self._clock(), _NOTE_MS)

    def of_finished(self) -> dict[str, int]:
        """The lease on a shard that was read to its end: longer than the stream tells of it. Workers look at all."""
        return _until(self._clock(), _FINISHED_MS)

    def is_over(self, until: int) -> bool:
        """Whether a moment (seconds since the epoch) has passed."""
        return until < self._clock() // 1000

    def of_active(self, last_activity: int) -> dict[str, int]:
        """An active session."""
        return _until(last_activity, _ACTIVE_MS)


def _until(at: int, ms: int) -> dict[str, int]:
    return {TTL: (at + ms) // 1000} if ms else {}
