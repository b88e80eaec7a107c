"""DuckDBStore: the embedded store. Writes go through the writer thread; readers use cursors of their own."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import duckdb

from liveinsight.errors import StartError, StoreUnavailable
from liveinsight.store.base import LedgerRow, Live, Purged, Recorded
from liveinsight.store.duckdb.asking import answer
from liveinsight.store.duckdb.copying import LEDGER, arrivals, restore
from liveinsight.store.duckdb.database import open_database
from liveinsight.store.duckdb.journal import Journal
from liveinsight.store.duckdb.lock import FolderLock
from liveinsight.store.duckdb.rewrite import rewrite
from liveinsight.store.duckdb.survey import Survey
from liveinsight.store.duckdb.tables import Tables
from liveinsight.store.duckdb.visits import session_events
from liveinsight.store.duckdb.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from liveinsight.models.events import StoredEvent
    from liveinsight.settings import Settings
    from liveinsight.stats.period import Period
    from liveinsight.stats.question import Question, R
    from liveinsight.store.base import Arrivals, Batch, Clock, Derive, Progress, Reprocessed
    from liveinsight.store.promise import Promise

# What a reader may meet while the database is closed and opened again, or when there is too little memory just now.
_PASSING = (
    duckdb.ConnectionException,
    duckdb.FatalException,
    duckdb.IOException,
    duckdb.OutOfMemoryException,
    duckdb.TransactionException,
)
_IS_FOLDED = "SELECT written = folded FROM watermark"


class DuckDBStore:
    """One file, one process. Raises StartError (StoreInUse, SchemaTooNew, SettingError) when it cannot be opened."""

    def __init__(self, path: Path, settings: Settings, clock: Clock) -> None:
        self._clock = clock
        self._lock = FolderLock(path)
        try:
            self._writer = Writer(lambda: _open_tables(path, settings, clock), clock, settings.queue_limit)
        except (duckdb.Error, OSError) as error:
            self._lock.release()
            msg = f"The database {path} cannot be opened: {str(error).splitlines()[0][:200]}"
            raise StartError(msg) from None
        except BaseException:
            self._lock.release()
            raise

    def record(self, batch: Batch) -> Promise[Recorded]:
        return self._writer.record(batch)

    def run(self, question: Question[R]) -> R:
        with self._snapshot() as cursor:
            return answer(question, cursor)

    def live(self, site_id: str, now: int) -> Live:
        state = self._tables().state
        if state.unresolved:
            self._writer.call(Tables.resolve)
        return Live(state.active(site_id, now), state.recent(site_id, now))

    def session_events(self, session_id: str, site_id: str | None = None) -> list[StoredEvent]:
        with self._snapshot() as cursor:
            return session_events(cursor, session_id, site_id)

    def ledger(self, site_id: str | None, period: Period) -> list[LedgerRow]:
        with self._reader() as cursor:
            asked = {"start": period.start, "end": period.end, "site_id": site_id}
            return [LedgerRow(*row) for row in cursor.execute(LEDGER, asked).fetchall()]

    def document(self, kind: str, key: str) -> str | None:
        with self._reader(flushed=False) as cursor:
            return _document(cursor, kind, key)

    def put_document(self, kind: str, key: str, text: str | None, *, keep: bool = False) -> str | None:
        def put(tables: Tables) -> str | None:
            connection = tables.connection
            found = _document(connection, kind, key)
            if (keep and found is not None) or found == text:
                return found
            connection.begin()
            connection.execute("DELETE FROM documents WHERE kind = $1 AND key = $2", [kind, key])
            if text is not None:
                connection.execute("INSERT INTO documents VALUES ($1, $2, $3)", [kind, key, text])
            connection.commit()
            if text is None:
                tables.checkpoint()
            return text

        kept: str | None = self._writer.call(put)
        return kept

    def documents(self, kind: str) -> dict[str, str]:
        with self._reader(flushed=False) as cursor:
            return dict(cursor.execute("SELECT key, text FROM documents WHERE kind = $1", [kind]).fetchall())

    def purge(self, before: int, by_site: Mapping[str, int] | None = None) -> Purged:
        purged: Purged = self._writer.call(lambda tables: tables.purge(before, by_site or {}, self._clock()))
        return purged

    def reprocess(
        self, derive: Derive, *, keep_filtered: bool, progress: Progress, agree: Callable[[Reprocessed], bool]
    ) -> Reprocessed:
        """See Store. The collector goes on while it looks, and waits while it writes."""

        def write(tables: Tables) -> Reprocessed:
            now = self._clock()
            tables.flush(now)
            written = survey.report()
            rewrite(cursor, now, progress, keep_filtered=keep_filtered)
            tables.forget(now)
            tables.checkpoint()
            return written

        with self._reader() as cursor:
            survey = Survey(cursor)
            survey.look(derive, progress)
            found = survey.report()
            if found.is_nothing or not agree(found):
                return found
            reprocessed: Reprocessed = self._writer.call(write)
            return reprocessed

    def arrivals(self, site_id: str) -> Iterator[Arrivals]:
        return arrivals(self._reader, site_id)

    def restore(self, arrived: Arrivals, ledger: Sequence[LedgerRow] = ()) -> None:
        self._writer.call(lambda tables: restore(tables, arrived, ledger))

    def close(self) -> None:
        self._writer.stop()
        self._lock.release()

    def _tables(self) -> Tables:
        tables = self._writer.tables
        if tables is None:
            raise StoreUnavailable
        return tables

    @contextmanager
    def _reader(self, *, flushed: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor that sees everything recorded so far. Failures of the database come out as StoreUnavailable."""
        if flushed and not self._tables().is_flushed():
            self._writer.call(lambda tables: tables.flush(self._clock()))
        try:
            cursor = self._tables().cursor()
            try:
                yield cursor
            finally:
                cursor.close()
        except _PASSING as error:
            raise StoreUnavailable from error

    @contextmanager
    def _snapshot(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A reader of one state of the data, in which every event is in a session; tables it makes vanish with it."""
        with self._reader() as cursor:
            cursor.begin()
            if not cursor.execute(_IS_FOLDED).fetchall()[0][0]:  # events were written in between
                cursor.rollback()
                self._writer.call(lambda tables: self._begin(tables, cursor))
            try:
                yield cursor
            finally:
                with suppress(duckdb.Error):  # what went wrong before has ended the transaction already
                    cursor.rollback()

    def _begin(self, tables: Tables, cursor: duckdb.DuckDBPyConnection) -> None:
        """Begin a transaction where nothing can be written in between."""
        tables.flush(self._clock())
        cursor.begin()
        cursor.execute(_IS_FOLDED).fetchall()  # the first statement takes the state


def _open_tables(path: Path, settings: Settings, clock: Clock) -> Tables:
    connection = open_database(path, settings)
    try:
        journal = Journal(path.with_name(f"{path.name}.journal"))
        try:
            return Tables(connection, journal, clock())
        except BaseException:
            journal.close()
            raise
    except BaseException:
        connection.close()
        raise


def _document(connection: Any, kind: str, key: str) -> str | None:
    rows = connection.execute("SELECT text FROM documents WHERE kind = $1 AND key = $2", [kind, key]).fetchall()
    return rows[0][0] if rows else None
