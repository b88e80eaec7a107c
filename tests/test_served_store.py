"""What a server does beside its store when other processes use it."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import pytest

from liveinsight.errors import InvalidInput
from liveinsight.service import Analytics
from liveinsight.settings import Settings
from liveinsight.store.base import Arrivals, Batch, Recorded
from liveinsight.store.memory import MemoryStore
from liveinsight.store.promise import Promise
from tests.factories import NOON, SITE, THAT_DAY, Clock, batch, event, query
from tests.waiting import until

if TYPE_CHECKING:
    from liveinsight.models.events import StoredEvent


@pytest.fixture
def analytics() -> Analytics:
    return Analytics(MemoryStore(), Settings(sites=(SITE,)), Clock())


def stored(analytics: Analytics) -> int:
    rows = analytics.served.call("ledger", [None, THAT_DAY])
    return sum(row.events for row in rows if row.outcome == "stored")


def test_whoever_listens_live_hears_of_what_others_collect(analytics: Analytics) -> None:
    heard: list[StoredEvent] = []
    analytics.feed.listen(heard.extend)
    new = event(event_id="new")
    for _ in range(2):  # the second time is the first once more
        assert analytics.served.call("record", ["a group", [batch(new), batch(new)]]) == [([0], 0), ([], 1)]
    assert [each.event_id for each in heard] == ["new"]
    assert stored(analytics) == 1


def test_another_group_with_the_same_events_is_another(analytics: Analytics) -> None:
    new = event(event_id="new")
    assert analytics.served.call("record", ["one", [batch(new)]]) == [([0], 0)]
    assert analytics.served.call("record", ["two", [batch(new)]]) == [([], 1)]


def test_who_asks_again_while_it_is_being_written_waits_for_the_same() -> None:
    class Slow(MemoryStore):
        """Keeps no promise before it is told to."""

        def __init__(self) -> None:
            super().__init__()
            self.waiting: list[tuple[Batch, Promise[Recorded]]] = []

        def record(self, batch: Batch) -> Promise[Recorded]:
            self.waiting.append((batch, promise := Promise[Recorded]()))
            return promise

    store = Slow()
    analytics = Analytics(store, Settings(), Clock())
    answers: list[object] = []

    def ask() -> None:
        answers.append(analytics.served.call("record", ["a group", [batch(event())]]))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    until(lambda: store.waiting)
    [(asked, promise)] = store.waiting
    promise.set_result(Recorded(asked.events, 0))
    for thread in threads:
        thread.join(60)
    assert answers == [[([0], 0)]] * 3
    assert len(store.waiting) == 1


def test_a_site_that_another_process_saves_is_accepted_here(analytics: Analytics) -> None:
    assert not analytics.sites.accepted.accepts("blog.example")
    analytics.served.call("put_document", ["site", "blog.example", json.dumps({"created_at": 1}), False])
    assert analytics.sites.accepted.accepts("blog.example")


def test_what_others_bring_or_remove_is_counted(analytics: Analytics) -> None:
    arrived = Arrivals([event(NOON - 9)], [])
    assert analytics.sites.all()["sites"][0]["events"] == 0
    analytics.served.call("restore", [arrived, []])
    assert analytics.sites.all()["sites"][0]["events"] == 1
    analytics.served.call("purge", [NOON * 2, {}])
    assert analytics.sites.all()["sites"][0]["events"] == 0
    assert list(analytics.served.arrivals(SITE)) == []


@pytest.mark.parametrize(("operation", "arguments"), [("close", []), ("reprocess", []), ("run", ["everything"])])
def test_nothing_else_can_be_asked(analytics: Analytics, operation: str, arguments: list[str]) -> None:
    with pytest.raises(InvalidInput) as told:
        analytics.served.call(operation, arguments)
    assert told.value.code == "invalid_store_request"
    assert analytics.served.call("run", [query("events")]).rows[0].metrics == (0,)
