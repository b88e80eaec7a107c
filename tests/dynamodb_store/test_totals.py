"""Events through collectors and workers on a bad day: the same numbers as on one machine.

`EVENTS=100000` is the whole of it, and takes a quarter of an hour.
"""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random
from subprocess import DEVNULL, Popen
from typing import TYPE_CHECKING, Any, Self

import pytest

from liveinsight.errors import StoreUnavailable
from liveinsight.seed import Plan, batches
from liveinsight.settings import Settings
from liveinsight.stats.period import DAY_MS, Period
from liveinsight.stats.query import Query
from liveinsight.stats.vocabulary import DIMENSIONS, TIME
from liveinsight.store.base import Batch
from liveinsight.store.duckdb import DuckDBStore
from liveinsight.store.dynamodb import DynamoDBStore
from tests.dynamodb_local import create_tables, fresh_settings, patient_client, started
from tests.dynamodb_store.commands import environment
from tests.dynamodb_store.faulty import Faulty, Late
from tests.factories import EVERY_METRIC, MINUTE, NOON, Clock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    from liveinsight.store.base import Store

EVENTS = int(os.environ.get("EVENTS", "10000"))
SITE = "shop.example"
NOW = NOON + 17 * MINUTE
BATCH, COLLECTORS, WORKERS = 250, 2, 2
SHARE = 0.02  # of the collectors' calls go wrong
LIFE_S = 15.0  # of a worker, at most
APPROXIMATE = frozenset({"visitors", "percentage", "conversion_rate"})
WEEK = Period(NOW - 8 * DAY_MS - NOW % DAY_MS, NOW + DAY_MS - NOW % DAY_MS)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Store]]:
    """What came of it on DynamoDB, and on one machine without faults."""
    settings = replace(fresh_settings(dynamodb_lanes=4), dynamodb_endpoint=started())
    aws = patient_client("dynamodb", settings.dynamodb_endpoint)
    create_tables(settings, aws)
    clock = Clock(NOW)
    folder = tmp_path_factory.mktemp("one_machine")
    embedded = DuckDBStore(folder / "liveinsight.duckdb", Settings(data=str(folder)), clock)
    shared = DynamoDBStore(settings, clock, aws)
    sent = _sent()
    for batch in sent:
        embedded.record(batch).result(60)
    with Workers(settings) as workers, ThreadPoolExecutor(COLLECTORS) as collectors:
        collecting = [
            collectors.submit(_collect, settings, aws, sent[number::COLLECTORS], number) for number in range(COLLECTORS)
        ]
        # A batch is in reports before it is in the ledger: whoever dies between the two leaves the rest to others.
        while not _are_done(collecting) or min(_events(shared), _stored(shared)) < EVENTS:
            workers.live_and_die()
        workers.live_and_die()  # what they had not noted as read comes again
    yield shared, embedded
    shared.close()
    embedded.close()


class Workers:
    """Processes that fold, fail now and then, and are killed without a warning."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._random = Random(1)
        self._started = 0
        self._processes: list[Popen[bytes]] = []

    def __enter__(self) -> Self:
        for _ in range(WORKERS):
            self._start()
        return self

    def live_and_die(self) -> None:
        """Let them work for a moment, then kill one and start another."""
        time.sleep(self._random.uniform(LIFE_S / 5, LIFE_S))
        victim = self._processes.pop(0)
        victim.kill()
        victim.wait()
        self._start()

    def _start(self) -> None:
        self._started += 1
        command = [sys.executable, "-m", "tests.dynamodb_store.failing_worker", str(self._started)]
        self._processes.append(Popen(command, env=environment(self._settings), stdout=DEVNULL, stderr=DEVNULL))

    def __exit__(self, *_: object) -> None:
        for each in self._processes:
            each.kill()
            each.wait()


def _sent() -> list[Batch]:
    """A week of visits, in requests."""
    events = [event for batch in batches(Plan(SITE, EVENTS, 7, NOW)) for event in batch.events]
    parts = [events[start : start + BATCH] for start in range(0, len(events), BATCH)]
    return [
        Batch(part[-1].timestamp, [each._replace(received_at=part[-1].timestamp) for each in part], [])
        for part in parts
    ]


def _collect(settings: Settings, aws: Any, sent: list[Batch], number: int) -> None:
    """Record as a server does whose clients do not give up; some batches are sent although they had arrived."""
    random = Random(number)
    faulty = Faulty(aws, random, Late())
    store = DynamoDBStore(settings, Clock(NOW), faulty)
    faulty.begin(SHARE)
    for batch in sent:
        for _ in range(1 + (random.random() < SHARE)):
            while not _recorded(store, batch):
                time.sleep(random.random())  # as clients do: they would only keep each other waiting
    faulty.begin(0)
    store.close()


def _are_done(collecting: list[Future[None]]) -> bool:
    """Whether all have ended. Raises what one of them ended with: its events would be waited for in vain."""
    done = [each for each in collecting if each.done()]
    for each in done:
        each.result()
    return len(done) == len(collecting)


def _recorded(store: Store, batch: Batch) -> bool:
    try:
        store.record(batch).result(60)
    except StoreUnavailable:
        return False
    return True


def _events(store: Store) -> int:
    return int(_rows(store, (), ("events",))[0][0])


def _stored(store: Store) -> int:
    return sum(row.events for row in store.ledger(SITE, WEEK) if row.outcome == "stored")


def _rows(store: Store, by: tuple[str, ...], metrics: tuple[str, ...] = EVERY_METRIC) -> list[tuple[Any, ...]]:
    query = Query(site_id=SITE, metrics=metrics, period=WEEK, dimensions=by, limit=10_000)
    return [(*row.dimensions, *row.metrics) for row in store.run(query).rows]


def _about(name: str, value: Any) -> Any:
    if name in APPROXIMATE:
        return pytest.approx(value, rel=0.03)
    return pytest.approx(value) if isinstance(value, float) else value


@pytest.mark.parametrize(
    "by", [(), ("day",), ("hour",), *((name,) for name, each in DIMENSIONS.items() if each.scope != TIME)], ids=str
)
def test_every_report_says_the_same(both: tuple[Store, Store], by: tuple[str, ...]) -> None:
    shared, embedded = both
    expected = _rows(embedded, by)
    names = (*by, *EVERY_METRIC)
    assert _rows(shared, by) == [
        tuple(_about(name, value) for name, value in zip(names, row, strict=True)) for row in expected
    ]
    assert expected


def test_every_event_is_in_the_ledger_once(both: tuple[Store, Store]) -> None:
    shared, embedded = both
    hours = [[row for row in each.ledger(SITE, WEEK) if row.outcome == "stored"] for each in both]
    assert hours[0] == hours[1]
    assert _stored(shared) == _events(shared) == _events(embedded) == EVENTS
