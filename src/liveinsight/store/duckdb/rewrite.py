"""The second half of reprocessing: what `survey` found is written, all of it or nothing.

One transaction appends every event again, in the order of their numbers, and deletes the rows before them; the sessions
of those that changed are folded anew. So events stay in order of arrival, which is what makes questions about a period
quick. It goes part by part: memory does not grow with the events.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from liveinsight.store.duckdb.refold import fold_chains
from liveinsight.store.duckdb.rows import EVENT_COLUMNS
from liveinsight.store.duckdb.tables import MERGE_LEDGER
from liveinsight.store.reprocessing import Move, Moved, ledger_changes

if TYPE_CHECKING:
    import duckdb

    from liveinsight.store.base import Progress

_EVENTS_A_PART = 100_000
_BOTH = "(SELECT seq, site_id, received_at FROM events UNION ALL SELECT seq, site_id, received_at FROM filtered_events)"
# A purge since the survey may have taken some; duplicates do not come back.
_FORGET_GONE = f"""
    DELETE FROM moving WHERE NOT EXISTS (FROM {_BOTH} AS there WHERE there.seq = moving.seq);
    DELETE FROM derived WHERE NOT EXISTS (FROM events WHERE events.seq = derived.seq)
        AND NOT EXISTS (FROM moving WHERE moving.seq = derived.seq AND outcome = 'stored')
"""
_CHAINS = """
    CREATE TEMP TABLE chains AS
    SELECT site_id, session_id FROM derived UNION SELECT site_id, session_id FROM events SEMI JOIN moving USING (seq)
"""
_MOVES = f"""
    SELECT site_id, received_at - received_at % 3600000 AS hour, was, was_reason, outcome, reason, count(*)
    FROM moving JOIN {_BOTH} USING (seq) GROUP BY ALL ORDER BY ALL
"""
_LEDGER_NOW = f"""
    SELECT site_id, hour, outcome, reason, events FROM ledger
    SEMI JOIN (SELECT site_id, received_at - received_at % 3600000 AS hour FROM moving JOIN {_BOTH} USING (seq))
    USING (site_id, hour)
"""
_KEEP = f"""
    INSERT INTO filtered_events (reason, {EVENT_COLUMNS})
    SELECT reason, {EVENT_COLUMNS} FROM events JOIN moving USING (seq) WHERE was = 'stored'
"""
_REFILTER = """
    UPDATE filtered_events SET reason = moving.reason FROM moving
    WHERE filtered_events.seq = moving.seq AND moving.was = 'filtered' AND moving.outcome = 'filtered'
"""
_LET_GO = "DELETE FROM filtered_events WHERE seq IN (SELECT seq FROM moving WHERE outcome <> 'filtered')"
_SPAN = """
    SELECT min(seq), max(seq) + 1, max(row)
    FROM (SELECT seq, rowid AS row FROM events UNION ALL SELECT seq, -1 FROM derived)
"""
_TO_FOLD = "SELECT count(*) FROM events SEMI JOIN chains USING (site_id, session_id)"
_IN_PART = "WHERE seq >= $start AND seq < $end"
_APPEND_AGAIN = f"""
    INSERT INTO events ({EVENT_COLUMNS})
    SELECT * FROM (
        SELECT {EVENT_COLUMNS} FROM events
        ANTI JOIN (SELECT seq FROM derived {_IN_PART} UNION ALL SELECT seq FROM moving {_IN_PART}) USING (seq)
        {_IN_PART}
        UNION ALL
        SELECT {EVENT_COLUMNS} FROM derived {_IN_PART}
    )
    ORDER BY seq
"""


def rewrite(connection: duckdb.DuckDBPyConnection, now: int, progress: Progress, *, keep_filtered: bool) -> None:
    """Write what the survey on this connection found. Everything recorded must be in the tables and folded."""
    connection.execute(_FORGET_GONE)
    connection.execute(_CHAINS)
    connection.begin()
    try:
        _move_in_ledger(connection)
        if keep_filtered:
            connection.execute(_KEEP)
        if _number(connection, "SELECT count(*) FROM chains"):
            _write_events(connection, now, progress)
        connection.execute(_REFILTER)
        connection.execute(_LET_GO)
        connection.commit()
    except BaseException:
        with suppress(Exception):  # it was rolled back already, or the database is gone
            connection.rollback()
        raise


def _move_in_ledger(connection: duckdb.DuckDBPyConnection) -> None:
    found = connection.execute(_MOVES).fetchall()
    moves = [Moved(site_id, hour, Move(*move), events) for site_id, hour, *move, events in found]
    ledger = {tuple(key): events for *key, events in connection.execute(_LEDGER_NOW).fetchall()}
    changes = [(*key, events) for key, events in ledger_changes(ledger, moves).items()]
    if changes:
        appender = connection.appender("ledger_new")
        appender.append_rows(changes)
        appender.flush()
    connection.execute(MERGE_LEDGER)
    connection.execute("DELETE FROM ledger_new; DELETE FROM ledger WHERE events = 0")


def _write_events(connection: duckdb.DuckDBPyConnection, now: int, progress: Progress) -> None:
    first, end, last_row = connection.execute(_SPAN).fetchall()[0]
    events = end - first
    total = events + _number(connection, _TO_FOLD)
    for start in range(first, end, _EVENTS_A_PART):
        connection.execute(_APPEND_AGAIN, {"start": start, "end": start + _EVENTS_A_PART})
        progress(min(start + _EVENTS_A_PART, end) - first, total)
    connection.execute("DELETE FROM events WHERE rowid <= $1", [last_row])
    fold_chains(connection, now, lambda folded: progress(min(events + folded, total), total))
    progress(total, total)  # those that came in or left were counted wrongly


def _number(connection: duckdb.DuckDBPyConnection, question: str) -> int:
    number: int = connection.execute(question).fetchall()[0][0]
    return number
