"""Several workers share the shards of a stream; one that dies, hangs or is stopped leaves its work to the others."""

from __future__ import annotations

import logging
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from liveinsight.bootstrap import open_store
from liveinsight.service import now_ms
from liveinsight.store.dynamodb import DynamoDBStore, keys, progress
from liveinsight.store.dynamodb import worker as worker_module
from liveinsight.store.dynamodb.client import Client
from liveinsight.store.dynamodb.health import Health
from liveinsight.store.dynamodb.schema import names
from tests.dynamodb_local import create_tables, fresh_settings, shared_client
from tests.dynamodb_store.commands import AGGREGATE, ended, running, until
from tests.dynamodb_store.shards import ManyShards
from tests.factories import Clock, at, event, put, query, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from liveinsight.settings import Settings
    from liveinsight.store.base import Store
    from liveinsight.store.dynamodb.worker import Worker

SHARDS = 4
WORKING = ("tests.dynamodb_store.working", str(SHARDS))


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A poll has all shards, however busy this machine is."""
    monkeypatch.setattr(worker_module, "_SLOW_S", 60.0)


@pytest.fixture
def settings() -> Settings:
    settings = fresh_settings()
    create_tables(settings)
    return settings


@pytest.fixture
def clock() -> Clock:
    return Clock(now_ms())


class Team:
    """Workers in this process, on shards that a test may hold up or end."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.shards = ManyShards(shared_client("dynamodbstreams"), SHARDS)
        self.writes = Writes(shared_client("dynamodb"))
        self.store = DynamoDBStore(settings, clock, self.writes)
        self.workers: list[Worker] = []

    def worker(self) -> Worker:
        self.workers.append(self.store.open_worker(self.shards))
        return self.workers[-1]

    def tend(self, times: int = 3) -> None:
        """As they do every few seconds: it takes some rounds until all of them have seen what the others did."""
        for _ in range(times):
            for each in self.workers:
                each.tend()

    def put(self, sessions: int, first: int = 0) -> list[str]:
        """An event in each session; gives the shard of each."""
        events = [event(session=f"s{number}") for number in range(first, first + sessions)]
        put(self.store, *events)
        return [self.shards.part(keys.event_id(each)) for each in events]

    def events(self) -> int:
        return counted(self.store)


@pytest.fixture
def team(settings: Settings, clock: Clock) -> Iterator[Team]:
    team = Team(settings, clock)
    yield team
    for each in team.workers:
        each.stop()
    team.store.close()


class Writes:
    """Counts the writes about the stream: leases, positions, beats."""

    def __init__(self, aws: Any) -> None:
        self._aws = aws
        self.made = 0

    def __getattr__(self, operation: str) -> Any:
        call = getattr(self._aws, operation)

        def counted(**arguments: Any) -> Any:
            key = arguments.get("Item", arguments.get("Key", {}))
            self.made += operation in {"put_item", "update_item"} and key.get("pk") == {"S": "stream"}
            return call(**arguments)

        return counted


def counted(store: Store) -> int:
    [(events,)] = table(store, query("events"))
    return int(events)


def aggregation(settings: Settings, clock: Clock | None = None) -> dict[str, Any]:
    """What /healthz says at this moment."""
    client = Client(shared_client("dynamodb"), names(settings))
    try:
        return Health(client, clock or now_ms).aggregation()
    finally:
        client.close()


def shares(settings: Settings, clock: Clock | None = None) -> list[int]:
    """How many shards each worker has, in order."""
    return sorted(each["shards"] for each in aggregation(settings, clock)["workers"])


def test_one_worker_reads_everything_and_more_of_them_share_it(team: Team, settings: Settings, clock: Clock) -> None:
    expected = {1: [4], 2: [2, 2], 3: [1, 1, 2], 5: [0, 1, 1, 1, 1]}
    for number in range(1, 6):
        team.worker()
        team.tend()
        assert shares(settings, clock) == expected.get(number, [1, 1, 1, 1])
    team.workers.pop().stop()
    team.workers.pop().stop()
    team.tend()
    assert shares(settings, clock) == [1, 1, 2]


def test_what_a_worker_has_does_not_change_without_need(team: Team, settings: Settings, clock: Clock) -> None:
    team.worker(), team.worker(), team.worker()
    team.tend(5)
    made = team.writes.made
    team.tend(5)
    assert team.writes.made - made == 5 * 3  # they tell that they live, and no lease is written
    assert shares(settings, clock) == [1, 1, 2]


def test_a_worker_alone_begins_at_once(team: Team) -> None:
    team.put(20)
    worker = team.worker()
    worker.tend()
    assert worker.poll() == 20
    assert team.events() == 20


def test_a_worker_that_is_stopped_leaves_off_where_the_next_one_begins(team: Team) -> None:
    team.put(20)
    first = team.worker()
    first.tend()
    assert first.poll() == 20
    team.workers.remove(first)
    first.stop()
    team.put(5, first=20)
    second = team.worker()
    second.tend()
    assert second.poll() == 5
    assert team.events() == 25


def test_the_shards_of_a_worker_that_hangs_are_taken_over_and_nothing_counts_twice(
    team: Team, settings: Settings, clock: Clock
) -> None:
    team.put(20)
    hanging, other = team.worker(), team.worker()
    team.tend()
    assert hanging.poll() + other.poll() == 20
    clock.now += 11_000
    other.tend()
    other.tend()
    assert shares(settings, clock) == [4]
    team.put(20, first=20)
    assert other.poll() >= 20
    hanging.poll()  # it wakes up, and does not know yet
    assert team.events() == 40
    team.tend()
    assert shares(settings, clock) == [2, 2]
    team.put(20, first=40)
    assert hanging.poll() + other.poll() == 20
    assert team.events() == 60


def test_positions_are_saved_now_and_then_and_not_with_every_poll(team: Team) -> None:
    worker = team.worker()
    worker.tend()
    made = team.writes.made
    for number in range(10):
        team.put(8, first=8 * number)
        assert worker.poll() == 8
    assert team.writes.made == made
    worker.tend()
    assert team.writes.made <= made + SHARDS + 1
    assert team.events() == 80


def test_a_slow_shard_does_not_hold_up_the_others(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "_SLOW_S", 0.2)
    shards = team.put(20)
    worker = team.worker()
    worker.tend()
    team.shards.slow["0"] = Event()
    for first in (20, 40):
        others = len(shards) - shards.count("0")
        until(lambda: worker.poll() >= 0 and team.events() == others)  # noqa: B023  it is called at once
        shards += team.put(20, first)
    team.shards.slow.pop("0").set()
    until(lambda: worker.poll() >= 0 and team.events() == 60)


def test_a_shard_that_ended_is_left_and_its_child_is_found(team: Team, settings: Settings, clock: Clock) -> None:
    team.put(20)
    worker = team.worker()
    worker.tend()
    worker.poll()
    team.shards.end("1")
    until(lambda: worker.poll() == 0 and worker.due.is_set())
    team.put(20, first=20)
    team.tend()
    assert shares(settings, clock) == [SHARDS]  # one less, one more
    while worker.poll():
        pass
    assert team.events() == 40
    later = team.worker()
    team.tend()
    assert shares(settings, clock) == [2, 2]
    assert worker.poll() + later.poll() == 0


def test_how_far_behind_a_worker_is(team: Team, settings: Settings, clock: Clock) -> None:
    worker = team.worker()
    worker.tend()
    assert aggregation(settings, clock)["lag_ms"] == 0
    team.put(20)
    clock.now += 600_000
    worker.poll()
    worker.tend()
    told = aggregation(settings, clock)
    assert 500_000 < told["lag_ms"] < 700_000
    assert told["workers"] == [{"worker": worker.name, "lag_ms": told["lag_ms"], "shards": SHARDS}]
    worker.poll()
    worker.tend()
    assert aggregation(settings, clock)["lag_ms"] == 0
    clock.now += 60_000  # it has not read since
    assert worker.lag() == 60_000


def test_the_log_says_how_many_events_were_folded_once_in_a_while(
    team: Team, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "_EVERY_S", 3600.0)  # longer than this takes, however busy the machine is
    caplog.set_level(logging.INFO)
    worker = team.worker()
    worker.tend()
    for number in range(3):
        team.put(5, first=5 * number)
        worker.poll()
        worker.tend()
    [told] = [record for record in caplog.records if "folded" in record.getMessage()]
    assert (vars(told)["events"], vars(told)["records"], vars(told)["worker"]) == (5, 5, worker.name)
    assert "lag_ms" in vars(told)
    team.workers.remove(worker)
    worker.stop()
    [_, rest] = [vars(record)["events"] for record in caplog.records if "folded" in record.getMessage()]
    assert rest == 10


def test_a_record_that_cannot_be_folded_holds_up_its_own_shard_only(
    team: Team, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    shared_client("dynamodb").put_item(
        TableName=settings.events_table, Item={"id": {"S": "broken"}, "events": {"B": b"broken"}}
    )
    team.put(20)
    worker = team.worker()
    worker.tend()
    worker.poll()
    assert team.events() == 20
    assert "cannot be folded" in caplog.text
    worker.tend()
    team.workers.clear()
    worker.stop()
    next_one = team.worker()
    next_one.tend()
    assert 0 < next_one.poll() < 20  # what the broken one is among comes again, the rest does not
    assert team.events() == 20


def test_a_process_that_is_killed_leaves_its_shards_to_the_other_one(settings: Settings) -> None:
    store = open_store(settings)
    with running(settings, *WORKING) as victim, running(settings, *WORKING) as survivor:
        until(lambda: shares(settings) == [2, 2])
        for number in range(40):
            put(store, *(event(at(number), session=f"s{number}.{each}") for each in range(5)))
            if number == 20:
                victim.kill()
        until(lambda: counted(store) == 200)
        until(lambda: shares(settings) == [4])
        assert table(store, query("events", "sessions", "visitors")) == [(200, 200, 1)]
        ended(survivor)
    told = aggregation(settings)
    assert (told["is_running"], told["workers"], told["lag_ms"]) == (False, [], None)
    assert now_ms() - 60_000 < told["idle_since"] <= now_ms()
    assert "start `liveinsight aggregate`" in told["message"]
    store.close()


def test_the_command_hands_its_work_over_when_it_is_stopped(settings: Settings) -> None:
    store = open_store(settings)
    assert aggregation(settings)["message"].startswith("No aggregator has been at work: start")
    with running(settings, *AGGREGATE) as first, running(settings, *AGGREGATE) as second:
        until(lambda: shares(settings) == [0, 1])
        put(store, event(session="a"))
        until(lambda: counted(store) == 1)
        ended(first)
        put(store, event(session="b"))
        until(lambda: counted(store) == 2)
        until(lambda: shares(settings) == [1])
        ended(second)
    assert not aggregation(settings)["is_running"]
    store.close()
