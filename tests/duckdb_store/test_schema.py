"""Files of older and newer versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest
from pydantic_core import to_json

from liveinsight.errors import SchemaTooNew
from liveinsight.models.sessions import session_of
from liveinsight.settings import Settings
from liveinsight.store.base import LedgerRow
from liveinsight.store.duckdb import DuckDBStore
from liveinsight.store.duckdb.rows import event_row, session_row
from liveinsight.store.duckdb.schema import MIGRATIONS, migrate
from tests.factories import NOON, THAT_DAY, Clock, event, put, query, table
from tests.store.keeping import filtered

if TYPE_CHECKING:
    from pathlib import Path

    from liveinsight.models.events import StoredEvent

NEXT = (*MIGRATIONS, "ALTER TABLE events ADD COLUMN mood VARCHAR DEFAULT 'calm'")


def _open(path: Path) -> DuckDBStore:
    return DuckDBStore(path, Settings(), Clock())


def test_an_older_file_is_brought_up_to_date_and_keeps_its_events(tmp_path: Path) -> None:
    path = tmp_path / "live.duckdb"
    store = _open(path)
    put(store, event(event_id="x"))
    store.close()
    with duckdb.connect(path) as connection:
        assert migrate(connection, NEXT) == 1
        assert migrate(connection, NEXT) == 0
        assert connection.execute("SELECT event_id, mood FROM events").fetchall() == [("x", "calm")]


def _file_of_the_first_version(path: Path, sent: StoredEvent) -> None:
    """As the first version left it: events of 18 columns, contexts of 18 fields, one event folded and one not yet."""
    context = to_json(sent.context[:18]).decode()
    with duckdb.connect(path) as connection:
        migrate(connection, MIGRATIONS[:1])
        for seq in (1, 2):
            row = event_row(seq, sent._replace(event_id=f"e{seq}", timestamp=sent.timestamp + seq))
            assert len(row[:-3]) == 17
            places = ", ".join(f"${number}" for number in range(1, 19))
            connection.execute(f"INSERT INTO events VALUES ({places})", [*row[:-3], context])
        first = session_of(sent._replace(event_id="e1", timestamp=sent.timestamp + 1))
        places = ", ".join(f"${number}" for number in range(1, 39))
        connection.execute(f"INSERT INTO sessions VALUES ({places})", session_row(first)[:38])
        connection.execute("INSERT INTO ledger VALUES ($1, $2, 'stored', '', 2)", [sent.site_id, NOON])
        connection.execute("INSERT INTO documents VALUES ('goal', 'a', 'b')")
        connection.execute("UPDATE watermark SET folded = 1")


def test_a_file_of_the_first_version_keeps_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "live.duckdb"
    sent = event(page="/차", source="Naver", language="ko", properties={"plan": "pro"}, value=1.5)
    _file_of_the_first_version(path, sent)
    for _ in range(2):
        store = _open(path)
        stored = [sent._replace(event_id=f"e{seq}", timestamp=sent.timestamp + seq) for seq in (1, 2)]
        assert store.session_events("s") == stored
        asked = query("events", "sessions", "time_on_page", by=("source", "screen_class"))
        assert table(store, asked) == [("Naver", "", 2, 1, 0.0)]
        assert store.ledger(None, THAT_DAY) == [LedgerRow(sent.site_id, NOON, "stored", "", 2)]
        assert store.documents("goal") == {"a": "b"}
        assert filtered(store) == []
        store.close()
    store = _open(path)
    new = event(NOON + 3, screen_class="phone", engaged_ms=7, scroll_depth=50)
    put(store, new, stored[0])
    assert store.session_events("s") == [*stored, new._replace(received_at=NOON + 3)]
    store.close()


def test_a_file_of_a_newer_version_is_left_alone_with_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "live.duckdb"
    with duckdb.connect(path) as connection:
        migrate(connection, NEXT)
    with pytest.raises(SchemaTooNew, match="Install a newer one"):
        _open(path)
    with duckdb.connect(path) as connection:
        assert migrate(connection, NEXT) == 0


def test_a_migration_that_fails_leaves_the_version_before_it(tmp_path: Path) -> None:
    path = tmp_path / "live.duckdb"
    with duckdb.connect(path) as connection:
        migrate(connection)
        with pytest.raises(duckdb.Error):
            migrate(connection, (*MIGRATIONS, "CREATE TABLE half (a INT); SELECT nonsense"))
    store = _open(path)
    put(store, event())
    assert table(store, query("events")) == [(1,)]
    store.close()


def test_readers_cannot_reach_files_extensions_or_settings(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    store = _open(tmp_path / "live.duckdb")
    cursor = store._tables().cursor()
    for statement in (
        f"SELECT * FROM '{secret}'",
        f"COPY events TO '{tmp_path / 'out.csv'}'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
    ):
        with pytest.raises(duckdb.Error):
            cursor.execute(statement)
    cursor.close()
    store.close()
    assert not (tmp_path / "out.csv").exists()
