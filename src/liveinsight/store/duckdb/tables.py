"""The open tables with the memory folded from them: append events, flush what they changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.store.base import RECENT_MS, Purged
from liveinsight.store.duckdb.known import KnownIds
from liveinsight.store.duckdb.rows import EVENT_COLUMNS, event_row, read_event, read_session, session_row
from liveinsight.store.duckdb.state import State

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable

    import duckdb

    from liveinsight.models.events import StoredEvent
    from liveinsight.store.duckdb.state import Chain, LedgerKey

_REFOLD_ROWS = 10_000
_PURGED_SESSIONS = """
    CREATE TEMP TABLE purged AS SELECT site_id, session_id, started_at, last_activity
    FROM all_sessions WHERE last_activity < $1
"""
_PURGE_EVENTS = """
    DELETE FROM events USING purged WHERE events.site_id = purged.site_id AND events.session_id = purged.session_id
    AND events.timestamp BETWEEN purged.started_at AND purged.last_activity
"""


class Tables:
    """Everything about one open database. Used by the writer thread; readers use `state` and `cursor()`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, now: int) -> None:
        self.connection = connection
        self._readers = connection.cursor()
        self.state = State()
        self.known = KnownIds()
        self._events = connection.appender("events")
        self._ledger = connection.appender("ledger_new")
        self._seq = self._watermark = 0
        self._load(now)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own for one reader."""
        return self._readers.cursor()

    def append(self, events: list[StoredEvent], counts: Counter[LedgerKey]) -> None:
        """Events and ledger counts in one transaction; durable at the return, and then in memory too."""
        self.connection.begin()
        if events:
            self._events.append_rows([event_row(seq, event) for seq, event in enumerate(events, self._seq + 1)])
            self._events.flush()
        if counts:
            self._ledger.append_rows([(*key, number) for key, number in counts.items()])
            self._ledger.flush()
        self.connection.commit()
        self._seq += len(events)
        if events:
            self.known.add(events)
            with self.state.lock:
                self.state.add(events)

    def resolve(self) -> None:
        """Give the chains that are new in memory the earlier sessions that the file holds."""
        state = self.state
        if not state.unresolved:
            return
        keys = [(chain.sessions[0].site_id, chain.sessions[0].session_id) for chain in state.unresolved]
        rows = self.connection.execute(
            "SELECT * FROM sessions WHERE (site_id, session_id) IN"
            " (SELECT unnest($1::VARCHAR[]), unnest($2::VARCHAR[]))",
            [[site_id for site_id, _ in keys], [session_id for _, session_id in keys]],
        ).fetchall()
        with state.lock:
            state.unresolved = []
            for row in rows:
                state.join_earlier(read_session(row))

    def flush(self, now: int) -> None:
        """Write the sessions that changed and the ledger counts, and move the watermark, in one transaction."""
        self.resolve()
        state = self.state
        with state.lock:
            finished = state.take_finished(now)
            changed, state.dirty = state.dirty, []
            ledger, state.ledger = dict(state.ledger), type(state.ledger)()
        if not (changed or finished or ledger):
            return
        over = {id(chain) for chain in finished}
        self.connection.begin()
        self._rewrite([chain for chain in changed if id(chain) not in over], "active_sessions")
        self._rewrite(finished, "sessions")
        if ledger:
            self._ledger.append_rows([(*key, number) for key, number in ledger.items()])
            self._ledger.flush()
        self._merge_ledger()
        self.connection.execute("UPDATE watermark SET seq = $1", [self._seq])
        self.connection.commit()
        self._watermark = self._seq

    def is_flushed(self) -> bool:
        """Whether the tables show everything that is committed."""
        return self._watermark == self._seq and not self.state.unresolved and not self.state.ledger

    def purge(self, before: int, now: int) -> Purged:
        """See Store.purge. The memory is folded anew from what is left."""
        self.flush(now)
        con = self.connection
        con.begin()
        con.execute(_PURGED_SESSIONS, [before])
        events = con.execute(_PURGE_EVENTS).fetchall()[0][0]
        sessions = con.execute("SELECT count(*) FROM purged").fetchall()[0][0]
        for table in ("sessions", "active_sessions"):
            con.execute(f"DELETE FROM {table} WHERE last_activity < $1", [before])
        con.execute("DELETE FROM ledger WHERE hour + 3600000 <= $1", [before])
        con.execute("DROP TABLE purged")
        con.commit()
        state = State()
        state.lock = self.state.lock
        with state.lock:
            self.state = state
            self._load_state(now)
        self.known = KnownIds()
        self.known.load(con)
        con.execute("CHECKPOINT")
        return Purged(events, sessions)

    def close(self) -> None:
        """Let go of the file; what was committed stays."""
        del self._events, self._ledger  # they hold the connection
        for each in (self._readers, self.connection):
            each.close()

    def _rewrite(self, chains: list[Chain], table: str) -> None:
        """Replace the rows of chains, wherever they are, by rows in `table`."""
        for old in ("active_sessions", "sessions"):
            stale = [chain.sessions[0] for chain in chains if chain.rows_in == old]
            if stale:
                self.connection.execute(
                    f"DELETE FROM {old} WHERE (site_id, session_id) IN"
                    " (SELECT unnest($1::VARCHAR[]), unnest($2::VARCHAR[]))",
                    [[session.site_id for session in stale], [session.session_id for session in stale]],
                )
        rows = [session_row(session) for chain in chains for session in chain.sessions]
        if rows:
            appender = self.connection.appender(table)
            appender.append_rows(rows)
            appender.flush()
        for chain in chains:
            chain.rows_in = table
            chain.dirty = False

    def _merge_ledger(self) -> None:
        self.connection.execute("""
            MERGE INTO ledger USING (
                SELECT site_id, hour, outcome, reason, sum(events)::BIGINT AS events FROM ledger_new GROUP BY ALL
            ) AS new
            ON ledger.site_id = new.site_id AND ledger.hour = new.hour
                AND ledger.outcome = new.outcome AND ledger.reason = new.reason
            WHEN MATCHED THEN UPDATE SET events = ledger.events + new.events
            WHEN NOT MATCHED THEN INSERT (site_id, hour, outcome, reason, events)
                VALUES (new.site_id, new.hour, new.outcome, new.reason, new.events)
        """)
        self.connection.execute("DELETE FROM ledger_new")

    def _load(self, now: int) -> None:
        """Fold the memory from the file: active sessions as of the watermark, then the events beyond it."""
        con = self.connection
        self._seq = con.execute("SELECT coalesce(max(seq), 0) FROM events").fetchall()[0][0]
        self._watermark = con.execute("SELECT seq FROM watermark").fetchall()[0][0]
        self._seq = max(self._seq, self._watermark)  # a purge may have taken the last events
        self.known.load(con)
        self._load_state(now)
        self.flush(now)

    def _load_state(self, now: int) -> None:
        con, state = self.connection, self.state
        state.load(map(read_session, con.execute("SELECT * FROM active_sessions").fetchall()))
        for events in self._events_where("seq > $1", self._watermark):
            state.add(events)
        state.forget_recent()
        for events in self._events_where("timestamp > $1", now - RECENT_MS - 1000):
            state.count_recent(events)

    def _events_where(self, condition: str, value: int) -> Iterable[list[StoredEvent]]:
        cursor = self.connection.cursor()
        cursor.execute(f"SELECT {EVENT_COLUMNS} FROM events WHERE {condition}", [value])
        while rows := cursor.fetchmany(_REFOLD_ROWS):
            yield [read_event(row) for row in rows]
        cursor.close()
