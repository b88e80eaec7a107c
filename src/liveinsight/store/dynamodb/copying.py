"""What goes from one home to another. Events and the ledger's rows take the way of all others: through the stream."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from uuid import uuid4

from liveinsight.store.base import Arrivals, LedgerRow
from liveinsight.store.dynamodb import filtered, keys
from liveinsight.store.dynamodb.codec import digest, pack, pack_events
from liveinsight.store.dynamodb.inserting import insert
from liveinsight.store.dynamodb.ledger import rows_of
from liveinsight.store.restoring import kept_parts, lacking_kept, lacking_rows, moments, parts, span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from liveinsight.models.events import FilteredEvent, StoredEvent
    from liveinsight.stats.period import Period
    from liveinsight.store.dynamodb.client import Client, Item
    from liveinsight.store.dynamodb.keys import Lane
    from liveinsight.store.dynamodb.lanes import Lanes
    from liveinsight.store.dynamodb.lifetimes import Lifetimes
    from liveinsight.store.dynamodb.reading import Reading
    from liveinsight.store.restoring import LedgerKey


class Copying:
    """Reads what there is of a site, and takes in what there was elsewhere."""

    def __init__(self, client: Client, lanes: Lanes, lifetimes: Lifetimes, reading: Reading) -> None:
        self._client = client
        self._lanes = lanes
        self._lifetimes = lifetimes
        self._reading = reading

    def arrivals(self, site_id: str) -> Iterator[Arrivals]:
        """See Store.arrivals. What no aggregator has folded yet is not in it."""
        events = (event for part in self._reading.parts(site_id) for event in part)
        yield from (Arrivals(events=part) for part in parts(events))
        for lane in self._lanes.of_site(site_id):
            yield from (Arrivals(kept=part) for part in kept_parts(self._kept(lane)))

    def restore(self, arrived: Arrivals, ledger: Sequence[LedgerRow]) -> None:
        """See Store.restore. `ledger` needs what was restored before to be folded: else it would count that twice."""
        self._restore_events(arrived.events)
        self._restore_kept(arrived.kept)
        for site_id in sorted({row.site_id for row in ledger}):
            self._raise(site_id, [row for row in ledger if row.site_id == site_id])

    def _kept(self, lane: Lane, low: str = "", high: str = "") -> Iterator[FilteredEvent]:
        pk = keys.of_lane("kept", lane)
        return filtered.read(self._client.query(self._client.names.sessions, pk, low, high, now=True))

    def _restore_events(self, events: Sequence[StoredEvent]) -> None:
        """Their ids are known from now on as if they came now: by their own time they would be forgotten already."""
        token = uuid4().hex
        ttl = self._lifetimes.of_copied()
        items: dict[str, Item] = {}
        for event in events:
            key = keys.event_id(event)
            item = {"id": key, "made": token, "received": event.received_at, "events": pack_events([event])}
            items.setdefault(key, {**item, "copied": 1, **ttl})
        self._insert(list(items.values()))

    def _restore_kept(self, kept: Sequence[FilteredEvent]) -> None:
        by_lane: dict[Lane, list[FilteredEvent]] = {}
        for each in kept:
            by_lane.setdefault(self._lanes.of(each.event.site_id, each.event.session_id), []).append(each)
        self._lanes.remember({lane.site_id for lane in by_lane}, ())
        items = [item for lane, of_lane in by_lane.items() for item in self._lacking(lane, of_lane)]
        self._client.write_many(self._client.names.sessions, items)

    def _lacking(self, lane: Lane, kept: list[FilteredEvent]) -> list[Item]:
        """The items of those that a lane does not have. Their keys come from what they say: twice is once."""
        received = moments(kept)
        there = self._kept(lane, f"{received[0]:015}", f"{received[-1]:015}{keys.AFTER}")
        count: Counter[str] = Counter()
        items = []
        for each in lacking_kept(kept, there):
            content = digest(each)
            count[content] += 1
            items.append(filtered.item_of(lane, filtered.sort_key(each.event, content, f"{count[content]:05}"), each))
        return items

    def _raise(self, site_id: str, ledger: list[LedgerRow]) -> None:
        period = span(ledger)
        there = self._rows(site_id, period)
        lacking = lacking_rows(ledger, there)
        if not lacking:
            return
        # The same upon the same is the same note, also when the first one has not been counted yet.
        note_id = keys.note_id(site_id, digest([sorted(lacking.items()), sorted(there)]))
        token = uuid4().hex
        note = {"id": note_id, "note": pack(_rows_of_note(lacking)), "made": token, "received": period.end}
        self._insert([{**note, **self._lifetimes.of_emptied()}])

    def _rows(self, site_id: str, period: Period) -> list[LedgerRow]:
        """As they are this moment, lane by lane."""
        rows = []
        for lane in self._lanes.of_site(site_id):
            for item in rows_of(self._client, lane, period, now=True):
                hour, outcome, reason = keys.parts_of(item["sk"])
                rows.append(LedgerRow(site_id, int(hour), outcome, reason, item["events"]))
        return rows

    def _insert(self, items: list[Item]) -> None:
        for became in insert(self._client, items).values():
            if isinstance(became, BaseException):
                raise became


def _rows_of_note(lacking: Counter[LedgerKey]) -> list[tuple[int, str, str, int]]:
    return [(hour, outcome, reason, events) for (_, hour, outcome, reason), events in lacking.items()]
