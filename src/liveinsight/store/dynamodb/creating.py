"""Creating the tables, once, and switching on what DynamoDB has no argument for when it creates one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from liveinsight.errors import StartError
from liveinsight.store.dynamodb.client import Client, aws_client
from liveinsight.store.dynamodb.failures import at_start, code_of
from liveinsight.store.dynamodb.schema import TTL, definitions, names

if TYPE_CHECKING:
    from liveinsight.settings import Settings

_THERE = "ResourceInUseException"
_LOOK_EVERY_S, _PATIENCE_S = 0.5, 120.0


def create_tables(settings: Settings) -> dict[str, bool]:
    """The tables by name, and whether they are new. Those that exist stay as they are. Raises StartError."""
    client = Client(aws_client(settings, "dynamodb"), names(settings))
    try:
        created = {each["TableName"]: _create(client, each) for each in definitions(client.names)}
        for name, is_new in created.items():
            _wait(client, name)
            if is_new:
                _expire(client, name)
    finally:
        client.close()
    return created


def _create(client: Client, definition: dict[str, Any]) -> bool:
    name = definition["TableName"]
    try:
        client.call("create_table", **definition)
    except ClientError as error:
        if code_of(error) == _THERE:
            return False
        raise at_start(error, "CreateTable", name) from None
    except BotoCoreError as error:
        raise at_start(error, "CreateTable", name) from None
    return True


def _wait(client: Client, name: str) -> None:
    until = time.monotonic() + _PATIENCE_S
    while client.call("describe_table", TableName=name)["Table"]["TableStatus"] != "ACTIVE":
        if time.monotonic() > until:
            msg = f"The table {name} is still not active: look at it in the AWS console, then run this again."
            raise StartError(msg)
        time.sleep(_LOOK_EVERY_S)


def _expire(client: Client, name: str) -> None:
    specification = {"Enabled": True, "AttributeName": TTL}
    try:
        client.call("update_time_to_live", TableName=name, TimeToLiveSpecification=specification)
    except ClientError as error:
        raise at_start(error, "UpdateTimeToLive", name) from None
