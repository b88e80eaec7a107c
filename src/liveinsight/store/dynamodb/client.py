"""Calls of DynamoDB as the store needs them: pages followed, left-overs sent again, retried for a while.

Items are dictionaries of str, int and bytes. The SDK's own retries are off: only who repeats a call himself knows that
the first try may have been done after all.
"""

from __future__ import annotations

import os
import random
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from liveinsight.errors import StartError, StoreUnavailable
from liveinsight.store.dynamodb.failures import (
    CONDITION_FAILED,
    as_start_error,
    code_of,
    given_up,
    may_pass,
    without_content,
)
from liveinsight.store.dynamodb.schema import TTL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from liveinsight.settings import Settings
    from liveinsight.store.dynamodb import schema

Item = dict[str, Any]
T = TypeVar("T")
V = TypeVar("V")

STREAMS = "dynamodbstreams"
_STREAMS_VARIABLE = "AWS_ENDPOINT_URL_DYNAMODB_STREAMS"  # boto3 reads it
AT_ONCE = 16  # calls in flight
PATIENCE_S = 10.0  # how long a call is repeated before the store is unavailable
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.025, 1.0
_READ_AT_ONCE = 100  # items a BatchGetItem takes
_WRITTEN_AT_ONCE = 25  # items a BatchWriteItem takes


def aws_client(settings: Settings, service: str) -> Any:
    """A client of boto3: region and credentials the AWS way, unless the settings say otherwise.

    DynamoDB Local has tables and streams at one address; a private endpoint on AWS has them at two.
    """
    endpoint = None if service == STREAMS and _STREAMS_VARIABLE in os.environ else settings.dynamodb_endpoint
    config = Config(
        connect_timeout=3, read_timeout=5, max_pool_connections=2 * AT_ONCE, retries={"total_max_attempts": 1}
    )
    try:
        with as_start_error():
            return boto3.client(
                service,
                region_name=settings.aws_region or None,
                endpoint_url=endpoint or None,
                config=config,
            )
    except ValueError:
        msg = f"AWS_ENDPOINT_URL_DYNAMODB is no address: {settings.dynamodb_endpoint!r}. It is like http://localhost:8000."
        raise StartError(msg) from None


class Client:
    """The four tables. Any thread may call. Raises StoreUnavailable (QueueFull when throttled) after `patience` s."""

    def __init__(self, aws: Any, names: schema.Names, patience: float | None = None) -> None:
        self.names = names
        self._aws = aws
        self._patience = PATIENCE_S if patience is None else patience
        self._threads = ThreadPoolExecutor(AT_ONCE, "dynamodb")

    def call(self, operation: str, **arguments: Any) -> Any:
        """One call, repeated while it may pass. Raises ClientError for what will not."""
        return self.patiently(lambda: getattr(self._aws, operation)(**arguments), self._place(arguments))

    def _place(self, arguments: Item) -> str:
        """What a call is about, for messages."""
        if table := arguments.get("TableName"):
            return f"the table {table}"
        return f"the stream of the table {self.names.events}"

    def patiently(self, attempt: Callable[[], T], place: str) -> T:
        """The result of an attempt, repeated with longer and longer random pauses while its failure may pass.

        `place` is for messages: what the attempt is about.
        """
        until = time.monotonic() + self._patience
        longest = _FIRST_PAUSE_S
        while True:
            try:
                return attempt()
            except (ClientError, BotoCoreError) as error:
                told = without_content(error, place)
                if not may_pass(error):
                    raise told from None
                pause = random.uniform(0, longest)  # noqa: S311  it spreads load, it keeps no secret
                if time.monotonic() + pause > until:
                    raise given_up(error) from told
            time.sleep(pause)
            longest = min(2 * longest, _LONGEST_PAUSE_S)

    def parallel(self, function: Callable[[V], T], values: Sequence[V]) -> list[T]:
        """The function's result for every value, in order. Not to be called from within."""
        if len(values) < 2:  # noqa: PLR2004
            return list(map(function, values))
        try:
            results = self._threads.map(function, values)
        except RuntimeError:  # closed meanwhile, which is nobody's fault: what was begun is finished by the next one
            raise StoreUnavailable from None
        return list(results)

    def get(self, table: str, key: Item) -> Item | None:
        """An item as it is now."""
        answer = self.call("get_item", TableName=table, Key=_written(key), ConsistentRead=True)
        return _read(answer["Item"]) if "Item" in answer else None

    def get_many(self, table: str, keys: Sequence[Item], *, now: bool = False) -> list[Item]:
        """Those of the items that exist, in no order. `now`: as they are this moment, at twice the price."""
        parts = [keys[at : at + _READ_AT_ONCE] for at in range(0, len(keys), _READ_AT_ONCE)]
        found = self.parallel(lambda part: self.get_few(table, part, now=now), parts)
        return [item for items in found for item in items]

    def get_few(self, table: str, keys: Sequence[Item], *, now: bool = False) -> list[Item]:
        """`get_many` for at most 100, without other threads."""
        if not keys:
            return []
        left = {table: {"Keys": [_written(key) for key in keys], "ConsistentRead": now}}
        found: list[Item] = []
        while left:
            answer = self._progress("batch_get_item", left)
            found += map(_read, answer["Responses"].get(table, ()))
            left = answer["UnprocessedKeys"]
        return found

    def query(
        self, table: str, pk: str, low: str = "", high: str = "", *, now: bool = False, latest_first: bool = False
    ) -> Iterator[Item]:
        """The items of a partition, `high` included, in order of the sort key. `now` as in get_many."""
        condition, values = "pk = :pk", {":pk": pk}
        if high:
            condition, values = "pk = :pk AND sk BETWEEN :low AND :high", {":pk": pk, ":low": low or " ", ":high": high}
        asked = {
            "TableName": table,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": _written(values),
            "ConsistentRead": now,
            "ScanIndexForward": not latest_first,
        }
        while True:
            answer = self.call("query", **asked)
            yield from map(_read, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def put(self, table: str, item: Item, condition: str = "", **values: Any) -> bool:
        """Write an item; False when the condition does not hold, or no longer since an earlier try of this call."""
        return self._conditionally("put_item", condition, values, TableName=table, Item=_written(item))

    def update(self, table: str, key: Item, change: str, condition: str, **values: Any) -> bool:
        """Change an item, as `put` writes one. `values` are named in the expressions with a colon.

        DynamoDB has reserved words: attributes have names that are none, but for #ttl.
        """
        names = {"ExpressionAttributeNames": {"#ttl": TTL}} if "#ttl" in change else {}
        return self._conditionally(
            "update_item", condition, values, TableName=table, Key=_written(key), UpdateExpression=change, **names
        )

    def delete(self, table: str, key: Item, condition: str, **values: Any) -> bool:
        """Delete an item, as `put` writes one."""
        return self._conditionally("delete_item", condition, values, TableName=table, Key=_written(key))

    def _conditionally(self, operation: str, condition: str, values: Item, **arguments: Any) -> bool:
        if condition:
            arguments["ConditionExpression"] = condition
        if values:
            arguments["ExpressionAttributeValues"] = _written({f":{name}": value for name, value in values.items()})
        try:
            self.call(operation, **arguments)
        except ClientError as error:
            if code_of(error) == CONDITION_FAILED:
                return False
            raise
        return True

    def write_many(self, table: str, puts: Iterable[Item] = (), deletes: Iterable[Item] = ()) -> None:
        """Write and delete items without conditions; twice is as good as once."""
        requests = [{"PutRequest": {"Item": _written(item)}} for item in puts]
        requests += [{"DeleteRequest": {"Key": _written(key)}} for key in deletes]
        parts = [requests[at : at + _WRITTEN_AT_ONCE] for at in range(0, len(requests), _WRITTEN_AT_ONCE)]
        self.parallel(lambda part: self._write_part({table: part}), parts)

    def _write_part(self, left: Item) -> None:
        while left:
            left = self._progress("batch_write_item", left)["UnprocessedItems"]

    def _progress(self, operation: str, left: Item) -> Any:
        """A batch call of which something was done; an answer that did nothing is a throttle."""

        def attempt() -> Any:
            answer = getattr(self._aws, operation)(RequestItems=left)
            if answer.get("UnprocessedKeys", answer.get("UnprocessedItems")) == left:
                raise ClientError({"Error": {"Code": "ThrottlingException"}}, operation)
            return answer

        return self.patiently(attempt, f"the table {next(iter(left))}")

    def insert(self, table: str, items: Sequence[Item]) -> list[str]:
        """Insert up to 25 items with different keys, once and without a retry: "" or what was wrong, for each."""
        statements = []
        for item in items:
            fields = ", ".join(f"'{name}': ?" for name in item)
            statements.append(
                {
                    "Statement": f'INSERT INTO "{table}" VALUE {{{fields}}}',
                    "Parameters": list(_written(item).values()),
                }
            )
        answer = self._aws.batch_execute_statement(Statements=statements)
        return [each.get("Error", {}).get("Code", "") for each in answer["Responses"]]

    def close(self) -> None:
        """Let go of the threads."""
        self._threads.shutdown()


def _written(item: Item) -> dict[str, dict[str, Any]]:
    return {name: _value(value) for name, value in item.items()}


def _value(value: str | int | bytes) -> dict[str, Any]:
    if isinstance(value, str):
        return {"S": value}
    return {"B": value} if isinstance(value, bytes) else {"N": str(value)}


def _read(item: dict[str, dict[str, Any]]) -> Item:
    return {name: int(value["N"]) if "N" in value else next(iter(value.values())) for name, value in item.items()}


read_item = _read
