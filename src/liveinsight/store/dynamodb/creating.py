"""Creating the tables, once, and switching on what one of them lacks: the stream, the expiry."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from liveinsight.errors import StartError
from liveinsight.store.dynamodb.checking import check_keys, defined, expires
from liveinsight.store.dynamodb.client import Client, aws_client
from liveinsight.store.dynamodb.failures import INVALID, as_start_error, code_of
from liveinsight.store.dynamodb.schema import TTL, names

if TYPE_CHECKING:
    from liveinsight.settings import Settings

_THERE = "ResourceInUseException"
_LOOK_EVERY_S, _PATIENCE_S = 0.5, 120.0
CREATED, COMPLETED, EXISTS = "created", "completed", "exists"


def create_tables(settings: Settings) -> dict[str, str]:
    """What was done, by table: created; completed, when its stream or its expiry was missing; or nothing, it exists.

    Nothing else of a table that exists is changed. Raises StartError.
    """
    client = Client(aws_client(settings, "dynamodb"), names(settings))
    try:
        with as_start_error():
            return {each["TableName"]: _create(client, each, name) for each, name in defined(client.names)}
    finally:
        client.close()


def _create(client: Client, definition: dict[str, Any], setting: str) -> str:
    name = definition["TableName"]
    try:
        client.call("create_table", **definition)
        done = CREATED
    except ClientError as error:
        if code_of(error) != _THERE:
            raise
        done = EXISTS
    table = _active(client, name)
    check_keys(table, definition, setting)
    lacks_stream = "StreamSpecification" in definition and not table.get("StreamSpecification", {}).get("StreamEnabled")
    if lacks_stream:
        client.call("update_table", TableName=name, StreamSpecification=definition["StreamSpecification"])
        _active(client, name)
    if (_expire(client, name) or lacks_stream) and done == EXISTS:
        done = COMPLETED
    return done


def _active(client: Client, name: str) -> dict[str, Any]:
    """The table, once it can be used."""
    until = time.monotonic() + _PATIENCE_S
    while True:
        table: dict[str, Any] = client.call("describe_table", TableName=name)["Table"]
        if table["TableStatus"] == "ACTIVE":
            return table
        if time.monotonic() > until:
            msg = f"The table {name} is still not active: look at it in the AWS console, then run this again."
            raise StartError(msg)
        time.sleep(_LOOK_EVERY_S)


def _expire(client: Client, name: str) -> bool:
    """Switch on the expiry; whether it was off."""
    if expires(client, name):
        return False
    specification = {"Enabled": True, "AttributeName": TTL}
    try:
        client.call("update_time_to_live", TableName=name, TimeToLiveSpecification=specification)
    except ClientError as error:
        if code_of(error) != INVALID:
            raise
        msg = (
            f"The table {name} expires (TTL) by another attribute than {TTL}, or this was changed within the last hour:"
            " switch its TTL off in the AWS console, wait for an hour, then run this again."
        )
        raise StartError(msg) from None
    return True
