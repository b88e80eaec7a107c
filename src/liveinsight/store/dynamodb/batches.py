"""A batch: what one numbered step of a lane does. Whoever reads it can carry it out, whole or what is left of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic_core import to_json

from liveinsight.store.dynamodb.cells.cell import Segment
from liveinsight.store.dynamodb.cells.coding import cells_of, plain
from liveinsight.store.dynamodb.codec import event_of, pack, unpack
from liveinsight.store.dynamodb.keys import Chain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from liveinsight.models.events import StoredEvent

    Row = tuple[int, str, str]  # hour, outcome, reason

RAW_BYTES = 300_000  # of events in a batch, before they are compressed: an item holds 400 KB


@dataclass(slots=True)
class Batch:
    """Of one lane. `events` are new, `notes` (keys) too, `counts` are what both add to the ledger.

    `cells`: how the cells change by it.

    `forget`: chains that lose the sessions whose last activity is before `before` (ms), and rows of the ledger that go.
    """

    events: list[StoredEvent] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    counts: Counter[Row] = field(default_factory=Counter)
    before: int = 0
    forget: list[Chain] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    cells: Segment = field(default_factory=Segment)

    @property
    def is_nothing(self) -> bool:
        return not (self.events or self.notes or self.forget or self.rows)

    def chains(self) -> dict[Chain, list[StoredEvent]]:
        """The chains concerned, and what is new in them."""
        return {**{chain: [] for chain in self.forget}, **by_chain(self.events)}

    def encoded(self) -> bytes:
        counts = [(*row, number) for row, number in self.counts.items()]
        return pack([self.events, self.notes, counts, self.before, self.forget, self.rows, plain(self.cells.items())])


def decoded(content: bytes) -> Batch:
    """The batch that was encoded."""
    events, notes, counts, before, forget, rows, cells = unpack(content)
    return Batch(
        [event_of(fields) for fields in events],
        notes,
        Counter({(hour, outcome, reason): number for hour, outcome, reason, number in counts}),
        before,
        [Chain(*chain) for chain in forget],
        rows,
        cells_of(cells),
    )


def by_chain(events: Iterable[StoredEvent]) -> dict[Chain, list[StoredEvent]]:
    """Events in their order, by the chain that they are of."""
    found: dict[Chain, list[StoredEvent]] = {}
    for event in events:
        found.setdefault(Chain(event.site_id, event.session_id), []).append(event)
    return found


def raw_size(value: Any) -> int:
    """Bytes before compression."""
    return len(to_json(value))


def portions(events: Iterable[StoredEvent], limit: int = RAW_BYTES) -> Iterator[list[StoredEvent]]:
    """Events in their order, cut so that each part has at most `limit` bytes, or one event."""
    part: list[StoredEvent] = []
    size = 0
    for event in events:
        more = raw_size(event)
        if part and size + more > limit:
            yield part
            part, size = [], 0
        part.append(event)
        size += more
    if part:
        yield part
