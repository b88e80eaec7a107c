"""Helpers for filtered events that are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from liveinsight.ingest.outcome import FILTERED, Tally
from liveinsight.models.events import FilteredEvent
from liveinsight.stats.filtered import FilteredEvents
from tests.factories import THAT_DAY, batch

if TYPE_CHECKING:
    from liveinsight.models.events import StoredEvent
    from liveinsight.store.base import Store


def keep(
    store: Store,
    reason: str,
    *events: StoredEvent,
    received_at: int | None = None,
    stored: tuple[StoredEvent, ...] = (),
) -> tuple[list[str], int]:
    """Record a request whose `events` were filtered for `reason` and are kept; gives what `put` gives."""
    request = batch(*events, *stored, received_at=received_at)
    kept = request.events[: len(events)]
    tallies = [Tally(each.site_id, FILTERED, reason, 1) for each in kept]
    request = request._replace(
        events=request.events[len(events) :], refused=tallies, kept=[FilteredEvent(reason, each) for each in kept]
    )
    recorded = store.record(request).result(timeout=60)
    return [each.event_id for each in recorded.stored], recorded.duplicates


def filtered(store: Store, **asked: Any) -> list[FilteredEvent]:
    """The kept events of the day of `NOON`, of all sites if nothing else is asked."""
    return store.run(FilteredEvents(**{"site_id": None, "period": THAT_DAY, **asked}))
