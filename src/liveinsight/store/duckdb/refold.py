"""Sessions folded anew from the events of their chains, one chain after the other."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from liveinsight.models.sessions import SESSION_GAP_MS, Session, fold
from liveinsight.store.duckdb.rows import FOLD_COLUMNS, append, read_for_fold, session_row
from liveinsight.store.duckdb.state import HOLD_MS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import duckdb

    from liveinsight.models.events import StoredEvent
    from liveinsight.store.duckdb.rows import SqlRow

_ROWS = 10_000  # at a time
_SORTED = f"""
    CREATE TEMP TABLE folding AS
    SELECT row_number() OVER () AS place, * FROM (
        SELECT {FOLD_COLUMNS} FROM events SEMI JOIN chains USING (site_id, session_id)
        ORDER BY site_id, session_id, timestamp, event_id
    )
"""


def fold_chains(connection: duckdb.DuckDBPyConnection, now: int, progress: Callable[[int], None]) -> None:
    """Replace the session rows of `chains`, a table of (site_id, session_id), by what their events make."""
    connection.execute(_SORTED)
    rows: dict[str, list[SqlRow]] = {"sessions": [], "active_sessions": []}
    for table in rows:
        connection.execute(f"DELETE FROM {table} USING chains WHERE {_same_chain(table)}")
    for chain in _chains(map(read_for_fold, _rows(connection, progress))):
        finished = now - chain[-1].last_activity > HOLD_MS
        rows["sessions" if finished else "active_sessions"] += map(session_row, chain)
        _append(connection, rows, _ROWS)
    _append(connection, rows, 1)
    connection.execute("DROP TABLE folding")


def _same_chain(table: str) -> str:
    return f"{table}.site_id = chains.site_id AND {table}.session_id = chains.session_id"


def _chains(events: Iterable[StoredEvent]) -> Iterator[list[Session]]:
    """The sessions of each chain, from events in order of chain and time."""
    for _, chain in groupby(events, key=lambda event: (event.site_id, event.session_id)):
        sessions: list[Session] = []
        for event in chain:
            if sessions and event.timestamp - sessions[-1].last_activity <= SESSION_GAP_MS:
                sessions[-1] = fold(sessions[-1], event)
            else:
                sessions.append(fold(None, event))
        yield sessions


def _rows(connection: duckdb.DuckDBPyConnection, progress: Callable[[int], None]) -> Iterator[SqlRow]:
    """The rows in order. Page by page: between them the connection writes."""
    start = 1
    page = f"SELECT {FOLD_COLUMNS} FROM folding WHERE place >= $1 AND place < $2 ORDER BY place"
    while rows := connection.execute(page, [start, start + _ROWS]).fetchall():
        yield from rows
        progress(start - 1 + len(rows))
        start += _ROWS


def _append(connection: duckdb.DuckDBPyConnection, rows: dict[str, list[SqlRow]], at_least: int) -> None:
    for table, waiting in rows.items():
        if len(waiting) >= at_least:
            append(connection, table, waiting)
            waiting.clear()
