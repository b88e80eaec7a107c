"""The stream of the events table: which shards it has, and reading one of them.

Where a reader is matters for the work only: an aggregator may be given anything again. So the order of shards, parents
before children, does not matter either, and nothing here keeps it.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from liveinsight.store.dynamodb.checking import check_stream
from liveinsight.store.dynamodb.client import read_item
from liveinsight.store.dynamodb.failures import LOST, NOT_FOUND, code_of

if TYPE_CHECKING:
    from liveinsight.store.base import Clock
    from liveinsight.store.dynamodb.client import Client, Item

logger = logging.getLogger(__name__)

_LATELY_MS = 5000


class Page(NamedTuple):
    """What a shard gave: how many records; the new items among them; how far they go; where the shard goes on.

    `position` is the last record's number and `written_at` (ms) its time, "" and 0 when there was none; `begun_at` is
    the first one's. Without `following` the shard is at its end for ever. `asked_at` (ms): an empty page has everything
    that was written before.
    """

    records: int
    images: list[Item]
    position: str
    written_at: int
    following: str
    asked_at: int
    begun_at: int = 0


class Stream:
    """The stream. Any thread may call. Raises StartError when the table has none of the right kind."""

    def __init__(self, client: Client, streams: Client, clock: Clock) -> None:
        self.arn = check_stream(client)
        self._streams = streams
        self._clock = clock

    def shards(self) -> list[str]:
        """All shards of the last 24 hours, those that are at their end too."""
        found: list[str] = []
        asked: Item = {"StreamArn": self.arn}
        while True:
            described = self._streams.call("describe_stream", **asked)["StreamDescription"]
            found += [shard["ShardId"] for shard in described["Shards"]]
            if "LastEvaluatedShardId" not in described:
                return found
            asked["ExclusiveStartShardId"] = described["LastEvaluatedShardId"]

    def iterator(self, shard: str, position: str) -> str:
        """Where a shard goes on after a position, or begins. "" when there is no such shard any more."""
        where: Item = {"ShardIteratorType": "TRIM_HORIZON"}
        if position:
            where = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": position}
        try:
            answer = self._streams.call("get_shard_iterator", StreamArn=self.arn, ShardId=shard, **where)
        except ClientError as error:
            if position and code_of(error) in LOST:
                logger.warning("the stream was left for more than a day: what it has lost is in no report")
                return self.iterator(shard, "")
            if code_of(error) == NOT_FOUND:
                return ""
            raise
        return str(answer["ShardIterator"])

    def page(self, iterator: str) -> Page:
        """What is there at an iterator. Raises ClientError with a code of LOST when the iterator is too old."""
        asked_at = self._clock()
        answer = self._streams.call("get_records", ShardIterator=iterator)
        records: list[Any] = answer["Records"]
        images = [read_item(each["dynamodb"]["NewImage"]) for each in records if each["eventName"] == "INSERT"]
        return Page(
            len(records),
            images,
            records[-1]["dynamodb"]["SequenceNumber"] if records else "",
            _written_at(records[-1], images[-1:]) if records else 0,
            answer.get("NextShardIterator") or "",
            asked_at,
            _written_at(records[0], images[:1]) if records else 0,
        )

    def now(self) -> int:
        """By the clock of this process, ms."""
        return self._clock()


def _written_at(record: Any, images: list[Item]) -> int:
    """When a record was written (ms). The stream knows the second (DynamoDB Local: the minute), items more."""
    created = round(record["dynamodb"]["ApproximateCreationDateTime"].timestamp() * 1000)
    return int(max(created, *(image.get("received", 0) for image in images), 0))


class Shard:
    """A shard that is being read, from where it was left. `read` changes nothing; `go_on` when a page is folded."""

    def __init__(self, stream: Stream, name: str, position: str = "") -> None:
        self.name = name
        self.position = position
        self.is_finished = False
        self.unsaved = 0  # records since the position was last written down
        self._complete_until = stream.now()  # ms: nothing is missing of what was written by then, as far as is known
        self._is_at_end = True
        self._stream = stream
        self._iterator = ""

    def read(self) -> Page:
        """The next page; the same one again until `go_on`. Raises StoreUnavailable, ClientError."""
        try:
            page = self._read(self._iterator)
        except ClientError as error:
            if code_of(error) not in LOST:
                raise
            page = self._read("")
        if page.records and self._is_at_end:  # from here on it is behind, until this is folded
            self._complete_until = min(self._complete_until, page.begun_at)
            self._is_at_end = False
        return page

    def _read(self, iterator: str) -> Page:
        iterator = iterator or self._stream.iterator(self.name, self.position)
        return self._stream.page(iterator) if iterator else Page(0, [], "", 0, "", 0)

    def go_on(self, page: Page) -> None:
        """The page is folded: what follows is next."""
        self.position = page.position or self.position
        self._iterator = page.following
        self.is_finished = not page.following
        self.unsaved += page.records
        self._complete_until = page.written_at or page.asked_at
        self._is_at_end = not page.written_at

    def behind(self, now: int) -> int:
        """How far behind `now` (ms) the last record is, in ms; 0 at the end of the shard, if it was seen lately."""
        behind = max(0, now - self._complete_until)
        return 0 if self._is_at_end and behind <= _LATELY_MS else behind
