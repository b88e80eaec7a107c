"""The ids of events that are moved between those that are stored and those that were filtered and are kept.

A kept event that comes in takes its id by a *claim*: an insert as of any event, so that whoever comes second finds the
id taken, but with no event for the stream to bring. The event itself comes by a batch of its lane, which moves the
ledger with it. What a claim says comes from where the event is kept: who stopped between the two finds its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.store.dynamodb import keys
from liveinsight.store.dynamodb.applying import uncounted
from liveinsight.store.dynamodb.batches import Left
from liveinsight.store.dynamodb.codec import pack_events, unpack_events
from liveinsight.store.dynamodb.inserting import insert

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from liveinsight.models.events import StoredEvent
    from liveinsight.store.dynamodb.chains import Chains
    from liveinsight.store.dynamodb.client import Client, Item
    from liveinsight.store.dynamodb.filtered import Kept
    from liveinsight.store.dynamodb.lifetimes import Lifetimes


class Claims:
    """Takes ids and gives them back."""

    def __init__(self, client: Client, chains: Chains, lifetimes: Lifetimes) -> None:
        self._client = client
        self._chains = chains
        self._lifetimes = lifetimes
        self._table = client.names.events

    def takers(self, events: Iterable[StoredEvent]) -> dict[str, Item]:
        """What has taken the ids of events, by their keys. Raw events go, so many an event that is stored has none."""
        return self._raw_of(events)[0]

    def claim(self, kept: Sequence[Kept]) -> set[str]:
        """Take the ids of kept events, for the first of each; gives the tokens of those that have them."""
        items: dict[str, Item] = {}
        for each in kept:
            items.setdefault(keys.event_id(each.event), self._item(each))
        takers, have_left = self._raw_of(each.event for each in kept)
        self._client.parallel(self._delete, have_left)
        inserted = insert(self._client, [item for key, item in items.items() if key not in takers])
        for became in inserted.values():
            if isinstance(became, BaseException):
                raise became
        mine = {key for key, is_new in inserted.items() if is_new}
        # Whoever does the same at the same time makes the same claim: then it is everybody's.
        takers |= self._raw(each.event for each in kept if keys.event_id(each.event) not in mine)
        mine |= {key for key, taker in takers.items() if taker["made"] == items[key]["made"]}
        return {items[key]["made"] for key in mine}

    def leaving(self, events: Sequence[StoredEvent]) -> list[Left]:
        """How a batch has events leave."""
        made = {key: raw["made"] for key, raw in self._raw(events).items()}
        return [
            Left(
                event.session_id,
                event.event_id,
                event.timestamp,
                event.visitor_id,
                made.get(keys.event_id(event), ""),
            )
            for event in events
        ]

    def free(self, events: Sequence[StoredEvent]) -> None:
        """Let the ids of events be used again, unless they have been already. Each costs a write unit, used or not."""
        self._client.parallel(self._free, events)

    def told(self, kept: Sequence[Kept]) -> list[Kept]:
        """Without those whose note is on its way: the ledger does not know of them yet."""
        notes = {each.note for each in kept}
        there = self._client.get_many(self._table, [{"id": note} for note in notes], now=True)
        waiting = uncounted(self._client, [item["id"] for item in there])
        return [each for each in kept if each.note not in waiting]

    def _item(self, kept: Kept) -> Item:
        event = kept.event
        item = {"id": keys.event_id(event), "made": kept.token, "received": event.received_at}
        return {**item, "events": pack_events([]), "session": event.session_id, **self._lifetimes.of_copied()}

    def _raw(self, events: Iterable[StoredEvent]) -> dict[str, Item]:
        asked = [{"id": key} for key in {keys.event_id(event) for event in events}]
        return {item["id"]: item for item in self._client.get_many(self._table, asked, now=True)}

    def _raw_of(self, events: Iterable[StoredEvent]) -> tuple[dict[str, Item], list[Item]]:
        """Those that hold the ids of events, and those whose event has left: who did that stopped before freeing it."""
        found = list(self._raw(events).values())
        left = self._client.parallel(self._has_left, found)
        holding = {raw["id"]: raw for raw, has_left in zip(found, left, strict=True) if not has_left}
        return holding, [raw for raw, has_left in zip(found, left, strict=True) if has_left]

    def _has_left(self, raw: Item) -> bool:
        site_id, event_id = keys.parts_of(raw["id"])
        session_id = raw.get("session") or unpack_events(raw["events"])[0].session_id
        state = self._chains.read(keys.Chain(site_id, session_id))
        return state.has_left(event_id, raw["made"]) and all(each.event_id != event_id for each in state.events)

    def _delete(self, raw: Item) -> None:
        self._client.delete(self._table, {"id": raw["id"]}, "made = :made", made=raw["made"])

    def _free(self, event: StoredEvent) -> None:
        key = {"id": keys.event_id(event)}
        self._client.delete(self._table, key, "received = :received", received=event.received_at)
