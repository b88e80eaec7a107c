"""The first half of reprocessing: what would change, without changing it. `rewrite` is the second."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from liveinsight.ingest.outcome import Refusal
from liveinsight.store.duckdb.rows import EVENT_COLUMNS, append, event_row, read_event
from liveinsight.store.reprocessing import Move, changed_fields, move_of, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from liveinsight.models.events import StoredEvent
    from liveinsight.store.base import Derive, Progress, Reprocessed
    from liveinsight.store.duckdb.rows import SqlRow

_ROWS = 10_000  # at a time: what memory holds of a table of any size
_TABLES = """
    CREATE TEMP TABLE derived AS SELECT * FROM events LIMIT 0;
    CREATE TEMP TABLE moving (seq BIGINT, was VARCHAR, was_reason VARCHAR, outcome VARCHAR, reason VARCHAR);
"""
# Of events with one id, the stored one stays; of kept ones that come back, the first that arrived is stored.
_FIND_DUPLICATES = """
    WITH back AS (
        SELECT seq, site_id, event_id FROM derived SEMI JOIN (FROM moving WHERE outcome = 'stored') USING (seq)
    ), known AS (
        SELECT site_id, event_id FROM events SEMI JOIN back USING (site_id, event_id) ANTI JOIN moving USING (seq)
    ), first AS (
        SELECT min(seq) AS seq FROM back ANTI JOIN known USING (site_id, event_id) GROUP BY site_id, event_id
    )
    UPDATE moving SET outcome = 'duplicates' WHERE outcome = 'stored' AND seq NOT IN (SELECT seq FROM first)
"""


class Survey:
    """What a reprocessing finds, in temporary tables of one connection. DuckDB moves those to the disk when they grow.

    `derived`: rows of `events` as they are to be, of those that change and of kept ones that come back. `moving`: the
    numbers of those, stored or kept, that go from one outcome and reason of the ledger to another.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self._seen = self._changed = 0
        self._fields: Counter[str] = Counter()
        connection.execute(_TABLES)

    def look(self, derive: Derive, progress: Progress) -> None:
        """Derive every event of the file, and every kept one."""
        reader = self.connection.cursor()  # one connection cannot write while its answer is being read
        try:
            counts = "SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM filtered_events)"
            total = reader.execute(counts).fetchall()[0][0]
            for rows in _batches(reader):
                self._look_at(rows, derive)
                progress(self._seen, total)
        finally:
            reader.close()

    def report(self) -> Reprocessed:
        """In numbers. Looks for duplicates first: events may have been recorded since."""
        self.connection.execute(_FIND_DUPLICATES)
        moves = self.connection.execute("SELECT * EXCLUDE seq, count(*) FROM moving GROUP BY ALL").fetchall()
        return report(self._seen, self._changed, self._fields, {Move(*move): events for *move, events in moves})

    def _look_at(self, rows: list[SqlRow], derive: Derive) -> None:
        derived, moving = [], []
        for kept_for, *row in rows:
            event = read_event(tuple(row))
            verdict = derive(event)
            self._seen += 1
            if move := move_of(kept_for, verdict):
                moving.append((row[0], *move))
            if not isinstance(verdict, Refusal) and (kept_for is not None or self._note(event, verdict)):
                derived.append(event_row(row[0], verdict))
        for table, found in (("derived", derived), ("moving", moving)):
            append(self.connection, table, found)

    def _note(self, before: StoredEvent, after: StoredEvent) -> bool:
        """Count what a stored event's change is; gives whether there is any."""
        if before == after:
            return False
        self._changed += 1
        self._fields.update(changed_fields(before, after))
        return True


def _batches(reader: duckdb.DuckDBPyConnection) -> Iterator[list[SqlRow]]:
    """Why it was filtered (None if it was not) and the EVENT_COLUMNS of every stored event, then of every kept one."""
    for table, reason in (("events", "NULL"), ("filtered_events", "reason")):
        reader.execute(f"SELECT {reason}, {EVENT_COLUMNS} FROM {table}")
        while rows := reader.fetchmany(_ROWS):
            yield rows
