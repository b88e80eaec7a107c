"""Exactly once, whatever happens on the way: calls fail or say so wrongly, deliveries repeat, processes die.

Real DynamoDB Local behind a client that misbehaves; the oracle is the store in memory, told everything once.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liveinsight.errors import StoreUnavailable
from liveinsight.ingest.outcome import Tally
from liveinsight.stats.period import Period
from liveinsight.store.base import STORED
from liveinsight.store.dynamodb import DynamoDBStore, client
from liveinsight.store.dynamodb.codec import unpack
from liveinsight.store.memory import MemoryStore
from tests.dynamodb_local import create_tables, fresh_settings, shared_client
from tests.dynamodb_store import delivered
from tests.dynamodb_store.faulty import IMPATIENT_S, Faulty, Killed, Late, Remembering
from tests.factories import EVERY_METRIC, HOUR, NOON, SITE, THAT_DAY, Clock, at, batch, event, query
from tests.store.settled import Reader

if TYPE_CHECKING:
    from liveinsight.settings import Settings
    from liveinsight.store.base import Batch, Recorded, Store
    from liveinsight.store.dynamodb.client import Item

NOW = at(150)
SESSIONS = ["s", "t", "u"]
SHARE = 0.25  # of the calls of an aggregator that go wrong
COLLECTING_SHARE = 0.5
ROUNDS = 8

sent: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    timestamp=st.sampled_from([0, 1, 29, 31, 60, 95, 125, 130, 140, 149]).map(at),
    kind=st.sampled_from(["page_view", "page_view", "click", "conversion", "page_exit"]),
    page=st.sampled_from(["/", "/a", "/b"]),
    session=st.sampled_from(SESSIONS),
    visitor=st.sampled_from(["ann", "bob"]),
    source=st.sampled_from(["Naver", "Direct"]),
)
requests = st.lists(st.lists(st.tuples(st.integers(0, 25), sent), min_size=2, max_size=8), min_size=3, max_size=6)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(client, "_LONGEST_PAUSE_S", 0.01)
    monkeypatch.setattr(client, "PATIENCE_S", 60.0)


@settings(max_examples=settings().max_examples // 2)
@given(asked=requests, seed=st.integers(0, 2**32), lanes=st.integers(1, 2))
def test_all_numbers_are_those_of_a_store_that_was_told_once(
    asked: list[list[tuple[int, dict[str, Any]]]], seed: int, lanes: int
) -> None:
    random = Random(seed)
    tables = fresh_settings(dynamodb_lanes=lanes)
    create_tables(tables)
    world = World(tables, random)
    oracle = MemoryStore()
    batches = [_batch(events) for events in asked]
    known: set[str] = set()
    for each in batches:
        world.send(each, known)
        oracle.record(each)
    images = delivered.images(tables)
    assert len([image for image in images if "events" in image]) == len(known)
    world.fold_badly(images)
    world.compare(oracle, batches, images)


def test_writes_that_arrive_once_more_much_later_change_nothing() -> None:
    tables = fresh_settings(dynamodb_lanes=1)
    create_tables(tables)
    oracle = MemoryStore()
    remembering = Remembering(shared_client("dynamodb"))
    store = DynamoDBStore(tables, Clock(NOW), remembering)
    reader = Reader(store, tables)
    for number, minutes in enumerate([140, 149, 145, 60, 130, 100, 149]):
        one = batch(event(at(minutes), page=f"/{number}", event_id=f"e{number}"), received_at=NOW)
        assert len(store.record(one).result(timeout=60).stored) == 1
        oracle.record(one)
        while reader.poll():
            pass
        remembering.again()
        assert store.live(SITE, NOW) == oracle.live(SITE, NOW)
        assert store.ledger(SITE, THAT_DAY) == oracle.ledger(SITE, THAT_DAY)
        assert store.run(query(*EVERY_METRIC, by="page")) == oracle.run(query(*EVERY_METRIC, by="page"))
        assert [store.session_events(name) for name in ("s", "s.2")] == [
            oracle.session_events(name) for name in ("s", "s.2")
        ]
    assert store.purge(at(135)) == oracle.purge(at(135))
    remembering.again()
    assert store.live(SITE, NOW) == oracle.live(SITE, NOW)
    assert store.run(query(*EVERY_METRIC, by="page")) == oracle.run(query(*EVERY_METRIC, by="page"))
    assert store.session_events("s") == oracle.session_events("s")
    store.close()


def _batch(events: list[tuple[int, dict[str, Any]]]) -> Batch:
    """Events of a few ids; the same id may stand for several, of which the first that comes counts."""
    return batch(
        *(event(**fields, event_id=f"e{number}") for number, fields in events),
        received_at=NOW,
        refused=(Tally(SITE, "rejected", "too_old", 1),),
    )


class World:
    """Tables, collectors and aggregators with bad luck."""

    def __init__(self, tables: Settings, random: Random) -> None:
        self._tables = tables
        self._random = random
        self._least_duplicates = 0
        self._late = Late()

    def send(self, each: Batch, known: set[str]) -> None:
        """As a tracker does: until it is acknowledged. Every event is new once at most, all attempts taken together."""
        is_first = True
        while True:
            store = self._unlucky(COLLECTING_SHARE)
            try:
                recorded: Recorded = store.record(each).result(timeout=60)
            except StoreUnavailable:
                is_first = False
                continue
            finally:
                store.close()
            ids = [one.event_id for one in recorded.stored]
            new = [one for one in dict.fromkeys(one.event_id for one in each.events) if one not in known]
            # What an attempt that failed has stored is stored, though nobody was told: the next one finds it known.
            assert ids == new if is_first else set(ids) <= set(new)
            known.update(new)
            self._least_duplicates += recorded.duplicates
            return

    def fold_badly(self, images: list[Item]) -> None:
        """Deliver parts of it, in any order, often, to two aggregators at once, which die; in the end all of it."""
        for _ in range(ROUNDS):
            parts = [self._random.choices(images, k=self._random.randint(1, 1 + len(images) // 3)) for _ in range(2)]
            seeds = [self._random.randrange(2**32) for _ in parts]
            with ThreadPoolExecutor(2) as workers:
                list(workers.map(self._fold, parts, seeds))
            self._late.arrive(self._random.randint(0, 3))
        self._late.arrive(1000)
        store = self._store(shared_client("dynamodb"))
        store.aggregator.fold(images)
        store.close()

    def _fold(self, images: list[Item], seed: int) -> None:
        store = self._unlucky(SHARE, deaths=seed % 2, seed=seed)
        try:
            store.aggregator.fold(images)
        except (Killed, StoreUnavailable):
            pass  # the stream delivers it again
        finally:
            store.close()

    def compare(self, oracle: Store, batches: list[Batch], images: list[Item]) -> None:
        store = self._store(shared_client("dynamodb"))
        ids = Counter(each.event_id for one in batches for each in one.events)
        for by in ((), "page", "source", "hour", "entry_page", "event_type"):
            assert store.run(query(*EVERY_METRIC, by=by)) == oracle.run(query(*EVERY_METRIC, by=by))
        for session in (f"{name}{number}" for name in SESSIONS for number in ("", ".2", ".3", ".4", ".5")):
            assert store.session_events(session) == oracle.session_events(session)
        assert store.live(SITE, NOW) == oracle.live(SITE, NOW)
        told = {(row.outcome, row.reason): row.events for row in store.ledger(SITE, Period(NOON, NOON + 4 * HOUR))}
        noted: Counter[tuple[str, str]] = Counter()
        for image in images:
            for _, outcome, reason, events in unpack(image["note"]) if "note" in image else ():
                noted[outcome, reason] += events
        assert told == {(STORED, ""): len(ids), **noted}
        # A tracker that got no answer sends again, and that is counted too.
        assert noted["duplicates", ""] >= self._least_duplicates
        assert noted["rejected", "too_old"] >= len(batches)
        store.close()

    def _unlucky(self, share: float, deaths: int = 0, seed: int | None = None) -> DynamoDBStore:
        """A process that starts well; its luck ends then."""
        random = Random(self._random.randrange(2**32) if seed is None else seed)
        faulty = Faulty(shared_client("dynamodb"), random, self._late, deaths)
        store = self._store(faulty)
        store._client._patience = IMPATIENT_S
        faulty.begin(share)
        return store

    def _store(self, aws: Any) -> DynamoDBStore:
        return DynamoDBStore(self._tables, Clock(NOW), aws)
