"""Files of older and newer versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from liveinsight.errors import SchemaTooNew
from liveinsight.settings import Settings
from liveinsight.store.duckdb import DuckDBStore
from liveinsight.store.duckdb.schema import MIGRATIONS, migrate
from tests.factories import Clock, event, put, query, table

if TYPE_CHECKING:
    from pathlib import Path

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
