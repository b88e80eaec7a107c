"""What the collector writes: each event once, notes for the ledger, filtered events to keep.

Batches come in groups, so that small ones share the calls. An event is inserted under its id, which either makes it
stored or shows that it is known.
"""

from __future__ import annotations

from collections import Counter
from time import time_ns
from typing import TYPE_CHECKING
from uuid import uuid4

from liveinsight.stats.period import HOUR_MS
from liveinsight.store.base import DUPLICATE, Recorded
from liveinsight.store.dynamodb import filtered, keys
from liveinsight.store.dynamodb.codec import pack, pack_events
from liveinsight.store.dynamodb.inserting import Inserted, insert

if TYPE_CHECKING:
    from liveinsight.store.base import Batch
    from liveinsight.store.dynamodb.client import Client, Item
    from liveinsight.store.dynamodb.lanes import Lanes
    from liveinsight.store.dynamodb.lifetimes import Lifetimes

    Row = tuple[int, str, str]  # hour, outcome, reason


class Intake:
    """Writes groups of batches."""

    def __init__(self, client: Client, lanes: Lanes, lifetimes: Lifetimes) -> None:
        self._client = client
        self._lanes = lanes
        self._lifetimes = lifetimes

    def write(self, batches: list[Batch]) -> list[Recorded | BaseException]:
        """What became of each batch."""
        return _Group(self._client, self._lanes, self._lifetimes, batches).write()


class _Group:
    """Batches that are written together. What fails breaks the batches it belongs to, and no others."""

    def __init__(self, client: Client, lanes: Lanes, lifetimes: Lifetimes, batches: list[Batch]) -> None:
        self._client = client
        self._lanes = lanes
        self._lifetimes = lifetimes
        self._batches = batches
        # It begins with the time, so that filtered events of one ms are kept in order.
        self._token = f"{time_ns():016x}{uuid4().hex[:16]}"

    def write(self) -> list[Recorded | BaseException]:
        """What became of each batch."""
        inserted = self._insert_events()
        taken: set[str] = set()
        answers = [self._answer(batch, inserted, taken) for batch in self._batches]
        self._keep()
        return self._note(answers)

    def _insert_events(self) -> dict[str, Inserted]:
        items: dict[str, Item] = {}
        for batch in self._batches:
            ttl = self._lifetimes.of_event(batch.received_at)
            for event in batch.events:
                if (key := keys.event_id(event)) not in items:
                    events = pack_events([event])
                    items[key] = {
                        "id": key,
                        "made": self._token,
                        "received": batch.received_at,
                        "events": events,
                        **ttl,
                    }
        return insert(self._client, list(items.values()))

    def _answer(self, batch: Batch, inserted: dict[str, Inserted], taken: set[str]) -> Recorded | BaseException:
        stored = []
        failure: BaseException | None = None
        for event in batch.events:
            became = inserted[key := keys.event_id(event)]
            if isinstance(became, BaseException):
                failure = became
            elif became and key not in taken:
                taken.add(key)
                stored.append(event)
        return failure or Recorded(stored, len(batch.events) - len(stored))

    def _keep(self) -> None:
        kept = [(batch, number, each) for batch in self._batches for number, each in enumerate(batch.kept)]
        if not kept:
            return
        self._lanes.remember({each.event.site_id for _, _, each in kept}, ())
        items = [
            filtered.item_of(
                self._lanes.of(each.event.site_id, each.event.session_id),
                filtered.sort_key(each.event, self._token, f"{number:05}"),
                each,
            )
            for number, (_, _, each) in enumerate(kept)
        ]
        # One by one, as only that can be conditional: a write that is late must not bring back what has moved on.
        self._client.parallel(
            lambda item: self._client.put(self._client.names.sessions, item, "attribute_not_exists(pk)"), items
        )

    def _note(self, answers: list[Recorded | BaseException]) -> list[Recorded | BaseException]:
        """Tell the ledger, by way of the stream, what was not stored. Stored events tell of themselves."""
        sites: dict[str, Counter[Row]] = {}
        for batch, answer in zip(self._batches, answers, strict=True):
            if isinstance(answer, Recorded):
                for site_id, row, events in _untold(batch, answer):
                    sites.setdefault(site_id, Counter())[row] += events
        if not sites:
            return answers
        received = max(batch.received_at for batch in self._batches)
        notes = {
            keys.note_id(site_id, self._token): pack([(*row, events) for row, events in rows.items()])
            for site_id, rows in sites.items()
        }
        head = {"made": self._token, "received": received, **self._lifetimes.of_note(received)}
        written = insert(self._client, [{"id": key, "note": note, **head} for key, note in notes.items()])
        failed = next((each for each in written.values() if isinstance(each, BaseException)), None)
        return [
            failed if failed and isinstance(answer, Recorded) and any(_untold(batch, answer)) else answer
            for batch, answer in zip(self._batches, answers, strict=True)
        ]


def _untold(batch: Batch, answer: Recorded) -> list[tuple[str, Row, int]]:
    """What a batch adds to the ledger beside its stored events: (site, row, events)."""
    hour = batch.received_at - batch.received_at % HOUR_MS
    duplicates = Counter(event.site_id for event in batch.events)
    duplicates.subtract(event.site_id for event in answer.stored)
    told = [(site_id, (hour, DUPLICATE, ""), events) for site_id, events in duplicates.items() if events]
    return told + [(each.site_id, (hour, each.outcome, each.reason), each.events) for each in batch.refused]
