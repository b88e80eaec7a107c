"""The ids of events that are moved between those that are stored and those that were filtered and are kept.

A kept event that comes in takes its id by a *claim*: an insert as of any event, so that whoever comes second finds the
id taken, but with no event for the stream to bring. The event itself comes by a batch of its lane, which moves the
ledger with it. What a claim says comes from where the event is kept: who stopped between the two finds its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.store.dynamodb import keys
from liveinsight.store.dynamodb.applying import uncounted
from liveinsight.store.dynamodb.codec import pack_events
from liveinsight.store.dynamodb.inserting import insert

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from liveinsight.models.events import StoredEvent
    from liveinsight.store.dynamodb.client import Client, Item
    from liveinsight.store.dynamodb.filtered import Kept
    from liveinsight.store.dynamodb.lifetimes import Lifetimes


class Claims:
    """Takes ids and gives them back."""

    def __init__(self, client: Client, lifetimes: Lifetimes) -> None:
        self._client = client
        self._lifetimes = lifetimes
        self._table = client.names.events

    def takers(self, events: Iterable[StoredEvent]) -> dict[str, Item]:
        """What has taken the ids of events, by their keys. Raw events go, so many an event that is stored has none."""
        asked = [{"id": key} for key in {keys.event_id(event) for event in events}]
        return {item["id"]: item for item in self._client.get_many(self._table, asked, now=True)}

    def claim(self, kept: Sequence[Kept]) -> set[str]:
        """Take the ids of kept events, for the first of each; gives the tokens of those that have them."""
        ttl = self._lifetimes.of_copied()
        items: dict[str, Item] = {}
        for each in kept:
            key = keys.event_id(each.event)
            item = {"id": key, "made": each.token, "received": each.event.received_at, "events": pack_events([])}
            items.setdefault(key, {**item, **ttl})
        inserted = insert(self._client, list(items.values()))
        for became in inserted.values():
            if isinstance(became, BaseException):
                raise became
        takers = self.takers(each.event for each in kept if not inserted[keys.event_id(each.event)])
        return {item["made"] for key, item in items.items() if takers.get(key, item)["made"] == item["made"]}

    def free(self, events: Sequence[StoredEvent]) -> None:
        """Let the ids of events be used again, unless they have been already."""
        self._client.parallel(self._free, events)

    def told(self, kept: Sequence[Kept]) -> list[Kept]:
        """Without those whose note is on its way: the ledger does not know of them yet."""
        notes = {each.note for each in kept}
        there = self._client.get_many(self._table, [{"id": note} for note in notes], now=True)
        waiting = uncounted(self._client, [item["id"] for item in there])
        return [each for each in kept if each.note not in waiting]

    def _free(self, event: StoredEvent) -> None:
        key = {"id": keys.event_id(event)}
        self._client.delete(self._table, key, "received = :received", received=event.received_at)
