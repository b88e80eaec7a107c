"""Follows the stream of the events table: reads its shards and remembers how far it is.

Where it is matters for the work only: an aggregator may be given anything again. So the order of shards, parents before
children, does not matter either.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from liveinsight.errors import StartError
from liveinsight.store.dynamodb import keys
from liveinsight.store.dynamodb.client import read_item
from liveinsight.store.dynamodb.failures import LOST, code_of

if TYPE_CHECKING:
    from liveinsight.store.dynamodb.aggregator import Aggregator
    from liveinsight.store.dynamodb.client import Client, Item

logger = logging.getLogger(__name__)

_LOOK_EVERY_S = 20.0  # for new shards


class Stream:
    """The stream of the events table, from where it was left."""

    def __init__(self, client: Client, streams: Client, aggregator: Aggregator) -> None:
        self._client = client
        self._streams = streams
        self._aggregator = aggregator
        self._arn = self._address()
        self._iterators: dict[str, str] = {}
        self._finished: set[str] = set()
        self._looked_at = 0.0

    def poll(self) -> int:
        """Read every shard once and fold what came; gives how many records that were. Raises StoreUnavailable."""
        if time.monotonic() - self._looked_at > _LOOK_EVERY_S or not self._iterators:
            self._look()
        answers = {shard: self._read(shard, iterator) for shard, iterator in self._iterators.items()}
        records = [record for answer in answers.values() for record in answer["Records"]]
        self._aggregator.fold(
            read_item(record["dynamodb"]["NewImage"]) for record in records if record["eventName"] == "INSERT"
        )
        for shard, answer in answers.items():
            self._go_on(shard, answer)
        return len(records)

    def _address(self) -> str:
        table = self._client.call("describe_table", TableName=self._client.names.events)["Table"]
        if not table.get("StreamSpecification", {}).get("StreamEnabled"):
            msg = f"The table {self._client.names.events} has no stream: create it with `liveinsight tables create`."
            raise StartError(msg)
        return str(table["LatestStreamArn"])

    def _look(self) -> None:
        """Find the shards there are, and where each was left."""
        self._looked_at = time.monotonic()
        asked: Item = {"StreamArn": self._arn}
        while True:
            described = self._streams.call("describe_stream", **asked)["StreamDescription"]
            for shard in described["Shards"]:
                self._open(shard["ShardId"])
            if "LastEvaluatedShardId" not in described:
                return
            asked["ExclusiveStartShardId"] = described["LastEvaluatedShardId"]

    def _open(self, shard: str) -> None:
        if shard in self._iterators or shard in self._finished:
            return
        left = self._client.get(self._client.names.stats, self._position_key(shard)) or {}
        if left.get("finished"):
            self._finished.add(shard)
        else:
            self._iterators[shard] = self._iterator(shard, left.get("position", ""))

    def _iterator(self, shard: str, position: str) -> str:
        where: Item = {"ShardIteratorType": "TRIM_HORIZON"}
        if position:
            where = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": position}
        try:
            answer = self._streams.call("get_shard_iterator", StreamArn=self._arn, ShardId=shard, **where)
        except ClientError as error:
            if position and code_of(error) in LOST:
                logger.warning("the stream was left for more than a day: what it has lost is in no report")
                return self._iterator(shard, "")
            raise
        return str(answer["ShardIterator"])

    def _read(self, shard: str, iterator: str) -> Any:
        try:
            return self._streams.call("get_records", ShardIterator=iterator)
        except ClientError as error:
            if code_of(error) not in LOST:
                raise
            left = self._client.get(self._client.names.stats, self._position_key(shard)) or {}
            again = self._iterator(shard, left.get("position", ""))
            return self._streams.call("get_records", ShardIterator=again)

    def _go_on(self, shard: str, answer: Any) -> None:
        """Remember how far the shard is."""
        following = answer.get("NextShardIterator")
        if following:
            self._iterators[shard] = following
        else:  # nothing will be added to it
            del self._iterators[shard]
            self._finished.add(shard)
            self._looked_at = 0.0
        if answer["Records"] or not following:
            position = answer["Records"][-1]["dynamodb"]["SequenceNumber"] if answer["Records"] else ""
            item = {**self._position_key(shard), "position": position, "finished": int(not following)}
            self._client.put(self._client.names.stats, item)

    def _position_key(self, shard: str) -> Item:
        return {"pk": keys.joined("stream", self._arn), "sk": shard}
