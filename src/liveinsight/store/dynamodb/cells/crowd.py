"""Distinct visitors: exact while they are few, a sketch when they are many.

An exact crowd says how often each visitor was counted, so that a session can be taken back: a late event may give it
another source, and a purge takes it away. A sketch (HyperLogLog of Apache DataSketches, 16,384 registers) cannot
forget; its standard error is 0.8 %: in 95 of 100 cases it is within 1.6 %, whatever their number.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from functools import lru_cache
from hashlib import blake2b
from importlib import import_module
from typing import TYPE_CHECKING, Any

from liveinsight.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable

EXACT = 1000  # visitors of one cell that are kept one by one
_REGISTERS = 14  # as a power of two
_HASH_BYTES = 6  # of a million visitors, two are taken for one in one case of 500


@lru_cache(maxsize=100_000)
def hashed(visitor_id: str) -> int:
    """A visitor as a number of 48 bits."""
    return int.from_bytes(blake2b(visitor_id.encode(), digest_size=_HASH_BYTES).digest())


class Crowd:
    """Visitors by hash, and how often each was counted; besides, those of `sketch`, if it is not None."""

    __slots__ = ("counts", "sketch")

    def __init__(self, counts: dict[int, int] | None = None, sketch: Any = None) -> None:
        self.counts: dict[int, int] = {} if counts is None else counts
        self.sketch = sketch

    def add(self, other: Crowd, sign: int = 1) -> None:
        """Count the visitors of another crowd too; with -1, no longer."""
        counts = self.counts
        for visitor, number in other.counts.items():
            counts[visitor] = counts.get(visitor, 0) + sign * number
        if other.sketch is not None and sign > 0:
            self.sketch = other.sketch if self.sketch is None else _union(self.sketch, other.sketch)

    def see(self, visitors: Iterable[int]) -> None:
        """Count visitors once more."""
        for visitor in visitors:
            self.counts[visitor] = self.counts.get(visitor, 0) + 1

    def drop_none(self) -> None:
        """Drop who is counted no more."""
        if 0 in self.counts.values():
            self.counts = {visitor: number for visitor, number in self.counts.items() if number}

    def go_over(self) -> None:
        """Go over to a sketch when there are many."""
        counts = self.counts
        if len(counts) > EXACT or (self.sketch is not None and counts):
            self.sketch = _with(self.sketch, [visitor for visitor, number in counts.items() if number > 0])
            self.counts = {}

    def number(self) -> int:
        """How many there are: exact without a sketch, however many they are."""
        there = [visitor for visitor, number in self.counts.items() if number > 0]
        if self.sketch is None:
            return len(there)
        estimate: float = _with(self.sketch, there).get_estimate()
        return round(estimate)

    def __bool__(self) -> bool:
        return bool(self.counts) or self.sketch is not None


def written(sketch: Any) -> str:
    """A sketch as text."""
    return b64encode(sketch.serialize_compact()).decode()


def read(text: str) -> Any:
    """The sketch that was written."""
    return _datasketches().hll_sketch.deserialize(b64decode(text))


def _union(one: Any, other: Any) -> Any:
    library = _datasketches()
    both = library.hll_union(_REGISTERS)
    both.update(one)
    both.update(other)
    return both.get_result(library.tgt_hll_type.HLL_4)


def _with(sketch: Any, visitors: list[int]) -> Any:
    library = _datasketches()
    added = library.hll_sketch(_REGISTERS, library.tgt_hll_type.HLL_4)
    for visitor in sorted(visitors):
        added.update(visitor)
    return added if sketch is None else _union(sketch, added)


def _datasketches() -> Any:
    """The library, loaded when it is first needed. Raises InvalidInput (unsupported_query) where it is missing."""
    try:
        return import_module("datasketches")
    except ImportError:
        msg = (
            f"Over {EXACT:,} visitors of one value are counted by the package datasketches, which this Python does not"
            " have: run LiveInsight on Python 3.11 to 3.13."
        )
        raise InvalidInput(msg, code="unsupported_query") from None
