"""What callers are told when the disk cannot keep up, or fails."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import duckdb
import pytest

from liveinsight.errors import QueueFull, StoreInUse, StoreUnavailable
from liveinsight.settings import Settings
from liveinsight.store.duckdb import DuckDBStore
from tests.factories import Clock, batch, event, put, query, table
from tests.waiting import until

if TYPE_CHECKING:
    from pathlib import Path


def test_a_full_queue_refuses_and_takes_again_when_there_is_room(tmp_path: Path) -> None:
    store = DuckDBStore(tmp_path / "live.duckdb", Settings(queue_limit=10), Clock())
    busy, go_on = threading.Event(), threading.Event()

    def hold(_: object) -> None:
        busy.set()
        go_on.wait(60)

    holder = threading.Thread(target=store._writer.call, args=(hold,))
    holder.start()
    assert busy.wait(60)
    accepted = [store.record(batch(event(), event())) for _ in range(5)]
    with pytest.raises(QueueFull) as refusal:
        store.record(batch(event()))
    assert refusal.value.retry_after >= 1
    go_on.set()
    holder.join()
    assert [len(each.result(60).stored) for each in accepted] == [2] * 5
    put(store, event())
    assert table(store, query("events")) == [(11,)]
    store.close()


def test_after_a_failure_of_the_database_nothing_is_lost_or_doubled(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = DuckDBStore(tmp_path / "live.duckdb", Settings(), Clock())
    put(store, event(event_id="before"))

    def fail(_: object) -> None:
        msg = "FATAL Error: the disk is gone"
        raise duckdb.FatalException(msg)

    with pytest.raises(StoreUnavailable):
        store._writer.call(fail)
    assert "failed and is opened again" in caplog.text
    assert _retry(store, "after") == (["after"], 0)
    assert put(store, event(event_id="before")) == ([], 1)
    assert table(store, query("events")) == [(2,)]
    store.close()


def _retry(store: DuckDBStore, event_id: str) -> tuple[list[str], int]:
    """As a tracker does: again, until it is taken."""

    def retried() -> tuple[list[str], int] | None:
        with suppress(StoreUnavailable):
            return put(store, event(event_id=event_id))
        return None

    found = until(retried, "the store came back")
    assert found
    return found


def test_a_second_process_is_told_who_has_the_folder(tmp_path: Path) -> None:
    store = DuckDBStore(tmp_path / "live.duckdb", Settings(), Clock())
    with pytest.raises(StoreInUse, match=r"in use by another LiveInsight \(process \d+\)"):
        DuckDBStore(tmp_path / "live.duckdb", Settings(), Clock())
    store.close()
    DuckDBStore(tmp_path / "live.duckdb", Settings(), Clock()).close()


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = DuckDBStore(tmp_path / "live.duckdb", Settings(), Clock())
    store.close()
    with pytest.raises(StoreUnavailable):
        store.record(batch(event()))
    store.close()


def test_a_new_data_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    DuckDBStore(folder / "live.duckdb", Settings(), Clock()).close()
    assert folder.stat().st_mode & 0o077 == 0
