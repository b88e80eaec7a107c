"""Deliveries as Lambda makes them: real records of DynamoDB Local's stream, in the JSON of Lambda's events."""

from __future__ import annotations

import json
from base64 import b64encode
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from liveinsight.bootstrap import open_delivery
from liveinsight.errors import StoreUnavailable
from liveinsight.ingest.outcome import Tally
from liveinsight.store.dynamodb import DynamoDBStore, keys
from liveinsight.store.dynamodb.client import PATIENCE_S
from tests.dynamodb_local import create_tables, fresh_settings, shared_client
from tests.dynamodb_store.faulty import IMPATIENT_S, Faulty, Late
from tests.dynamodb_store.test_workers import aggregation
from tests.factories import HOUR, NOON, SITE, THAT_DAY, Clock, at, batch, event, put, query, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from liveinsight.settings import Settings

NOTHING_FAILED: dict[str, list[Any]] = {"batchItemFailures": []}


@pytest.fixture
def settings() -> Settings:
    settings = fresh_settings()
    create_tables(settings)
    return settings


@pytest.fixture
def store(settings: Settings) -> Iterator[DynamoDBStore]:
    store = DynamoDBStore(settings, Clock(), shared_client("dynamodb"))
    yield store
    store.close()


def delivered(settings: Settings) -> dict[str, Any]:
    """All that the stream has, as Lambda would deliver it."""
    streams = shared_client("dynamodbstreams")
    [listed] = streams.list_streams(TableName=settings.events_table)["Streams"]
    arn = listed["StreamArn"]
    [shard] = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    asked = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
    records = streams.get_records(ShardIterator=streams.get_shard_iterator(**asked)["ShardIterator"])["Records"]
    made = {"Records": [{**record, "eventSourceARN": arn} for record in records]}
    told: dict[str, Any] = json.loads(json.dumps(made, default=_as_lambda))
    return told


def _as_lambda(value: Any) -> Any:
    return b64encode(value).decode() if isinstance(value, bytes) else value.timestamp()


def number(record: dict[str, Any]) -> str:
    return str(record["dynamodb"]["SequenceNumber"])


def record(store: DynamoDBStore, *sessions: str) -> None:
    refused = (Tally(SITE, "rejected", "too_old", 3),)
    events = [event(session=each, page="/한글") for each in sessions]
    store.record(batch(*events, received_at=NOON, refused=refused)).result(timeout=60)


def test_a_delivery_counts_once_however_often_and_however_cut_it_comes(
    store: DynamoDBStore, settings: Settings
) -> None:
    record(store, "a", "b", "c")
    record(store, "a", "d")
    made = delivered(settings)
    records = made["Records"]
    deliver = store.open_delivery()
    assert deliver.take(made) == NOTHING_FAILED
    random = Random(1)
    for _ in range(10):
        some = random.choices(records, k=random.randint(1, 5))
        assert deliver.take({"Records": some}) == NOTHING_FAILED
    assert table(store, query("events", "sessions", by="page")) == [("/한글", 5, 4)]
    told = {(row.outcome, row.reason): row.events for row in store.ledger(SITE, THAT_DAY)}
    assert told == {("stored", ""): 5, ("rejected", "too_old"): 6}


def test_a_function_opens_it_from_its_settings(store: DynamoDBStore, settings: Settings) -> None:
    record(store, "a")
    deliver = open_delivery(settings)
    assert deliver.take(delivered(settings)) == NOTHING_FAILED
    assert deliver.take({"Records": []}) == NOTHING_FAILED
    assert table(store, query("events")) == [(1,)]
    assert aggregation(settings)["idle_since"] is not None


def test_events_that_went_by_ttl_are_no_events(store: DynamoDBStore, settings: Settings) -> None:
    record(store, "a")
    [item] = [each for each in delivered(settings)["Records"] if "events" in each["dynamodb"]["NewImage"]]
    shared_client("dynamodb").delete_item(TableName=settings.events_table, Key=item["dynamodb"]["Keys"])
    made = delivered(settings)
    assert "REMOVE" in [each["eventName"] for each in made["Records"]]
    assert store.open_delivery().take(made) == NOTHING_FAILED
    assert table(store, query("events")) == [(1,)]
    told = store.health()["aggregation"]
    assert told["is_running"] is None  # nobody has to start anything
    assert told["message"].startswith("Functions aggregate when something comes, the last time at 2026-03-10 12:00")


def test_an_event_that_is_sent_again_when_its_id_is_forgotten_is_a_duplicate_once(
    store: DynamoDBStore, settings: Settings
) -> None:
    deliver, deliveries = store.open_delivery(), []
    for minute in (0, 90, 200):
        assert put(store, event(event_id="x"), received_at=at(minute)) == (["x"], 0)  # nobody could know
        shared_client("dynamodb").delete_item(
            TableName=settings.events_table, Key={"id": {"S": keys.event_id(event(event_id="x"))}}
        )
        deliveries.append(delivered(settings))
        assert deliver.take(deliveries[-1]) == NOTHING_FAILED
    for each in deliveries:
        assert deliver.take(each) == NOTHING_FAILED
    assert table(store, query("events")) == [(1,)]
    told = [(row.hour, row.outcome, row.events) for row in store.ledger(SITE, THAT_DAY)]
    assert told == [(NOON, "stored", 1), (NOON + HOUR, "duplicates", 1), (NOON + 3 * HOUR, "duplicates", 1)]


def test_events_of_many_sites_at_once_are_all_folded(store: DynamoDBStore, settings: Settings) -> None:
    sites = [f"{number}.example" for number in range(30)]
    put(store, *(event(site=site, event_id=site) for site in sites))
    assert store.open_delivery().take(delivered(settings)) == NOTHING_FAILED
    assert [table(store, query("events", site_id=site)) for site in sites] == [[(1,)]] * 30


@pytest.mark.parametrize("broken", ["no events at all", b64encode(b"no events").decode()])
def test_a_record_that_cannot_be_folded_is_named_and_all_others_count(
    store: DynamoDBStore, settings: Settings, broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    record(store, *"abcdefg")
    made = delivered(settings)
    bad = [each for each in made["Records"] if "events" in each["dynamodb"]["NewImage"]][3]
    bad["dynamodb"]["NewImage"]["events"]["B"] = broken
    assert store.open_delivery().take(made) == {"batchItemFailures": [{"itemIdentifier": number(bad)}]}
    assert table(store, query("events")) == [(6,)]
    assert "a record of the stream cannot be" in caplog.text
    assert "한글" not in caplog.text


def test_when_dynamodb_does_not_answer_all_of_it_has_to_come_again(store: DynamoDBStore, settings: Settings) -> None:
    record(store, "a", "b")
    made = delivered(settings)
    faulty = Faulty(shared_client("dynamodb"), Random(1), Late())
    unlucky = DynamoDBStore(settings, Clock(), faulty)
    unlucky._client._patience = IMPATIENT_S
    deliver = unlucky.open_delivery()
    faulty.begin(1.0)
    with pytest.raises(StoreUnavailable):  # Lambda counts that as a failure of the function, and rings
        deliver.take(made)
    faulty.begin(0.0)
    unlucky._client._patience = PATIENCE_S
    assert deliver.take(made) == NOTHING_FAILED
    unlucky.close()
    assert table(store, query("events")) == [(2,)]
