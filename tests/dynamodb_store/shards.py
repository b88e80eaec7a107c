"""DynamoDB Local has one shard a stream. This client of it has more, each with some of the records; any may end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zlib import crc32

if TYPE_CHECKING:
    from threading import Event


class ManyShards:
    """The real stream, split by the keys of its records. `slow`: a shard that answers only when an event is set."""

    def __init__(self, aws: Any, shards: int) -> None:
        self._aws = aws
        self._parts = shards
        self._ended: set[str] = set()
        self._names = [str(number) for number in range(shards)]
        self.slow: dict[str, Event] = {}

    def end(self, name: str) -> None:
        """Nothing comes to this shard any more; a child goes on, and begins with what its parent had."""
        self._ended.add(name)
        self._names.append(f"{name}.1")

    def describe_stream(self, **asked: Any) -> Any:
        answer = self._aws.describe_stream(**asked)
        [shard] = answer["StreamDescription"]["Shards"]
        answer["StreamDescription"]["Shards"] = [
            {**shard, "ShardId": f"{name}/{shard['ShardId']}"} for name in self._names
        ]
        return answer

    def get_shard_iterator(self, **asked: Any) -> Any:
        name, asked["ShardId"] = asked["ShardId"].split("/", 1)
        return {"ShardIterator": f"{name}/{self._aws.get_shard_iterator(**asked)['ShardIterator']}"}

    def get_records(self, **asked: Any) -> Any:
        name, iterator = asked["ShardIterator"].split("/", 1)
        if name in self.slow:
            self.slow[name].wait(300)  # a test that fails must not wait for ever
        answer = self._aws.get_records(ShardIterator=iterator)
        is_empty = not answer["Records"]
        part = name.split(".", maxsplit=1)[0]
        answer["Records"] = [
            each for each in answer["Records"] if self.part(each["dynamodb"]["Keys"]["id"]["S"]) == part
        ]
        following = answer.pop("NextShardIterator", None)
        if following and not (is_empty and name in self._ended):
            answer["NextShardIterator"] = f"{name}/{following}"
        return answer

    def part(self, key: str) -> str:
        """The shard of an event by its key."""
        return str(crc32(key.encode()) % self._parts)
