"""The open tables with the journal before them and the memory folded from them.

A group of requests becomes durable as one record of the journal: one write, one fsync, whatever its size. From there

    journal ── write_events ──► events, ledger_new ── flush ──► active_sessions, sessions, ledger
                           └──► filtered_events, when they are kept

each step in one transaction that also moves its watermark: `journal`, the number of the last record that is in the
tables; `written` and `folded`, the last event that is in `events` and in the session rows. So a crash loses nothing and
doubles nothing: at the next start, records beyond the first and events beyond the last are folded again, and no others.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import duckdb

from liveinsight.store.base import RECENT_MS, Purged
from liveinsight.store.duckdb.known import KnownIds
from liveinsight.store.duckdb.rows import (
    EVENT_COLUMNS,
    Group,
    append,
    decode_group,
    encode_group,
    event_row,
    read_event,
    read_session,
    session_row,
)
from liveinsight.store.duckdb.state import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from liveinsight.models.events import StoredEvent
    from liveinsight.store.duckdb.journal import Journal
    from liveinsight.store.duckdb.state import Chain, LedgerKey

_READ_ROWS = 10_000
_TIDY_EVERY_MS = 10_000
_OF_CHAINS = "WHERE (site_id, session_id) IN (SELECT unnest($1::VARCHAR[]), unnest($2::VARCHAR[]))"
_CUTOFFS = """
    CREATE TEMP TABLE cutoffs AS
    SELECT unnest($sites::VARCHAR[]) AS site, unnest($moments::BIGINT[]) AS moment
"""
_CUTOFF = "coalesce((SELECT moment FROM cutoffs WHERE site = site_id), $before)"
_IS_OVER = f"last_activity < {_CUTOFF}"
_PURGED_SESSIONS = f"""
    CREATE TEMP TABLE purged AS SELECT site_id, session_id, started_at, last_activity
    FROM all_sessions WHERE {_IS_OVER}
"""
_PURGE_EVENTS = """
    DELETE FROM events USING purged WHERE events.site_id = purged.site_id AND events.session_id = purged.session_id
    AND events.timestamp BETWEEN purged.started_at AND purged.last_activity
"""
MERGE_LEDGER = """
    MERGE INTO ledger USING (
        SELECT site_id, hour, outcome, reason, sum(events)::BIGINT AS events FROM ledger_new GROUP BY ALL
    ) AS new
    ON ledger.site_id = new.site_id AND ledger.hour = new.hour
        AND ledger.outcome = new.outcome AND ledger.reason = new.reason
    WHEN MATCHED THEN UPDATE SET events = ledger.events + new.events
    WHEN NOT MATCHED THEN INSERT (site_id, hour, outcome, reason, events)
        VALUES (new.site_id, new.hour, new.outcome, new.reason, new.events)
"""


class Tables:
    """Everything about one open database. Used by the writer thread; readers use `state` and `cursor()`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, journal: Journal, now: int) -> None:
        self.connection = connection
        self._readers = connection.cursor()
        self._journal = journal
        self.state = State()
        self.known = KnownIds()
        self.unwritten = 0  # events in the journal that are not yet in the tables
        self._groups: list[Group] = []  # these, in order of arrival
        self._counts: Counter[LedgerKey] = Counter()  # likewise of the ledger
        self._checkpoint_due = False
        self._seq = self._folded = 0  # last event in `events` or `filtered_events`, and in the session rows
        self._tidied = now
        self._load(now)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own for one reader."""
        return self._readers.cursor()

    def append(self, group: Group) -> None:
        """Take new events and what is counted and kept beside them: durable at the return, and in memory too."""
        self._journal.append(encode_group(group))
        self._remember(group)

    def write_events(self) -> None:
        """Empty the journal into `events`, `filtered_events` and `ledger_new`."""
        if not self._groups:
            return
        seq, stored, kept = self._seq, [], []
        for events, _, filtered in self._groups:
            stored += [event_row(number, event) for number, event in enumerate(events, seq + 1)]
            seq += len(events)
            kept += [(reason, *event_row(number, event)) for number, (reason, event) in enumerate(filtered, seq + 1)]
            seq += len(filtered)
        self.connection.begin()
        append(self.connection, "events", stored)
        append(self.connection, "filtered_events", kept)
        append(self.connection, "ledger_new", [(*key, number) for key, number in self._counts.items()])
        self.connection.execute("UPDATE watermark SET journal = $1, written = $2", [self._journal.number, seq])
        self.connection.commit()
        self._seq = seq
        self.unwritten, self._groups, self._counts = 0, [], Counter()
        self._journal.clear()

    def resolve(self) -> None:
        """Give the chains that are new in memory the earlier sessions that the file holds."""
        state = self.state
        if not state.unresolved:
            return
        rows = self.connection.execute(f"SELECT * FROM sessions {_OF_CHAINS}", _keys(state.unresolved)).fetchall()
        with state.lock:
            state.unresolved = []
            state.join_earlier(map(read_session, rows))

    def flush(self, now: int) -> None:
        """Bring every table up to what is durable: events first, then the sessions and the ledger that they change."""
        self.write_events()
        self.resolve()
        state = self.state
        with state.lock:
            finished = self._take_finished(now)
            changed, state.dirty = state.dirty, []
        if not finished and self._folded == self._seq:
            return
        over = {id(chain) for chain in finished}
        self.connection.begin()
        self._rewrite([chain for chain in changed if id(chain) not in over], "active_sessions")
        self._rewrite(finished, "sessions")
        self.connection.execute(MERGE_LEDGER)
        self.connection.execute("DELETE FROM ledger_new")
        self.connection.execute("UPDATE watermark SET folded = $1", [self._seq])
        self.connection.commit()
        self._folded = self._seq

    def is_flushed(self) -> bool:
        """Whether the tables show everything that is durable."""
        return not self._groups and self._folded == self._seq

    def purge(self, before: int, by_site: Mapping[str, int], now: int) -> Purged:
        """See Store.purge. The memory is folded anew from what is left."""
        self.flush(now)
        con = self.connection
        asked = {"before": before}
        con.begin()
        con.execute(_CUTOFFS, {"sites": list(by_site), "moments": list(by_site.values())})
        for table in ("ledger", "ledger_new"):
            con.execute(f"DELETE FROM {table} WHERE hour + 3600000 <= {_CUTOFF}", asked)
        kept = con.execute(f"DELETE FROM filtered_events WHERE timestamp < {_CUTOFF}", asked).fetchall()[0][0]
        con.execute(_PURGED_SESSIONS, asked)
        sessions = con.execute("SELECT count(*) FROM purged").fetchall()[0][0]
        events = con.execute(_PURGE_EVENTS).fetchall()[0][0] if sessions else 0
        for table in ("sessions", "active_sessions"):
            con.execute(f"DELETE FROM {table} WHERE {_IS_OVER}", asked)
        for table in ("purged", "cutoffs"):
            con.execute(f"DROP TABLE {table}")
        con.commit()
        if sessions:
            self.forget(now)
        if sessions or kept:
            self.checkpoint()
        return Purged(events, sessions)

    def forget(self, now: int) -> None:
        """Fold the memory from the file as if it had just been opened."""
        self.known = KnownIds()
        self.known.load(self.connection)
        lock = self.state.lock
        with lock:
            self.state = State(lock)
            self._load_state(now)

    def checkpoint(self) -> None:
        """What was deleted is to be gone from the disk too, not only from the tables: now, or as soon as it can be.

        DuckDB refuses while somebody reads in a transaction that is older than a change.
        """
        try:
            self.connection.execute("CHECKPOINT")
        except duckdb.TransactionException:
            self._checkpoint_due = True
        else:
            self._checkpoint_due = False

    def checkpoint_if_due(self) -> None:
        """Try again what was refused."""
        if self._checkpoint_due:
            self.checkpoint()

    def close(self) -> None:
        """Let go of the file; what was committed stays."""
        for each in (self._readers, self.connection, self._journal):
            each.close()

    def _take_finished(self, now: int) -> list[Chain]:
        """The chains that memory can let go of. Looked for now and then: it is a walk through all of them."""
        if abs(now - self._tidied) < _TIDY_EVERY_MS:
            return []
        self._tidied = now
        return self.state.take_finished(now)

    def _remember(self, group: Group) -> None:
        self._counts.update(group.counts)
        self._groups.append(group)
        self.unwritten += len(group.events) + len(group.kept)
        if not group.events:
            return
        self.known.add(group.events)
        with self.state.lock:
            self.state.add(group.events)

    def _rewrite(self, chains: list[Chain], table: str) -> None:
        """Replace the rows of chains, wherever they are, by rows in `table`."""
        for old in ("active_sessions", "sessions"):
            if stale := [chain for chain in chains if chain.rows_in == old]:
                self.connection.execute(f"DELETE FROM {old} {_OF_CHAINS}", _keys(stale))
        append(self.connection, table, [session_row(session) for chain in chains for session in chain.sessions])
        for chain in chains:
            chain.rows_in = table
            chain.dirty = False

    def _load(self, now: int) -> None:
        """Fold the memory from the file: session rows, the events beyond them, the records beyond those."""
        con = self.connection
        journal, self._seq, self._folded = con.execute("SELECT journal, written, folded FROM watermark").fetchall()[0]
        self.known.load(con)
        with self.state.lock:
            self._load_state(now)
        for content in self._journal.read(journal):
            self._remember(decode_group(content))
        self.flush(now)

    def _load_state(self, now: int) -> None:
        rows = self.connection.execute("SELECT * FROM active_sessions").fetchall()
        self.state.load(map(read_session, rows))
        for events in self._events_where("timestamp > $1 AND seq <= $2", now - RECENT_MS - 1000, self._folded):
            self.state.count_recent(events)
        for events in self._events_where("seq > $1", self._folded):
            self.state.add(events)

    def _events_where(self, condition: str, *values: int) -> Iterable[list[StoredEvent]]:
        cursor = self.connection.cursor()
        cursor.execute(f"SELECT {EVENT_COLUMNS} FROM events WHERE {condition}", values)
        while rows := cursor.fetchmany(_READ_ROWS):
            yield [read_event(row) for row in rows]
        cursor.close()


def _keys(chains: list[Chain]) -> list[list[str]]:
    """What `_OF_CHAINS` binds: the sites and the client session ids of chains."""
    firsts = [chain.sessions[0] for chain in chains]
    return [[first.site_id for first in firsts], [first.session_id for first in firsts]]
