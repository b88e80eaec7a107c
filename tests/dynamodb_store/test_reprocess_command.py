"""`liveinsight reprocess` on DynamoDB, as a person types it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.ingest.derive import derive
from liveinsight.models.events import StoredEvent
from tests.dynamodb_local import create_tables, fresh_settings
from tests.dynamodb_store.commands import AGGREGATE, liveinsight, running
from tests.factories import Clock, at, event, put, query, table
from tests.store.keeping import filtered
from tests.store.settled import SettledStore
from tests.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0"


def test_reprocess_asks_and_writes_while_others_go_on(tmp_path: Path) -> None:
    settings = fresh_settings()
    create_tables(settings)
    store = SettledStore(settings, Clock(at(3)))
    people = [derive(event(at(minute), user_agent=BROWSER, event_id=f"{minute}")) for minute in range(3)]
    older = [
        each._replace(context=each.context._replace(source="?")) for each in people if isinstance(each, StoredEvent)
    ]
    put(store, *older, event(at(1), session="t", user_agent="Googlebot/2.1"))
    store.settle()
    found = liveinsight(settings, tmp_path, "reprocess", "--dry-run", LIVEINSIGHT_KEEP_FILTERED="on")
    assert found.returncode == 0, found.stderr
    rows = dict(line.rsplit(maxsplit=1) for line in found.stdout.splitlines()[1:-1])
    assert rows == {"events": "4", "changed": "3", "  source": "3", "filtered now: bot": "1"}
    # Nobody aggregates but the test.
    assert "Events that are not counted yet are not looked at" in found.stdout
    assert table(store, query("events", by="source")) == [("?", 3), ("", 1)]
    with running(settings, *AGGREGATE) as worker:
        assert worker.stdout is not None
        until(lambda: store.health()["aggregation"]["is_running"] is True)
        written = liveinsight(settings, tmp_path, "reprocess", "--yes", LIVEINSIGHT_KEEP_FILTERED="on")
        assert written.returncode == 0, written.stderr
        assert written.stdout.endswith("Written.\n")
        # The worker has what was written at once, but says so with its next beat.
        nothing = "Nothing to change: 4 events are as the rules make them.\n"
        until(lambda: liveinsight(settings, tmp_path, "reprocess").stdout == nothing)
    assert table(store, query("events", "sessions", by="source")) == [("Direct", 3, 1)]
    assert [each.reason for each in filtered(store)] == ["bot"]
    store.close()
