"""Where a lane keeps its cells: for every hour (UTC) pieces, which together are its cells.

Pieces are never changed, and named by the batch that wrote them. Only the `hours` item of a day, which says which of
them count, is: under the condition that it has not seen the batch. Eight pieces of a tier are written anew as one of
the next, so that each is written a few times, however many batches an hour has. A batch that is applied again, or by
two at once, writes the same pieces once more (the same cells make the same bytes, else their parts would not fit
together), and finds its number; then it removes what does not count any more, for nobody may have come to that.
Whoever reads what `hours` named a moment ago has it or finds it gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from liveinsight.store.dynamodb import keys
from liveinsight.store.dynamodb.cells.cell import QUARTER, Segment
from liveinsight.store.dynamodb.cells.coding import of_slices, slices
from liveinsight.store.dynamodb.codec import pack, unpack

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from liveinsight.store.dynamodb.client import Client, Item
    from liveinsight.store.dynamodb.keys import Lane

    Hour = tuple[str, int]  # day and hour

_QUARTERS = 60 // QUARTER
_TOGETHER = 8  # pieces of a tier become one of the next


class Piece(NamedTuple):
    """The batch that wrote it, in how many parts, and of which tier it is: 0 is what one batch added."""

    number: int
    parts: int
    tier: int


class Day(NamedTuple):
    """A lane's hours of one day, as the item says: `version` is the last batch that changed it, 0 if there is none.

    `pieces` by hour (0 to 23), those of high tiers first. One of no parts is of an hour that was emptied.
    """

    version: int
    pieces: dict[int, list[Piece]]


class Gone(Exception):
    """A piece is not there any more: its day has changed since it was read."""


class Hours:
    """Reads and writes the cells of lanes."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._table = client.names.stats

    def days(self, lane: Lane, month: str) -> dict[str, Day]:
        """The days of a month that a lane has cells of, as they are this moment."""
        items = self._client.query(self._table, keys.of_lane("hours", lane, month), now=True)
        return {item["sk"]: _day(item) for item in items}

    def day(self, lane: Lane, day: str) -> Day:
        """One day, as it is this moment."""
        item = self._client.get(self._table, keys.hours_of(lane, day))
        return _day(item) if item else Day(0, {})

    def read(self, lane: Lane, wanted: Mapping[Hour, Sequence[Piece]], *, now: bool = False) -> list[Segment]:
        """The cells of hours (day, hour), in order. Raises Gone."""
        places = [_places(lane, day, hour, piece) for (day, hour), pieces in wanted.items() for piece in pieces]
        asked = [place for of_piece in places for place in of_piece]
        items = self._client.get_many(self._table, asked, now=now)
        found = {(item["pk"], item["sk"]): item["content"] for item in items}
        if len(found) < len(asked):
            raise Gone
        contents = iter([[found[place["pk"], place["sk"]] for place in of_piece] for of_piece in places])
        segments = []
        for pieces in wanted.values():
            segment = Segment()
            for _ in pieces:
                segment.take(of_slices(next(contents)))
            segments.append(segment)
        return segments

    def add(self, lane: Lane, number: int, cells: Segment, *, forget: bool = False) -> None:
        """What batch `number` adds. Doing it again does nothing. With `forget`, what is taken away is gone at once."""
        for day, hours in _by_hour(cells).items():
            self._add(lane, number, day, hours, forget=forget)

    def _add(self, lane: Lane, number: int, day: str, hours: Mapping[int, Segment], *, forget: bool) -> None:
        seen = -1
        while (before := self.day(lane, day)).version < number:
            try:
                pieces, old = self._write(lane, number, day, hours, before, forget=forget)
            except Gone:
                if before.version == seen:
                    raise
                seen = before.version
                continue
            item = {**keys.hours_of(lane, day), "v": number, "pieces": pack(sorted(pieces.items()))}
            condition = "v = :read" if before.version else "attribute_not_exists(pk)"
            if self._client.put(self._table, item, condition, **({"read": before.version} if before.version else {})):
                self._client.write_many(self._table, deletes=old)
                return
        self._sweep(lane, number, day, hours)

    def _sweep(self, lane: Lane, number: int, day: str, hours: Iterable[int]) -> None:
        """Remove what does not count any more of what batches up to `number` wrote."""
        there = self.day(lane, day).pieces
        old: list[Item] = []
        for hour in hours:
            named = {piece.number for piece in there.get(hour, ())}
            pk, hour_key = keys.cells_of(lane, day, hour, 0, 0)["pk"], keys.joined(f"{hour:02}")
            for item in self._client.query(self._table, pk, hour_key, hour_key + keys.AFTER, now=True):
                written = int(keys.parts_of(item["sk"])[1])
                if written <= number and written not in named:
                    old.append({"pk": pk, "sk": item["sk"]})
        self._client.write_many(self._table, deletes=old)

    def _write(
        self, lane: Lane, number: int, day: str, hours: Mapping[int, Segment], before: Day, *, forget: bool
    ) -> tuple[dict[int, list[Piece]], list[Item]]:
        """Write a piece for each hour: the pieces that count from now on, and those that do not any more."""
        pieces, old = dict(before.pieces), []
        for hour, added in hours.items():
            left, joined = _tiers(pieces.get(hour, []), everything=forget)
            cells = added
            if joined:
                cells = self.read(lane, {(day, hour): joined}, now=True)[0]
                cells.take(added)
                # No sketch yet: who is in it could not be taken away again.
                cells = cells.settled(as_change=True)
                old += [place for piece in joined for place in _places(lane, day, hour, piece)]
            tier = 1 + joined[0].tier if joined else 0
            pieces[hour] = [*left, self._put(lane, day, hour, Piece(number, 0, tier), cells)]
        return pieces, old

    def _put(self, lane: Lane, day: str, hour: int, piece: Piece, cells: Segment) -> Piece:
        parts = slices(cells.items()) if cells else []
        written = piece._replace(parts=len(parts))
        places = _places(lane, day, hour, written)
        self._client.write_many(
            self._table, [{**place, "content": content} for place, content in zip(places, parts, strict=True)]
        )
        return written


def last_of(pieces: Iterable[Piece]) -> int:
    """The last batch that changed an hour."""
    return max((piece.number for piece in pieces), default=0)


def _tiers(pieces: list[Piece], *, everything: bool) -> tuple[list[Piece], list[Piece]]:
    """The pieces that stay, and those that become one with the one that is added."""
    at = 0 if everything else len(pieces)
    tier = 0
    while not everything and sum(piece.tier == tier for piece in pieces[:at]) == _TOGETHER - 1:
        at -= _TOGETHER - 1
        tier += 1
    return pieces[:at], pieces[at:]


def _places(lane: Lane, day: str, hour: int, piece: Piece) -> list[dict[str, str]]:
    return [keys.cells_of(lane, day, hour, piece.number, part) for part in range(piece.parts)]


def _by_hour(cells: Segment) -> dict[str, dict[int, Segment]]:
    found: dict[str, dict[int, Segment]] = {}
    for key, cell in cells.items():
        day, hour = keys.day(key[0] * QUARTER * 60_000), key[0] // _QUARTERS % 24
        found.setdefault(day, {}).setdefault(hour, Segment())[key] = cell
    return found


def _day(item: Any) -> Day:
    return Day(item["v"], {hour: [Piece(*piece) for piece in pieces] for hour, pieces in unpack(item["pieces"])})
