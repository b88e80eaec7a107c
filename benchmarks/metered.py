"""A client of DynamoDB that adds up what AWS would charge for: read and write units, as the engine reports them."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from botocore.exceptions import ClientError

from liveinsight.store.dynamodb.failures import CONDITION_FAILED, code_of

READS = frozenset({"get_item", "batch_get_item", "query"})
WRITES = frozenset({"put_item", "update_item", "delete_item", "batch_write_item"})
_UNIT_BYTES = 1024


class Metered:
    """`units` by (`read` or `write`, operation and table)."""

    def __init__(self, aws: Any, tables: dict[str, str]) -> None:
        self._aws = aws
        self._tables = {name: kind for kind, name in tables.items()}
        self.units: Counter[tuple[str, str]] = Counter()

    def __getattr__(self, operation: str) -> Any:
        call = getattr(self._aws, operation)
        if operation == "batch_execute_statement":
            return lambda **arguments: self._insert(call, arguments)
        if operation not in READS | WRITES:
            return call
        return lambda **arguments: self._count(operation, call, arguments)

    def total(self, kind: str) -> float:
        """All `read` or `write` units since they were last cleared."""
        return sum(number for (each, _), number in self.units.items() if each == kind)

    def _count(self, operation: str, call: Any, arguments: dict[str, Any]) -> Any:
        try:
            answer = call(**arguments, ReturnConsumedCapacity="TOTAL")
        except ClientError as error:
            if code_of(error) == CONDITION_FAILED:  # AWS charges for it all the same: a unit for each KB
                self.units["write", f"{operation} {self._tables[arguments['TableName']]}, refused"] += 1
            raise
        consumed = answer["ConsumedCapacity"]
        for each in consumed if isinstance(consumed, list) else [consumed]:
            kind = "read" if operation in READS else "write"
            self.units[kind, f"{operation} {self._tables[each['TableName']]}"] += each["CapacityUnits"]
        return answer

    def _insert(self, call: Any, arguments: dict[str, Any]) -> Any:
        """The local engine does not say what an insert consumes; AWS charges a unit for each KB of the item."""
        for statement in arguments["Statements"]:
            names = sum(map(len, ("id", "made", "received", "events", "ttl")))
            size = names + sum(len(next(iter(value.values()))) for value in statement["Parameters"])
            self.units["write", "insert events"] += math.ceil(size / _UNIT_BYTES)
        return call(**arguments)
