"""Lanes: the numbered batches of a share of a site's sessions, one after the other. Why every number is exact.

A batch is written first, where nobody reads it. It is committed by one write: the lane's head goes from number n to
n + 1 and names the batch, if n has been applied and nobody was quicker. Then it is applied: everything that it writes
is written under the condition that its number has not been there. Whoever finds a committed batch that is not marked as
applied applies it, from what the batch says alone. So

* what is read after the head, and committed on top of that head, was the state between the two batches;
* a crash between any two writes leaves nothing, or a batch that the next one finishes;
* two at once, a repeated write, a writer that slept: on every item one write of a batch wins, the others find its
  number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from pydantic_core import from_json, to_json

from liveinsight.stats.period import DAY_MS
from liveinsight.store.dynamodb import keys
from liveinsight.store.dynamodb.keys import Lane

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from liveinsight.models.events import StoredEvent
    from liveinsight.store.dynamodb.client import Client, Item
    from liveinsight.store.dynamodb.lifetimes import Lifetimes

_PART_BYTES = 350_000  # an item holds 400 KB


class Head(NamedTuple):
    """How far a lane is: batches committed, batches applied, the key of the last batch.

    `months` (UTC) with cells, and the last batch that changes each.
    """

    number: int
    applied: int
    batch: str
    months: Mapping[str, int]


class Lanes:
    """All lanes. `per_site` is how many a site has: fixed when the tables were first used."""

    def __init__(self, client: Client, lifetimes: Lifetimes, per_site: int) -> None:
        self._client = client
        self._table = client.names.stats
        self._lifetimes = lifetimes
        self.per_site = per_site
        self._remembered: set[tuple[str, str]] = set()

    def of(self, site_id: str, session_id: str) -> Lane:
        """The lane of a client session id."""
        return keys.lane_of(keys.Chain(site_id, session_id), self.per_site)

    def of_site(self, site_id: str) -> list[Lane]:
        """The lanes of a site."""
        return [Lane(site_id, number) for number in range(self.per_site)]

    def head(self, lane: Lane) -> Head:
        """How far a lane is, this moment."""
        item = self._client.get(self._table, _head_key(lane)) or {}
        months = from_json(item.get("months", "{}"))
        return Head(item.get("committed", 0), item.get("applied", 0), item.get("pending", ""), months)

    def write(self, lane: Lane, content: bytes) -> str:
        """Write a batch where nobody reads it yet; gives its key."""
        key = uuid4().hex
        parts = [content[at : at + _PART_BYTES] for at in range(0, len(content), _PART_BYTES)]
        lives = self._lifetimes.of_emptied()
        self._client.write_many(
            self._table,
            [
                {**_part_key(lane, key, at), "content": part, "parts": len(parts), **lives}
                for at, part in enumerate(parts)
            ],
        )
        return key

    def read(self, lane: Lane, head: Head) -> bytes | None:
        """The batch that a head names; None when it is gone, which it is after a week."""
        pk, first = keys.of_lane("batch", lane), keys.joined(head.batch, "")
        items = list(self._client.query(self._table, pk, first, keys.joined(head.batch) + keys.AFTER, now=True))
        if not items or len(items) < items[0]["parts"]:
            return None
        return b"".join(item["content"] for item in items)

    def commit(self, lane: Lane, head: Head, key: str, months: Iterable[str]) -> bool:
        """Put the batch on top of `head`; `months` are those whose cells it changes.

        False: somebody else may have been quicker, so look again.
        """
        changed = {**head.months, **dict.fromkeys(months, head.number + 1)}
        return self._client.update(
            self._table,
            _head_key(lane),
            "SET committed = :next, pending = :pending, applied = :number, months = :months",
            "committed = :number AND applied = :number" if head.number else "attribute_not_exists(committed)",
            next=head.number + 1,
            pending=key,
            number=head.number,
            months=to_json(changed).decode(),
        )

    def mark(self, lane: Lane, number: int) -> None:
        """Batch `number` is applied."""
        self._client.update(
            self._table,
            _head_key(lane),
            "SET applied = :number",
            "committed = :number",
            number=number,
        )

    def sites(self) -> list[str]:
        """The sites that anything was ever stored or counted for."""
        return [item["sk"] for item in self._client.query(self._table, "sites", now=True)]

    def months(self, site_id: str) -> list[str]:
        """The months (UTC, 2026-03) in which a site may have events, in order."""
        return [item["sk"] for item in self._client.query(self._table, keys.joined("months", site_id), now=True)]

    def days(self, site_id: str) -> Iterator[int]:
        """The starts (ms) of the UTC days on which a site may have events, in order."""
        for month in self.months(site_id):
            first = keys.midnight(f"{month}-01")
            days = range(first, first + 31 * DAY_MS, DAY_MS)
            yield from (day for day in days if keys.day(day).startswith(month))

    def remember(self, sites: Iterable[str], events: Iterable[StoredEvent]) -> None:
        """Write down that there is something of sites, and events in their months. Never forgotten again."""
        found = {("sites", site) for site in sites}
        found |= {(keys.joined("months", event.site_id), keys.day(event.timestamp)[:7]) for event in events}
        new = found - self._remembered
        self._client.write_many(self._table, [{"pk": pk, "sk": sk} for pk, sk in sorted(new)])
        self._remembered |= new


def _part_key(lane: Lane, batch: str, part: int) -> Item:
    return {"pk": keys.of_lane("batch", lane), "sk": keys.joined(batch, f"{part:04}")}


def _head_key(lane: Lane) -> Item:
    return {"pk": keys.of_lane("lane", lane), "sk": "head"}
