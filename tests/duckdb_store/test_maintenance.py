"""Maintenance stops the writer for as long as it takes, so what is expensive in it happens once, or not at all."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from liveinsight.service import Analytics
from liveinsight.settings import Settings
from liveinsight.store.duckdb import DuckDBStore
from liveinsight.store.duckdb.tables import Tables
from tests.factories import DAY, NOON, Clock, event, put

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_however_many_sites_have_old_events_memory_and_disk_are_tidied_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: Counter[str] = Counter()

    def counted(name: str) -> None:
        method = getattr(Tables, name)

        def count(*arguments: Any) -> None:
            done[name] += 1
            method(*arguments)

        monkeypatch.setattr(Tables, name, count)

    clock = Clock()
    store = DuckDBStore(tmp_path / "x.duckdb", Settings(), clock)
    for number in range(1, 6):
        site = f"{number}.example"
        store.put_document("site", site, f'{{"retention_days": {number}}}')
        for at in (NOON - 9 * DAY, NOON):
            put(store, event(at, site=site))
    analytics = Analytics(store, Settings(retention_days=7), clock)
    counted("forget")
    counted("checkpoint")
    analytics.maintain()
    assert done == {"forget": 1, "checkpoint": 1}
    assert sum(each["events"] for each in analytics.sites.all()["sites"]) == 5
    analytics.maintain()
    assert done == {"forget": 1, "checkpoint": 1}
    analytics.close()
