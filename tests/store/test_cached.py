"""Answers that are kept before a store. That they are right the contract suite says, which runs over this one too."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import TYPE_CHECKING, Any

import pytest

from liveinsight.errors import StoreUnavailable
from liveinsight.settings import Settings
from liveinsight.store import cached
from liveinsight.store.cached import CachedStore
from liveinsight.store.duckdb import DuckDBStore
from liveinsight.store.memory import MemoryStore
from liveinsight.store.promise import Promise
from tests.factories import NOON, SITE, Clock, at, batch, did, either, event, every, put, query, table, where, without

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from liveinsight.stats.filters import Condition
    from liveinsight.stats.question import Question, R
    from liveinsight.store.base import Batch, Recorded

EVENTS = query("events")


class Watched(MemoryStore):
    """A store that counts its questions, and lets a test do something while it answers."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.meanwhile: Callable[[], Any] = lambda: None

    def run(self, question: Question[R]) -> R:
        self.asked += 1
        answer = super().run(question)
        self.meanwhile()
        return answer


def test_the_same_question_is_asked_once_until_something_arrives() -> None:
    behind = Watched()
    store = CachedStore(behind)
    put(store, event())
    assert [table(store, EVENTS) for _ in range(3)] == [[(1,)]] * 3
    assert behind.asked == 1
    put(store, event())
    assert table(store, EVENTS) == [(2,)]
    assert behind.asked == 2


def test_questions_that_join_the_same_filters_differently_are_not_the_same() -> None:
    store = CachedStore(MemoryStore())
    put(store, event(at(0), page="/a"), event(at(1), page="/b"), event(at(2), page="/", session="t"))
    a, b = where("page", "is", "/a"), where("page", "is", "/b")
    asked: list[Condition] = [every(a, b), either(a, b), without(a), did(a)]
    assert [table(store, query("events", where=(each,))) for each in asked] == [[(0,)], [(2,)], [(2,)], [(2,)]]


def test_an_answer_that_was_overtaken_by_an_event_is_not_kept() -> None:
    behind = Watched()
    store = CachedStore(behind)
    behind.meanwhile = lambda: put(store, event())
    assert table(store, EVENTS) == [(0,)]  # it was asked before the event came
    behind.meanwhile = lambda: None
    assert table(store, EVENTS) == [(1,)]


def test_who_asks_while_the_same_is_asked_waits_for_that_answer() -> None:
    behind = Watched()
    store = CachedStore(behind)
    asking, go_on = Event(), Event()

    def wait() -> None:
        asking.set()
        assert go_on.wait(60)

    behind.meanwhile = wait
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(table, store, EVENTS)
        assert asking.wait(60)
        others = [pool.submit(table, store, EVENTS) for _ in range(3)]
        behind.meanwhile = lambda: None
        go_on.set()
        assert [each.result(60) for each in (first, *others)] == [[(0,)]] * 4
    assert behind.asked == 1


def test_who_asks_after_an_event_does_not_get_the_answer_that_was_begun_before_it() -> None:
    behind = Watched()
    store = CachedStore(behind)
    asking, go_on = Event(), Event()

    def wait() -> None:
        asking.set()
        assert go_on.wait(60)

    behind.meanwhile = wait
    with ThreadPoolExecutor(2) as pool:
        before = pool.submit(table, store, EVENTS)
        assert asking.wait(60)
        behind.meanwhile = lambda: None
        put(store, event())
        assert table(store, EVENTS) == [(1,)]
        go_on.set()
        assert before.result(60) == [(0,)]
    assert table(store, EVENTS) == [(1,)]


class Slow(MemoryStore):
    """A store whose events are there before anybody is told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[Promise[Recorded], Recorded]] = []

    def record(self, batch: Batch) -> Promise[Recorded]:
        self.told.append((Promise(), super().record(batch).result()))
        return self.told[-1][0]

    def tell(self) -> None:
        for promise, recorded in self.told:
            promise.set_result(recorded)


def test_whoever_is_told_that_an_event_is_stored_finds_it() -> None:
    behind = Slow()
    store = CachedStore(behind)
    assert table(store, EVENTS) == [(0,)]
    recorded = store.record(batch(event()))
    found: list[Any] = []
    recorded.add_done_callback(lambda _: found.append(table(store, EVENTS)))
    behind.tell()
    assert found == [[(1,)]]


class Torn(MemoryStore):
    """A store that writes events and fails before it can say so."""

    fails = True

    def record(self, batch: Batch) -> Promise[Recorded]:
        done = super().record(batch)
        if not self.fails:
            return done
        failed: Promise[Recorded] = Promise()
        failed.set_exception(StoreUnavailable())
        return failed


def test_an_event_that_was_written_by_a_request_that_failed_is_found_when_it_is_sent_again() -> None:
    behind = Torn()
    store = CachedStore(behind)
    once = event(event_id="x")
    assert table(store, EVENTS) == [(0,)]
    with pytest.raises(StoreUnavailable):
        put(store, once)
    behind.fails = False
    assert put(store, once) == ([], 1)
    assert table(store, EVENTS) == [(1,)]


class Failing(MemoryStore):
    """A store that cannot answer for a while."""

    fails = True

    def run(self, question: Question[R]) -> R:
        if self.fails:
            raise StoreUnavailable
        return super().run(question)


def test_a_failure_is_not_kept() -> None:
    behind = Failing()
    store = CachedStore(behind)
    with pytest.raises(StoreUnavailable):
        store.run(EVENTS)
    behind.fails = False
    assert table(store, EVENTS) == [(0,)]


def test_only_so_much_is_kept_and_what_was_asked_last_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cached, "MOST_ANSWERS", 3)
    behind = Watched()
    store = CachedStore(behind)
    asked = [query("events", limit=limit) for limit in (1, 2, 3)]
    for each in asked:
        store.run(each)
    store.run(asked[0])
    store.run(query("events", limit=4))
    assert behind.asked == 4
    store.run(asked[0])
    assert behind.asked == 4
    store.run(asked[1])
    assert behind.asked == 5


def test_large_answers_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    behind = Watched()
    store = CachedStore(behind)
    put(store, *(event(page=f"/{number:05}") for number in range(200)))
    monkeypatch.setattr(cached, "MOST_BYTES", 6000)
    lists = [query("events", by="page", limit=limit) for limit in (100, 101, 102)]  # 1.4 kB each, or a little more
    for each in lists * 2:
        store.run(each)
    assert behind.asked == 3
    monkeypatch.setattr(cached, "_LARGEST", 2000)
    for _ in range(2):
        store.run(query("events", by="page", limit=200))
    assert behind.asked == 5
    store.run(lists[0])
    assert behind.asked == 5


def test_large_questions_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cached, "MOST_BYTES", 6000)
    behind = Watched()
    store = CachedStore(behind)
    asked = [query("events", where=(where("page", "is", f"/{number}", "/" * 1500),)) for number in range(4)]
    for each in asked:
        store.run(each)
    store.run(asked[3])
    assert behind.asked == 4
    store.run(asked[0])
    assert behind.asked == 5
    monkeypatch.setattr(cached, "_LARGEST", 2000)
    for _ in range(2):
        store.run(query("events", where=(where("page", "is", "/" * 2000),)))
    assert behind.asked == 7


def test_a_salt_that_is_destroyed_is_not_kept_here() -> None:
    store = CachedStore(MemoryStore())
    store.put_document("salt", "1", "secret")
    assert store.documents("salt") == {"1": "secret"}
    store.put_document("salt", "1", None)
    assert "secret" not in str(vars(store))
    assert store.documents("salt") == {}


def test_what_a_caller_does_to_a_list_of_documents_stays_with_them() -> None:
    store = CachedStore(MemoryStore())
    store.put_document("goal", "a", "x")
    store.documents("goal").clear()
    store.documents("goal").clear()
    assert store.documents("goal") == {"a": "x"}


def test_beside_a_busy_collector_everybody_finds_what_they_sent(tmp_path: Path) -> None:
    """On the real store, with its writer thread: who was told counts at least as many events as before."""
    store = CachedStore(DuckDBStore(tmp_path / "x.duckdb", Settings(data=str(tmp_path)), Clock(NOON)))
    ready = Barrier(4)

    def send_and_ask(who: str) -> None:
        ready.wait()
        for number in range(1, 41):
            put(store, event(session=who, visitor=who, properties={"who": who}))
            mine = query("events", where=(where("prop:who", "is", who),))
            assert table(store, mine) == [(number,)]
            assert table(store, EVENTS)[0][0] >= number

    try:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(send_and_ask, ("a", "b", "c", "d")))
        assert table(store, EVENTS) == [(160,)]
        assert json.loads(json.dumps(store.ledger(SITE, EVENTS.period)))[0][4] == 160
    finally:
        store.close()
