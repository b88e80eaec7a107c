"""Filtered events that were kept, to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.models.events import FilteredEvent
from liveinsight.store.duckdb.rows import EVENT_COLUMNS, read_event

if TYPE_CHECKING:
    import duckdb

    from liveinsight.stats.filtered import FilteredEvents

_LATEST = f"""
    SELECT reason, {EVENT_COLUMNS} FROM filtered_events
    WHERE received_at >= $start AND received_at < $end AND ($site_id IS NULL OR site_id = $site_id)
    ORDER BY received_at DESC, site_id, event_id, reason, seq LIMIT $limit::BIGINT
"""


def filtered_events(question: FilteredEvents, cursor: duckdb.DuckDBPyConnection) -> list[FilteredEvent]:
    """The latest filtered events."""
    start, end = question.period
    asked = {"start": start, "end": end, "site_id": question.site_id, "limit": question.limit}
    return [FilteredEvent(reason, read_event(tuple(row))) for reason, *row in cursor.execute(_LATEST, asked).fetchall()]
