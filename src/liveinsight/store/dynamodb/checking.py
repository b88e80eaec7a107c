"""Whether the tables are as they have to be: asked at the start, answered with what to do."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from liveinsight.errors import StartError, StoreUnavailable
from liveinsight.settings import variable
from liveinsight.store.dynamodb.failures import as_start_error, code_of
from liveinsight.store.dynamodb.schema import TTL, definitions

if TYPE_CHECKING:
    from liveinsight.store.dynamodb.client import Client
    from liveinsight.store.dynamodb.schema import Names

logger = logging.getLogger(__name__)

_CREATE = "`liveinsight tables create`"
_SETTINGS = ("events_table", "sessions_table", "active_sessions_table", "stats_table")
_IMAGES = frozenset({"NEW_IMAGE", "NEW_AND_OLD_IMAGES"})


def check_tables(client: Client) -> None:
    """Raises StartError when a table is missing, may not be looked at, or is another one than ours."""
    for definition, setting in defined(client.names):
        check_keys(_described(client, definition["TableName"]), definition, setting)
    check_stream(client)


def defined(names: Names) -> list[tuple[dict[str, Any], str]]:
    """The definitions of the tables, each with the setting that names the table."""
    return list(zip(definitions(names), map(variable, _SETTINGS), strict=True))


def check_keys(table: dict[str, Any], definition: dict[str, Any], setting: str) -> None:
    """Raises StartError when a table that exists has other keys than ours has."""

    def keys(of: dict[str, Any]) -> dict[str, tuple[str, str]]:
        kinds = {each["AttributeName"]: each["AttributeType"] for each in of["AttributeDefinitions"]}
        return {each["KeyType"]: (each["AttributeName"], kinds[each["AttributeName"]]) for each in of["KeySchema"]}

    if keys(table) != keys(definition):
        name = definition["TableName"]
        msg = f"The table {name} has other keys than LiveInsight needs: name another with {setting}, then {_CREATE}."
        raise StartError(msg)


def check_stream(client: Client) -> str:
    """The address of the stream of the events table. Raises StartError when it has none that carries the events."""
    name = client.names.events
    table = _described(client, name)
    stream = table.get("StreamSpecification", {})
    if not stream.get("StreamEnabled"):
        msg = f"The table {name} has no stream, so nothing would count its events: {_CREATE} switches it on."
        raise StartError(msg)
    if stream.get("StreamViewType") not in _IMAGES:
        msg = (
            f"The stream of the table {name} does not carry new images: switch it off in the AWS console, then"
            f" {_CREATE} switches on the right one."
        )
        raise StartError(msg)
    return str(table["LatestStreamArn"])


def warn_of_missing_expiry(client: Client) -> None:
    """Say which tables would grow for ever. It stops nothing, and neither does it when nobody may ask."""
    for name in client.names:
        try:
            is_fine = expires(client, name)
        except (ClientError, BotoCoreError, StoreUnavailable) as error:
            logger.debug("whether %s expires is unknown: %s", name, code_of(error))
            continue
        if not is_fine:
            logger.warning(
                "the table %s does not expire (TTL by the attribute %s), so it grows for ever: %s switches it on",
                *(name, TTL, _CREATE),
            )


def expires(client: Client, name: str) -> bool:
    """Whether the items of a table go when their time is over. Raises ClientError."""
    told = client.call("describe_time_to_live", TableName=name)["TimeToLiveDescription"]
    return told["TimeToLiveStatus"] in {"ENABLED", "ENABLING"} and told.get("AttributeName") == TTL


def _described(client: Client, name: str) -> dict[str, Any]:
    with as_start_error():
        table: dict[str, Any] | None = client.call("describe_table", TableName=name).get("Table")
    if table is None:  # a page for people, perhaps
        msg = "What answers at AWS_ENDPOINT_URL_DYNAMODB is not DynamoDB."
        raise StartError(msg)
    return table
