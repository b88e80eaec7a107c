"""A batch: what one numbered step of a lane does. Whoever reads it can carry it out, whole or what is left of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pydantic_core import to_json

from liveinsight.models.events import FilteredEvent
from liveinsight.store.dynamodb.cells.cell import Segment
from liveinsight.store.dynamodb.cells.coding import cells_of, plain
from liveinsight.store.dynamodb.codec import event_of, pack, unpack
from liveinsight.store.dynamodb.keys import Chain, chain_of, listing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from liveinsight.models.events import StoredEvent
    from liveinsight.store.dynamodb.keys import Listing

    Row = tuple[int, str, str]  # hour, outcome, reason

T = TypeVar("T")

RAW_BYTES = 300_000  # of events in a batch, before they are compressed: an item holds 400 KB


class Left(NamedTuple):
    """An event that leaves its chain. `made` is what the raw event says, "" if that is gone: see `chains.Chunk`."""

    session_id: str
    event_id: str
    timestamp: int
    visitor_id: str
    made: str

    @property
    def listed(self) -> Listing:
        """What its chain was listed under for it."""
        return listing(self.timestamp, self.visitor_id)


@dataclass(slots=True)
class Changes:
    """What becomes of a chain: events that are new in it, that take the place of those with their ids, that leave."""

    new: list[StoredEvent] = field(default_factory=list)
    changed: list[StoredEvent] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)


@dataclass(slots=True)
class Batch:
    """Of one lane. `events` are new, `notes` (keys) too, `counts` are what all of it adds to the ledger.

    `cells`: how the cells change by it.

    `changed`: events that take the place of those with their ids; `left`: events that leave. No id is in two of the
    three. `kept`: filtered events by their sort keys; `let_go`: sort keys of those that are kept no longer.

    `forget`: chains that lose the sessions whose last activity is before `before` (ms), and rows of the ledger that go.
    """

    events: list[StoredEvent] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    counts: Counter[Row] = field(default_factory=Counter)
    changed: list[StoredEvent] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    kept: dict[str, FilteredEvent] = field(default_factory=dict)
    let_go: list[str] = field(default_factory=list)
    before: int = 0
    forget: list[Chain] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    cells: Segment = field(default_factory=Segment)

    @property
    def is_nothing(self) -> bool:
        added = self.events or self.notes
        moved = self.changed or self.left or self.kept or self.let_go
        return not (added or moved or self.forget or self.rows)

    @property
    def takes_away(self) -> bool:
        """Whether something is gone by it."""
        return bool(self.before or self.changed or self.left)

    def chains(self, site_id: str) -> dict[Chain, Changes]:
        """The chains concerned, and what becomes of them."""
        found = {chain: Changes() for chain in self.forget}
        for event in self.events:
            found.setdefault(chain_of(event), Changes()).new.append(event)
        for event in self.changed:
            found.setdefault(chain_of(event), Changes()).changed.append(event)
        for left in self.left:
            found.setdefault(Chain(site_id, left.session_id), Changes()).left.append(left)
        return found

    def encoded(self) -> bytes:
        return pack(
            [
                self.events,
                self.notes,
                [(*row, number) for row, number in self.counts.items()],
                self.changed,
                self.left,
                self.kept,
                self.let_go,
                self.before,
                self.forget,
                self.rows,
                plain(self.cells.items()),
            ]
        )


def decoded(content: bytes) -> Batch:
    """The batch that was encoded."""
    events, notes, counts, changed, left, kept, let_go, before, forget, rows, cells = unpack(content)
    return Batch(
        [event_of(fields) for fields in events],
        notes,
        Counter({(hour, outcome, reason): number for hour, outcome, reason, number in counts}),
        [event_of(fields) for fields in changed],
        [Left(*each) for each in left],
        {sk: FilteredEvent(reason, event_of(fields)) for sk, (reason, fields) in kept.items()},
        let_go,
        before,
        [Chain(*chain) for chain in forget],
        rows,
        cells_of(cells),
    )


def by_chain(events: Iterable[StoredEvent]) -> dict[Chain, list[StoredEvent]]:
    """Events in their order, by the chain that they are of."""
    found: dict[Chain, list[StoredEvent]] = {}
    for event in events:
        found.setdefault(chain_of(event), []).append(event)
    return found


def raw_size(value: Any) -> int:
    """Bytes before compression."""
    return len(to_json(value))


def portions(events: Iterable[T], limit: int = RAW_BYTES) -> Iterator[list[T]]:
    """Events in their order, cut so that each part has at most `limit` bytes, or one event."""
    part: list[T] = []
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
