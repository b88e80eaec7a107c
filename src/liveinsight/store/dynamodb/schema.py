"""The four tables, defined once: `liveinsight tables create` and the tests read them here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from liveinsight.settings import Settings

TTL = "ttl"  # seconds since the epoch: DynamoDB deletes an item some time after it


class Names(NamedTuple):
    """What the tables are called here."""

    events: str
    sessions: str
    active: str
    stats: str


def names(settings: Settings) -> Names:
    """The names that the settings give."""
    return Names(settings.events_table, settings.sessions_table, settings.active_sessions_table, settings.stats_table)


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
