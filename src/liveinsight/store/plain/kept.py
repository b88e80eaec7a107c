"""Filtered events that were kept, to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.models.events import FilteredEvent

if TYPE_CHECKING:
    from liveinsight.stats.filtered import FilteredEvents
    from liveinsight.store.plain.reprocess import Arrival


def filtered_events(question: FilteredEvents, arrivals: list[Arrival]) -> list[FilteredEvent]:
    """The latest filtered events."""
    start, end = question.period
    found = [
        FilteredEvent(kept_for, event)
        for kept_for, event in arrivals
        if kept_for is not None and start <= event.received_at < end and question.site_id in {None, event.site_id}
    ]
    found.sort(key=lambda each: (-each.event.received_at, each.event.site_id, each.event.event_id, each.reason))
    return found[: question.limit]
