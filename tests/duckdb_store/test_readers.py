"""Reports while things are written: one state of the data, and no harm to the writer."""

from __future__ import annotations

from threading import Event as Signal
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from liveinsight.settings import Settings
from liveinsight.store.duckdb import DuckDBStore
from liveinsight.store.duckdb.tables import Tables
from tests.factories import Clock, at, batch, event, put, query, table, where

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DuckDBStore]:
    store = DuckDBStore(tmp_path / "liveinsight.duckdb", Settings(data=str(tmp_path)), Clock())
    yield store
    store.close()


def test_a_deletion_beside_a_long_report_closes_nothing(store: DuckDBStore, caplog: pytest.LogCaptureFixture) -> None:
    put(store, event())
    store.put_document("salt", "1", "secret")
    with store._snapshot() as long_report:
        put(store, event())
        assert table(store, query("events")) == [(2,)]
        assert store.put_document("salt", "1", None) is None
        assert put(store, event())[1] == 0
        assert long_report.execute("SELECT count(*) FROM events").fetchall() == [(1,)]
    assert store.document("salt", "1") is None
    store._writer.call(Tables.checkpoint_if_due)
    assert caplog.text == ""


def test_a_report_sees_events_and_their_sessions_of_the_same_moment(store: DuckDBStore) -> None:
    """Whatever is counted comes in whole batches of a hundred."""
    stop = Signal()

    def collect() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            events = [event(at(0), session=f"s{number}-{each}", source="Naver") for each in range(100)]
            store.record(batch(*events)).result(timeout=60)
            store._writer.call(Tables.write_events)

    collecting = Thread(target=collect)
    collecting.start()
    asked = query("events", "sessions", where=(where("source", "is", "Naver"),))
    try:
        found = [table(store, asked)[0] for _ in range(40)]
    finally:
        stop.set()
        collecting.join()
    assert {events % 100 for events, _ in found} == {0}
    assert all(events == sessions for events, sessions in found)
