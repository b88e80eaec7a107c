"""Filtered events that are kept: an item each, in partitions by lane, in the order in which they arrived.

The middle of a sort key tells apart what was received at the same time. Where a collector wrote it, it is the token
of the note that tells the ledger of the event. What a batch takes away is emptied, and goes by TTL a week later.
"""

from __future__ import annotations

from heapq import merge
from typing import TYPE_CHECKING, NamedTuple

from liveinsight.models.events import FilteredEvent
from liveinsight.store.dynamodb import keys
from liveinsight.store.dynamodb.codec import digest, pack_events, unpack_events

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from liveinsight.models.events import StoredEvent
    from liveinsight.store.dynamodb.client import Client, Item
    from liveinsight.store.dynamodb.keys import Lane


class Kept(NamedTuple):
    """A filtered event, and where it is kept."""

    lane: Lane
    sk: str
    reason: str
    event: StoredEvent

    @property
    def token(self) -> str:
        """What no other has, and this one always."""
        return digest([self.lane, self.sk])

    @property
    def note(self) -> str:
        """The key of the note that tells the ledger of it, if a collector wrote both."""
        return keys.note_id(self.lane.site_id, keys.parts_of(self.sk)[1])


def key_of(lane: Lane, sk: str) -> dict[str, str]:
    """The key of a filtered event."""
    return {"pk": keys.of_lane("kept", lane), "sk": sk}


def sort_key(event: StoredEvent, *more: str) -> str:
    """The second half of the key of an event."""
    return keys.joined(f"{event.received_at:015}", *more)


def sort_key_of_left(event: StoredEvent) -> str:
    """The same of an event that had been stored: it comes from what the event says, so that twice is once."""
    return sort_key(event, digest(event), "left")


def item_of(lane: Lane, sk: str, kept: FilteredEvent) -> Item:
    """The item of a filtered event."""
    reason, event = kept
    return {**key_of(lane, sk), "at": event.timestamp, "reason": reason, "events": pack_events([event])}


def read(items: Iterable[Item]) -> Iterator[FilteredEvent]:
    """The filtered events of items. Those that were emptied have none."""
    for item in items:
        if "events" in item:
            yield from (FilteredEvent(item["reason"], event) for event in unpack_events(item["events"]))


def kept_of(client: Client, lanes: Iterable[Lane]) -> Iterator[Kept]:
    """Those of some lanes, in order of arrival."""
    return merge(*(_of_lane(client, lane) for lane in lanes), key=lambda kept: kept.sk)


def _of_lane(client: Client, lane: Lane) -> Iterator[Kept]:
    for item in client.query(client.names.sessions, keys.of_lane("kept", lane), now=True):
        yield from (Kept(lane, item["sk"], *each) for each in read([item]))
