"""Step `clock`: repair the sender's clock; refuse what is too old."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.ingest.outcome import Refusal, rejected

if TYPE_CHECKING:
    from liveinsight.ingest.draft import Draft

MAX_AGE_MS = 7 * 24 * 60 * 60 * 1000
MAX_AHEAD_MS = 5 * 60 * 1000
AHEAD = "ahead"  # kept with an event whose own time was unusable
TOLERANCE_MS = 10_000  # less is the time that requests take, which must not turn the order of events around
_SECONDS_UNTIL = 10_000_000_000  # a present time in seconds is below this, in milliseconds above


def repair_clock(draft: Draft) -> Refusal | None:
    """Add received minus sent when the clock is off by more than the tolerance.

    Then at most 7 days back, and more than 5 minutes ahead becomes the time of receipt.
    """
    received_at = draft.delivery.received_at
    timestamp = draft.event.timestamp
    if draft.sent_at is not None and abs(off := received_at - draft.sent_at) > TOLERANCE_MS:
        timestamp += off
    if received_at - timestamp > MAX_AGE_MS:
        hint = " (is it in seconds? it must be milliseconds)" if draft.event.timestamp < _SECONDS_UNTIL else ""
        return rejected("too_old", "timestamp", f"is more than 7 days ago{hint}")
    if timestamp - received_at > MAX_AHEAD_MS:
        timestamp = received_at
        draft.clock = AHEAD
    draft.timestamp = timestamp
    return None
