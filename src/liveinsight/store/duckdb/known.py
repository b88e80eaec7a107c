"""Which event ids are stored already: the recent ones in memory, all others in the file."""

from __future__ import annotations

import re
from operator import attrgetter
from typing import TYPE_CHECKING

from liveinsight.ingest.clock import AHEAD, MAX_AGE_MS, MAX_AHEAD_MS
from liveinsight.models.events import DERIVED
from liveinsight.stats.period import MINUTE_MS

if TYPE_CHECKING:
    import duckdb

    from liveinsight.models.events import StoredEvent

    Key = tuple[str, str]

IN_MEMORY = 500_000  # ids a generation; two generations are kept, about 150 bytes an id
_KEY = attrgetter("site_id", "event_id")
_RECEIVED_AT = attrgetter("received_at")
_MADE_FOR_ONE = re.compile(rf"l[0-9a-z]{{8}}\.|[0-9a-f]{{8}}-[0-9a-f]{{4}}-7[0-9a-f]{{3}}-|{DERIVED}")
_MARGIN_MS = 2 * MINUTE_MS  # how long a request may have been on its way


class KnownIds:
    """The (site_id, event_id) of the events received since `_complete_from`, in two generations.

    An event cannot have been received before it happened. So an earlier copy of one that happened after
    `_complete_from` is in memory if it exists at all; for older events the file must be asked. That holds for ids made
    for one event: by the tracker (`l`, the time, a dot), as a UUID version 7, or by the pipeline from the content.
    Another id, such as an order's number, may come back whenever it likes: beyond memory, the file is asked for all of
    them.

    A generation is far larger than what ever waits to be written, so an id that memory has forgotten is in the file.
    """

    def __init__(self, limit: int = IN_MEMORY) -> None:
        self._limit = limit
        self._current: set[Key] = set()
        self._previous: set[Key] = set()
        self._latest_of_current = 0
        self._latest_of_previous = 0
        self._complete_from = 0

    def load(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Take in the latest ids of the file."""
        last = connection.execute("SELECT coalesce(max(seq), 0) FROM events").fetchall()[0][0]
        oldest = last - self._limit
        before = connection.execute("SELECT max(received_at) FROM events WHERE seq <= $1", [oldest]).fetchall()[0][0]
        self._complete_from = 0 if before is None else before + 1
        rows = connection.execute("SELECT site_id, event_id, received_at FROM events WHERE seq > $1", [oldest])
        for site_id, event_id, received_at in rows.fetchall():
            self._current.add((site_id, event_id))
            self._latest_of_current = max(self._latest_of_current, received_at)

    def duplicates(self, events: list[StoredEvent], connection: duckdb.DuckDBPyConnection) -> set[Key]:
        """Those of the events' keys that are stored."""
        keys = set(map(_KEY, events))
        known = (keys & self._current) | (keys & self._previous)
        old = [event for event in events if _received_from(event) < self._complete_from]
        if old:
            known |= _in_file([event for event in old if (event.site_id, event.event_id) not in known], connection)
        return known

    def add(self, events: list[StoredEvent]) -> None:
        """Remember events that were stored."""
        self._current.update(map(_KEY, events))
        self._latest_of_current = max(self._latest_of_current, *map(_RECEIVED_AT, events))
        if len(self._current) >= self._limit:
            if self._previous:
                self._complete_from = max(self._complete_from, self._latest_of_previous + 1)
            self._previous, self._latest_of_previous = self._current, self._latest_of_current
            self._current, self._latest_of_current = set(), 0


def _received_from(event: StoredEvent) -> int:
    """The earliest time at which a copy of this event can have been received."""
    if not _MADE_FOR_ONE.match(event.event_id):
        return 0
    if event.sent.get("clock") == AHEAD:  # its own time was unusable
        return event.received_at - MAX_AGE_MS - MAX_AHEAD_MS
    return event.timestamp - MAX_AHEAD_MS - _MARGIN_MS


def _in_file(events: list[StoredEvent], connection: duckdb.DuckDBPyConnection) -> set[Key]:
    if not events:
        return set()
    rows = connection.execute(
        "SELECT site_id, event_id FROM events WHERE received_at >= $1 AND event_id IN (SELECT unnest($2::VARCHAR[]))",
        [min(map(_received_from, events)), [event.event_id for event in events]],
    )
    return set(rows.fetchall())
