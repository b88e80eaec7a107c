"""Cells as bytes of items, and back: JSON in which each visitor stands once, compressed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zlib import compress, decompress

from pydantic_core import from_json, to_json

from liveinsight.store.dynamodb.cells.cell import Cell, Segment
from liveinsight.store.dynamodb.cells.crowd import Crowd, read, written
from liveinsight.store.dynamodb.codec import pack, unpack

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from liveinsight.store.dynamodb.cells.cell import Key

PART_BYTES = 300_000  # an item holds 400 KB
_SLICE_BYTES = 380_000  # before compression, for there may be nothing to compress

Plain = tuple[list[int], list[list[Any]]]  # the visitors by hash, and a row for each cell


def plain(cells: Iterable[tuple[Key, Cell]]) -> Plain:
    """Cells as JSON has them."""
    found = list(cells)
    visitors = sorted({hash_ for _, cell in found for hash_ in (*cell.visitors.counts, *cell.converted.counts)})
    number = {hash_: at for at, hash_ in enumerate(visitors)}
    rows = [
        [
            *key,
            cell.counts,
            _crowd(cell.visitors, number),
            _crowd(cell.converted, number),
            cell.money,
            sorted(cell.sessions.items()),
            sorted(cell.pages.items()),
        ]
        for key, cell in found
    ]
    return visitors, rows


def cells_of(content: Plain | Sequence[Any]) -> Segment:
    """The cells that were made plain."""
    visitors, rows = content
    found = Segment()
    for quarter, dimension, value, counts, seen, converted, money, sessions, pages in rows:
        cell = found[quarter, dimension, value] = Cell()
        cell.counts = counts
        cell.visitors = _crowd_of(seen, visitors)
        cell.converted = _crowd_of(converted, visitors)
        cell.money = money
        cell.sessions = dict(sessions)
        cell.pages = dict(pages)
    return found


def encoded(cells: Sequence[tuple[Key, Cell]]) -> list[bytes]:
    """Cells in as many parts as items can hold. In each cell, visitors are few or a sketch."""
    content = pack(plain(cells))
    if len(content) <= PART_BYTES or len(cells) == 1:
        return [content]
    half = len(cells) // 2
    return encoded(cells[:half]) + encoded(cells[half:])


def decoded(parts: Iterable[bytes]) -> Segment:
    """The cells that were encoded."""
    found = Segment()
    for part in parts:
        found.update(cells_of(unpack(part)))
    return found


def slices(cells: Iterable[tuple[Key, Cell]]) -> list[bytes]:
    """Cells in as many parts as items can hold, also of one cell; the same cells give the same parts."""
    content = to_json(plain(cells))
    return [compress(content[at : at + _SLICE_BYTES]) for at in range(0, len(content), _SLICE_BYTES)]


def of_slices(parts: Iterable[bytes]) -> Segment:
    """The cells that were sliced: of all parts. No parts: no cells."""
    content = b"".join(map(decompress, parts))
    return cells_of(from_json(content)) if content else Segment()


def _crowd(crowd: Crowd, number: dict[int, int]) -> list[Any]:
    """[visitors], [visitors, counts] or [visitors, counts, sketch]; visitors by their number."""
    hashes = sorted(crowd.counts)
    counts = [crowd.counts[each] for each in hashes]
    told: list[Any] = [[number[each] for each in hashes], [] if set(counts) <= {1} else counts]
    if crowd.sketch is not None:
        told.append(written(crowd.sketch))
    elif not told[1]:
        told.pop()
    return told if told != [[]] else []


def _crowd_of(told: list[Any], visitors: list[int]) -> Crowd:
    if not told:
        return Crowd()
    numbers = told[0]
    counts = told[1] if len(told) > 1 and told[1] else [1] * len(numbers)
    there = {visitors[number]: count for number, count in zip(numbers, counts, strict=True)}
    return Crowd(there, read(told[2]) if len(told) > 2 else None)  # noqa: PLR2004
