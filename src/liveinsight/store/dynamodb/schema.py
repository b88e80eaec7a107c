"""The four tables, defined once: `liveinsight tables create` and the tests read them here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from liveinsight.errors import SettingError
from liveinsight.settings import variable

if TYPE_CHECKING:
    from liveinsight.settings import Settings

TTL = "ttl"  # seconds since the epoch: DynamoDB deletes an item some time after it
_SETTINGS = ("events_table", "sessions_table", "active_sessions_table", "stats_table")  # in the order of Names
_NAME = re.compile(r"[A-Za-z0-9_.-]{3,255}")


class Names(NamedTuple):
    """What the tables are called here."""

    events: str
    sessions: str
    active: str
    stats: str


def names(settings: Settings) -> Names:
    """The names that the settings give. Raises SettingError: DynamoDB would not say which of them is wrong."""
    taken: dict[str, str] = {}
    for setting in _SETTINGS:
        table = getattr(settings, setting)
        if not _NAME.fullmatch(table):
            msg = f"{variable(setting)} cannot be a table: use 3 to 255 letters, digits, underscores, hyphens and dots."
            raise SettingError(msg)
        if table in taken:
            msg = f"{variable(setting)} names the same table as {variable(taken[table])}: each needs one of its own."
            raise SettingError(msg)
        taken[table] = setting
    return Names(*taken)


def definitions(named: Names) -> list[dict[str, Any]]:
    """Arguments of CreateTable. On demand: a site's traffic is no constant, and idle tables cost nothing."""
    pair = (("pk", "HASH"), ("sk", "RANGE"))
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    return [
        {**_table(named.events, ("id", "HASH")), "StreamSpecification": stream},
        _table(named.sessions, *pair),
        _table(named.active, *pair),
        _table(named.stats, *pair),
    ]


def _table(name: str, *keys: tuple[str, str]) -> dict[str, Any]:
    return {
        "TableName": name,
        "KeySchema": [{"AttributeName": key, "KeyType": kind} for key, kind in keys],
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"} for key, _ in keys],
        "BillingMode": "PAY_PER_REQUEST",
    }
