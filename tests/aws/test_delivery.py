"""Deliveries of the stream as Lambda hands them over: whatever comes, and however often, each event counts once."""

from __future__ import annotations

import base64
import json
import logging
import random
from typing import TYPE_CHECKING, Any

import pytest

from liveinsight.aws.counts import folded
from liveinsight.aws.delivery import Deliveries
from liveinsight.errors import StoreUnavailable
from liveinsight.logs import JsonFormatter
from liveinsight.store.dynamodb import DynamoDBStore
from tests.dynamodb_local import create_tables, fresh_settings, shared_client
from tests.factories import NOON, SITE, Clock, batch, event

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from liveinsight.models.events import StoredEvent

Record = dict[str, Any]
LATER = NOON + 1500


@pytest.fixture
def store() -> Iterator[DynamoDBStore]:
    settings = fresh_settings()
    create_tables(settings)
    opened = DynamoDBStore(settings, Clock(), shared_client("dynamodb"))
    yield opened
    opened.close()


def deliveries(store: DynamoDBStore) -> Deliveries:
    return Deliveries(store.aggregator.fold, lambda *_: None, lambda: LATER)


def recorded(store: DynamoDBStore, events: list[StoredEvent]) -> list[Record]:
    """Record events; gives what their stream has, as Lambda would deliver it."""
    for each in events:
        store.record(batch(each)).result()
    return stream(store)


def stream(store: DynamoDBStore) -> list[Record]:
    streams = shared_client("dynamodbstreams")
    table = shared_client("dynamodb").describe_table(TableName=store._client.names.events)["Table"]
    arn = table["LatestStreamArn"]
    records = []
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        iterator = streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        records += streams.get_records(ShardIterator=iterator)["Records"]
    return [as_delivered(each) for each in records]


def as_delivered(record: Record) -> Record:
    """Through JSON: binaries as base64, the time as a number."""
    change = record["dynamodb"]
    image = {
        name: {kind: base64.b64encode(value).decode() if kind == "B" else value for kind, value in typed.items()}
        for name, typed in change["NewImage"].items()
    }
    made = json.dumps(
        {
            "eventID": record["eventID"],
            "eventName": record["eventName"],
            "eventSource": "aws:dynamodb",
            "dynamodb": {
                "ApproximateCreationDateTime": NOON / 1000,
                "NewImage": image,
                "SequenceNumber": change["SequenceNumber"],
                "StreamViewType": "NEW_IMAGE",
            },
        }
    )
    delivered: Record = json.loads(made)
    return delivered


def events(number: int) -> list[StoredEvent]:
    return [event(NOON + each, event_id=f"e{each}", session=f"s{each % 3}") for each in range(number)]


def folded_events(store: DynamoDBStore) -> int:
    return sum(each.session.events for each in store.live(SITE, NOON + 1000).sessions)


def names(bad: Record) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": bad["dynamodb"]["SequenceNumber"]}]}


def test_a_delivery_that_comes_again_and_in_another_order_counts_once(store: DynamoDBStore) -> None:
    records = recorded(store, events(12))
    function = deliveries(store)
    for _ in range(3):
        random.Random(7).shuffle(records)
        assert function({"Records": records[:7]}, None) == {"batchItemFailures": []}
        assert function({"Records": records[5:]}, None) == {"batchItemFailures": []}
    assert folded_events(store) == 12


def test_what_expires_changes_nothing(store: DynamoDBStore) -> None:
    records = recorded(store, events(2))
    removed = [{"eventName": "REMOVE", "dynamodb": {"SequenceNumber": "1"}}]
    assert deliveries(store)({"Records": removed}, None) == {"batchItemFailures": []}
    assert deliveries(store)({"Records": [*removed, *records]}, None) == {"batchItemFailures": []}
    assert folded_events(store) == 2


@pytest.mark.parametrize("position", [0, 3, 6])
def test_a_record_that_cannot_be_read_is_named_and_those_before_it_are_kept(
    store: DynamoDBStore, position: int
) -> None:
    records = recorded(store, events(7))
    bad = records[position]
    bad["dynamodb"]["NewImage"]["events"] = {"B": base64.b64encode(b"rubbish").decode()}
    assert deliveries(store)({"Records": records}, None) == names(bad)
    assert folded_events(store) == position
    assert deliveries(store)({"Records": records[position:]}, None) == names(bad)
    assert deliveries(store)({"Records": records[position + 1 :]}, None) == {"batchItemFailures": []}
    assert folded_events(store) == 6


def test_while_the_tables_are_away_all_of_it_comes_again(store: DynamoDBStore) -> None:
    records = recorded(store, events(3))

    def away(_: Iterable[Any]) -> None:
        raise StoreUnavailable

    with pytest.raises(StoreUnavailable):
        Deliveries(away, lambda *_: None, lambda: LATER)({"Records": records}, None)


def test_the_log_says_how_far_behind_the_numbers_are(
    store: DynamoDBStore, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIVEINSIGHT_STACK", "shop")
    caplog.set_level(logging.INFO, "liveinsight.aws")
    Deliveries(store.aggregator.fold, folded, lambda: LATER)({"Records": recorded(store, events(4))}, None)
    line = json.loads(JsonFormatter().format(caplog.records[-1]))
    assert (line["RecordsFolded"], line["AggregatorLag"], line["Stack"]) == (4, 1500, "shop")
    assert line["_aws"]["CloudWatchMetrics"] == [
        {
            "Namespace": "LiveInsight",
            "Dimensions": [["Stack"]],
            "Metrics": [
                {"Name": "RecordsFolded", "Unit": "Count"},
                {"Name": "AggregatorLag", "Unit": "Milliseconds"},
            ],
        }
    ]
