"""Run by the Python of the AWS tools: ministack, with what it lacks of AWS for us.

* What PartiQL inserts is in the table's stream, as any other item.
* Rights: a batch of PartiQL statements is so many inserts into a table, and the keys of partitions are a condition.
"""

from __future__ import annotations

import json
import re
from typing import Any

from ministack.app import main  # type: ignore[import-not-found]
from ministack.core import iam_actions  # type: ignore[import-not-found]
from ministack.services import dynamodb  # type: ignore[import-not-found]

_INSERT = re.compile(r'INSERT INTO "([^"]+)"')
_OK = 200

_insert = dynamodb._partiql_insert
_action = iam_actions.extract_iam_action
_resources = iam_actions.dynamodb_resource_arns
_context = iam_actions.dynamodb_service_context


def insert(table: Any, parsed: Any) -> Any:
    answer = _insert(table, parsed)
    if answer[0] == _OK:
        dynamodb._emit_stream_event(parsed["table"], "INSERT", None, parsed["item"])
    return answer


def action(*asked: Any) -> Any:
    found = _action(*asked)
    return "dynamodb:PartiQLInsert" if found == "dynamodb:BatchExecuteStatement" else found


def resources(body: bytes, region: str, account: str) -> Any:
    statements = json.loads(body or b"{}").get("Statements", [])
    tables = sorted({table for each in statements for table in _INSERT.findall(each["Statement"])})
    named = [f"arn:aws:dynamodb:{region}:{account}:table/{table}" for table in tables]
    return named or _resources(body, region, account)


def context(body: bytes) -> Any:
    request = json.loads(body or b"{}")
    items = [request.get("Item"), request.get("Key"), {"pk": request.get("ExpressionAttributeValues", {}).get(":pk")}]
    for asked in (request.get("RequestItems") or {}).values():
        items += asked["Keys"] if isinstance(asked, dict) else []
        items += [next(iter(change.values())) for change in asked if isinstance(change, dict)]
    items = [item.get("Item") or item.get("Key") or item for item in items if item]
    keys = sorted({item["pk"]["S"] for item in items if item.get("pk")})
    return {**_context(body), **({"dynamodb:LeadingKeys": keys} if keys else {})}


if __name__ == "__main__":
    dynamodb._partiql_insert = insert
    iam_actions.extract_iam_action = action
    iam_actions.dynamodb_resource_arns = resources
    iam_actions.dynamodb_service_context = context
    main()
