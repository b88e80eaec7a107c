"""Records of the journal, also those that an older version left when it was killed."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from pydantic_core import to_json

from liveinsight.settings import Settings
from liveinsight.store.base import LedgerRow
from liveinsight.store.duckdb import DuckDBStore, writer
from liveinsight.store.duckdb.journal import Journal
from tests.factories import NOON, SITE, THAT_DAY, Clock, event, put, query, table
from tests.store.keeping import filtered, keep

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def _open(folder: Path) -> DuckDBStore:
    return DuckDBStore(folder / "live.duckdb", Settings(), Clock())


def test_a_record_of_the_first_version_is_read(tmp_path: Path) -> None:
    """Two parts, events of 17 fields, contexts of 18."""
    _open(tmp_path).close()
    sent = event(source="Naver", language="ko", properties={"plan": "pro"}, sent={"timezone": "Asia/Seoul"})
    fields = [*sent[:16], list(sent.context[:18])]
    journal = Journal(tmp_path / "live.duckdb.journal")
    journal.append(to_json([[fields], [(SITE, NOON, "stored", "", 1)]]))
    journal.close()
    for _ in range(2):
        store = _open(tmp_path)
        assert store.session_events("s") == [sent]
        assert table(store, query("events", "sessions", by="source")) == [("Naver", 1, 1)]
        assert store.ledger(None, THAT_DAY) == [LedgerRow(SITE, NOON, "stored", "", 1)]
        assert filtered(store) == []
        store.close()


def test_kept_events_are_there_after_a_crash_that_left_them_in_the_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_WRITE_SECONDS", 3600.0)  # later, they would be in the tables
    store = _open(tmp_path / "running")
    keep(store, "bot", event(event_id="a", engaged_ms=5, screen_class="phone"), stored=(event(event_id="b"),))
    keep(store, "tool", event(event_id="c"))
    store._writer.call(lambda _: shutil.copytree(tmp_path / "running", tmp_path / "crashed"))
    expected = filtered(store)
    store.close()
    for _ in range(2):
        store = _open(tmp_path / "crashed")
        assert filtered(store) == expected
        assert len(expected) == 2
        assert put(store, event(event_id="b")) == ([], 1)
        store.close()
