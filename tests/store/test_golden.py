"""The golden vectors: numbers worked out by hand (tests/golden), held against every store and the brute force."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.brute_force import Witness
from tests.factories import batch, put
from tests.golden.reader import FILES, Golden

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from liveinsight.models.events import StoredEvent
    from liveinsight.store.base import Store
    from tests.factories import Clock

golden_files = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


@golden_files
def test_numbers_are_those_of_the_file_when_all_comes_in_one_request(store: Store, clock: Clock, path: Path) -> None:
    golden = Golden(path)
    record(store, clock, [golden.events])
    hold(store, golden)


@golden_files
def test_numbers_are_those_of_the_file_when_every_event_comes_alone_and_again(
    store: Store, clock: Clock, path: Path, reopen: Callable[[], Store]
) -> None:
    golden = Golden(path)
    record(store, clock, [[each] for each in golden.events])
    hold(store, golden)
    record(store, clock, [golden.events])
    hold(reopen(), golden)


@golden_files
def test_numbers_are_those_of_the_file_in_whatever_order_events_come(store: Store, clock: Clock, path: Path) -> None:
    golden = Golden(path)
    events = list(golden.events)
    if not golden.order_matters:
        Random(path.stem).shuffle(events)
    cut = len(events) // 2
    record(store, clock, [*([each] for each in events[:cut]), events[cut:]])
    hold(store, golden)


@golden_files
def test_the_brute_force_agrees(path: Path) -> None:
    golden = Golden(path)
    witness = Witness()
    witness.record(batch(*golden.events))
    for asked in golden.questions:
        asked.check(witness.answer, witness.session_events)


def record(store: Store, clock: Clock, batches: list[list[StoredEvent]]) -> None:
    """All of it arrives when the last event has happened."""
    clock.now = max(each.timestamp for events in batches for each in events)
    for events in batches:
        put(store, *events, received_at=clock.now)


def hold(store: Store, golden: Golden) -> None:
    for asked in golden.questions:
        asked.check(store.run, store.session_events)
