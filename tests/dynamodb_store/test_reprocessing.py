"""Deriving anew while processes die, calls fail, the stream brings things again, and collectors go on.

The oracle is the store in memory, told everything once and reprocessed once.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from operator import itemgetter
from random import Random
from threading import Semaphore, Thread
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liveinsight.errors import StoreUnavailable
from liveinsight.ingest.outcome import Refusal
from liveinsight.ingest.outcome import filtered as filter_out
from liveinsight.store.dynamodb import DynamoDBStore, client
from liveinsight.store.memory import MemoryStore
from tests.dynamodb_local import create_tables, fresh_settings, shared_client
from tests.dynamodb_store.delivered import images
from tests.dynamodb_store.faulty import IMPATIENT_S, WRITES, Faulty, Killed, Late, Remembering
from tests.factories import EVERY_METRIC, SITE, THAT_DAY, Clock, at, event, put, query, table
from tests.store.keeping import filtered, keep
from tests.store.settled import SettledStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.models.events import StoredEvent
    from liveinsight.settings import Settings
    from liveinsight.store.base import Reprocessed, Store

NOW = at(135)
SHARE = 0.2  # of the calls that go wrong
ROUNDS = 4
AGENTS = ("browser", "bot", "tool", "new")
SESSIONS = [f"{name}{number}" for name in "stu" for number in ("", ".2", ".3", ".4")]

sent: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    minute=st.sampled_from([0, 1, 29, 31, 60, 95, 125, 134]),
    session=st.sampled_from(["s", "t", "u"]),
    event_id=st.sampled_from(["1", "2", "3", "4", "5", "6", "7"]),
    user_agent=st.sampled_from(AGENTS),
    page=st.sampled_from(["/", "/a"]),
    kind=st.sampled_from(["page_view", "click", "conversion"]),
    kept_for=st.sampled_from([None, None, "bot", "tool"]),
    received=st.sampled_from([50, 134]),
)
rules = st.dictionaries(st.sampled_from(AGENTS), st.sampled_from(["bot", "tool", "/other", "/a"]), min_size=1)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(client, "_LONGEST_PAUSE_S", 0.01)
    monkeypatch.setattr(client, "PATIENCE_S", 60.0)


class Dying:
    """A process that dies at the last of so many writes that are `left`: just before it, or just after it."""

    def __init__(self, aws: Any, *, after: bool) -> None:
        self.left = 1000
        self._aws = aws
        self._after = after

    def __getattr__(self, operation: str) -> Any:
        call = getattr(self._aws, operation)
        return partial(self._write, call) if operation in WRITES else call

    def _write(self, call: Any, **arguments: Any) -> Any:
        self.left -= 1
        if self.left > 0:
            return call(**arguments)
        if self.left == 0 and self._after:
            call(**arguments)
        raise Killed


def by_agent(rule: dict[str, str], each: StoredEvent) -> StoredEvent | Refusal:
    """`rule` says for a user agent which page its events have, or why they are filtered."""
    verdict = rule.get(each.user_agent, each.page)
    return each._replace(page=verdict) if verdict.startswith("/") else filter_out(verdict)


def reprocess(store: Store, rule: dict[str, str], *, keep_filtered: bool = True) -> Reprocessed:
    derive = partial(by_agent, rule)
    return store.reprocess(derive, keep_filtered=keep_filtered, progress=lambda *_: None, agree=lambda _: True)


def send(store: Store, number: int, each: dict[str, Any]) -> None:
    fields = dict(each)
    kept_for, moment = fields.pop("kept_for"), at(fields.pop("received"), ms=number)
    one = event(at(fields.pop("minute")), **fields)
    if kept_for:
        keep(store, kept_for, one, received_at=moment)
    else:
        put(store, one, received_at=moment)


def all_of(store: Store) -> dict[str, Any]:
    """Everything that one can see. Some of it comes from cells, some from sessions."""
    found: dict[str, Any] = {f"by {by}": table(store, query(*EVERY_METRIC, by=by)) for by in ("page", "hour", ())}
    found["by page and type"] = table(store, query(*EVERY_METRIC, by=("page", "event_type")))
    found |= {name: store.session_events(name, SITE) for name in SESSIONS}
    found["live"] = store.live(SITE, NOW)
    found["ledger"] = store.ledger(None, THAT_DAY)
    found["filtered"] = filtered(store)
    return found


def settled(tables: Settings) -> SettledStore:
    return SettledStore(tables, Clock(NOW))


def opened(tables: Settings, aws: Any) -> DynamoDBStore:
    return DynamoDBStore(tables, Clock(NOW), aws)


def the_tables() -> Settings:
    tables = fresh_settings()
    create_tables(tables)
    return tables


def fill(*stores: Store) -> None:
    """What changes, leaves, comes in, is known already, and stays filtered for another reason."""
    events = [
        {"minute": 0, "session": "s", "event_id": "changes", "user_agent": "new"},
        {"minute": 29, "session": "s", "event_id": "leaves", "user_agent": "bot"},
        {"minute": 58, "session": "s", "event_id": "changes too", "user_agent": "new"},
        {"minute": 5, "session": "t", "event_id": "stays", "user_agent": "browser"},
        {"minute": 6, "session": "t", "event_id": "stays", "user_agent": "new", "kept_for": "tool"},
        {"minute": 7, "session": "t", "event_id": "leaves", "user_agent": "new", "kept_for": "tool"},
        {"minute": 8, "session": "u", "event_id": "comes", "user_agent": "new", "kept_for": "tool"},
        {"minute": 8, "session": "u", "event_id": "comes", "user_agent": "new", "kept_for": "bot", "page": "/second"},
        {"minute": 134, "session": "u", "event_id": "is a bot", "user_agent": "bot", "kept_for": "tool"},
        {"minute": 134, "session": "t", "event_id": "is a bot now", "user_agent": "bot"},
    ]
    for number, each in enumerate(events):
        for store in stores:
            send(store, number, {"kept_for": None, "received": 134, **each})


RULE = {"new": "/new", "bot": "bot"}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("first", range(1, 8, 2))
def test_who_dies_again_and_again_and_is_started_again_ends_with_the_same_numbers(first: int, after: bool) -> None:
    tables, oracle = the_tables(), MemoryStore()
    store = settled(tables)
    fill(store, oracle)
    store.settle()
    found = reprocess(oracle, RULE)
    assert (found.changed, found.filtered, found.restored, found.duplicates) == (2, {"bot": 2}, 2, 2)
    last = first
    while _dies(tables, last, after=after):
        last += 1
    assert last > first + 3
    assert reprocess(store, RULE).is_nothing
    assert all_of(store) == all_of(oracle)
    again = [event(event_id=name) for name in ("changes", "stays", "leaves", "comes")]
    assert put(store, *again) == ([], 4)
    store.close()


@settings(max_examples=settings().max_examples // 4)
@given(
    events=st.lists(sent, min_size=3, max_size=12), rule=rules, keep_filtered=st.booleans(), seed=st.integers(0, 2**32)
)
def test_all_numbers_are_those_of_a_store_that_was_told_once(
    events: list[dict[str, Any]], rule: dict[str, str], keep_filtered: bool, seed: int
) -> None:
    random, tables, oracle, late = Random(seed), the_tables(), MemoryStore(), Late()
    store = settled(tables)
    for number, each in enumerate(sorted(events, key=itemgetter("received"))):
        send(store, number, each)
        send(oracle, number, each)
    store.settle()
    reprocess(oracle, rule, keep_filtered=keep_filtered)
    delivered = images(tables)

    def unlucky(seed: int, work: Callable[[DynamoDBStore], object]) -> None:
        faulty = Faulty(shared_client("dynamodb"), Random(seed), late, deaths=seed % 2)
        one = opened(tables, faulty)
        one._client._patience = IMPATIENT_S
        faulty.begin(SHARE)
        try:
            work(one)
        except (Killed, StoreUnavailable):
            pass
        finally:
            one.close()

    for _ in range(ROUNDS):
        again = random.choices(delivered, k=random.randint(1, len(delivered)))
        deriving = partial(reprocess, rule=rule, keep_filtered=keep_filtered)
        works = [deriving, deriving, lambda one, again=again: one.aggregator.fold(again)]
        with ThreadPoolExecutor(len(works)) as processes:
            list(processes.map(unlucky, [random.randrange(2**32) for _ in works], works))
        late.arrive(random.randint(0, 3))
    late.arrive(1000)
    reprocess(store, rule, keep_filtered=keep_filtered)
    store.aggregator.fold(images(tables))
    assert all_of(store) == all_of(oracle)
    assert reprocess(store, rule, keep_filtered=keep_filtered).is_nothing
    store.close()


@pytest.mark.parametrize(
    "remove", [lambda store: reprocess(store, RULE), lambda store: store.purge(at(40))], ids=["reprocess", "purge"]
)
def test_an_event_that_left_stays_away_when_the_stream_brings_it_again(remove: Callable[[Store], object]) -> None:
    tables = the_tables()
    store = settled(tables)
    bot = event(at(0), event_id="x", user_agent="bot")
    put(store, bot, event(at(60), event_id="y"))
    store.settle()
    delivered = images(tables)
    remove(store)
    store.aggregator.fold(delivered)
    assert [each.event_id for each in store.session_events("s")] == ["y"]
    assert table(store, query("events", "sessions")) == [(1, 1)]
    assert put(store, bot) == (["x"], 0)  # sent again, it is another event
    store.aggregator.fold(delivered)
    assert table(store, query("events", "sessions")) == [(2, 2)]
    store.close()


def test_a_kept_event_comes_in_when_the_ledger_knows_of_it() -> None:
    tables = the_tables()
    store, early = settled(tables), opened(tables, shared_client("dynamodb"))
    keep(store, "bot", event(event_id="k"))
    reprocess(early, {})  # before an aggregator has counted it
    assert [(row.outcome, row.events) for row in store.ledger(SITE, THAT_DAY)] == [("filtered", 1)]
    assert [each.event.event_id for each in filtered(store)] == ["k"]
    assert reprocess(store, {}).restored == 1
    assert [(row.outcome, row.events) for row in store.ledger(SITE, THAT_DAY)] == [("stored", 1)]
    assert table(store, query("events")) == [(1,)]
    early.close()
    store.close()


def test_an_id_that_another_claims_for_the_same_event_at_the_same_time_is_no_duplicate() -> None:
    class Second:
        """Whatever it inserts, somebody else has just inserted."""

        def __getattr__(self, operation: str) -> Any:
            call = getattr(shared_client("dynamodb"), operation)
            return self._insert if operation == "batch_execute_statement" else call

        def _insert(self, **asked: Any) -> Any:
            shared_client("dynamodb").batch_execute_statement(**asked)
            return shared_client("dynamodb").batch_execute_statement(**asked)

    tables = the_tables()
    store, second = settled(tables), opened(tables, Second())
    keep(store, "bot", event(event_id="k"))
    store.settle()
    reprocess(second, {})
    assert [(row.outcome, row.events) for row in store.ledger(SITE, THAT_DAY)] == [("stored", 1)]
    assert [each.event_id for each in store.session_events("s")] == ["k"]
    second.close()
    store.close()


def test_writes_that_arrive_once_more_much_later_change_nothing() -> None:
    tables, oracle = the_tables(), MemoryStore()
    remembering = Remembering(shared_client("dynamodb"))
    store = SettledStore(tables, Clock(NOW), remembering)
    fill(store, oracle)
    store.settle()
    for rule in (RULE, {"new": "tool"}, {"bot": "/"}):
        reprocess(store, rule)
        reprocess(oracle, rule)
        remembering.again()
        assert all_of(store) == all_of(oracle)
    store.close()


def test_what_is_collected_and_folded_meanwhile_is_counted_once() -> None:
    tables, oracle = the_tables(), MemoryStore()
    store, other = settled(tables), settled(tables)
    fill(store, oracle)
    store.settle()
    more = [
        event(at(number), session=f"{number % 5}", event_id=f"{number}", user_agent="new" if number % 2 else "bot")
        for number in range(60)
    ]

    ran = Semaphore(0)

    def collect() -> None:
        for number, each in enumerate(more):
            if number in {20, 40}:  # so that it runs before, between and after, whatever is faster
                ran.acquire(timeout=60)
            if each.user_agent == "bot":
                keep(other, "tool", each, received_at=NOW)
            else:
                put(other, each, received_at=NOW)
            other.settle()

    alone, collecting = opened(tables, shared_client("dynamodb")), Thread(target=collect)
    collecting.start()
    while collecting.is_alive():
        reprocess(alone, RULE)
        ran.release()
    collecting.join()
    for each in more:
        if each.user_agent == "bot":
            keep(oracle, "tool", each, received_at=NOW)
        else:
            put(oracle, each, received_at=NOW)
    reprocess(oracle, RULE)
    reprocess(alone, RULE)
    assert all_of(alone) == all_of(oracle)
    for process in (alone, other, store):
        process.close()


def _dies(tables: Settings, last: int, *, after: bool) -> bool:
    """Whether a process does that has so many writes to live."""
    dying = Dying(shared_client("dynamodb"), after=after)
    store = opened(tables, dying)
    dying.left = last
    try:
        reprocess(store, RULE)
    except Killed:
        return True
    finally:
        store.close()
    return False
