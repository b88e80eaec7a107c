"""What the stream of a test's tables delivers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.store.dynamodb.client import read_item
from tests.dynamodb_local import shared_client

if TYPE_CHECKING:
    from liveinsight.settings import Settings
    from liveinsight.store.dynamodb.client import Item


def images(tables: Settings) -> list[Item]:
    """All that was ever inserted, in order."""
    streams = shared_client("dynamodbstreams")
    [listed] = streams.list_streams(TableName=tables.events_table)["Streams"]
    found = []
    for shard in streams.describe_stream(StreamArn=listed["StreamArn"])["StreamDescription"]["Shards"]:
        asked = {"StreamArn": listed["StreamArn"], "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        iterator = streams.get_shard_iterator(**asked)["ShardIterator"]
        while records := (answer := streams.get_records(ShardIterator=iterator))["Records"]:
            found += [each["dynamodb"]["NewImage"] for each in records if each["eventName"] == "INSERT"]
            iterator = answer["NextShardIterator"]
    return [read_item(each) for each in found]
