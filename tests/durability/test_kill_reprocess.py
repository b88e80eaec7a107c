"""`kill -9` in the middle of reprocessing leaves everything as it was, or everything done."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from liveinsight.store.memory import MemoryStore
from tests.durability.dying import open_store, reprocess
from tests.factories import SITE, THAT_DAY, at, event, put, query, table
from tests.store.keeping import filtered, keep

if TYPE_CHECKING:
    from liveinsight.store.base import Store

ROOT = Path(__file__).parents[2]
REQUESTS, EVENTS = 30, 100  # so many, of so many events


def _fill(store: Store) -> None:
    for request in range(REQUESTS):
        events = [
            event(
                at(request, ms=number),
                page=f"/A{number % 3}",
                event_id=f"{request}-{number}",
                session=f"s{number % 40}",
                user_agent="bot" if number % 7 == 0 else "browser",
            )
            for number in range(EVENTS)
        ]
        put(store, *events[20:])
        keep(store, "tool", *events[:20])


def _all_of(store: Store) -> list[Any]:
    """Everything that one can see."""
    return [
        table(store, query("events", "sessions", "avg_duration", "visitors", by=("page", "source"))),
        [store.session_events(f"s{number}") for number in range(40)],
        store.live(SITE, at(60)),
        store.ledger(None, THAT_DAY),
        filtered(store, limit=10_000),
    ]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled")
    store = open_store(folder)
    _fill(store)
    store.close()
    return folder


@pytest.fixture(scope="module")
def states() -> list[list[Any]]:
    """What there is before and after."""
    oracle = MemoryStore()
    _fill(oracle)
    before = _all_of(oracle)
    reprocess(oracle)
    return [before, _all_of(oracle)]


@pytest.mark.parametrize(
    "moment",
    [
        *(("looking", call, 0) for call in (1, 6)),
        *(("writing", call, 0) for call in (1, 3, 6, 8, 11)),  # six parts of events, then six of sessions
        *(("writing", 13, delay) for delay in (1, 3, 5, 8, 12, 20, 40, 400)),  # the commit, and the time after
    ],
    ids=lambda moment: "-".join(map(str, moment)),
)
def test_everything_is_as_before_or_everything_is_done(
    tmp_path: Path, filled: Path, states: list[list[Any]], moment: tuple[str, int, int]
) -> None:
    folder = shutil.copytree(filled, tmp_path / "data")
    process = [sys.executable, "-m", "tests.durability.dying", str(folder), *map(str, moment)]
    assert subprocess.run(process, cwd=ROOT, check=False, timeout=120).returncode == -signal.SIGKILL
    store = open_store(folder)
    found = _all_of(store)
    assert found in (states if moment[2] else states[:1])
    reprocess(store)
    store.close()
    store = open_store(folder)
    assert _all_of(store) == states[1]
    assert reprocess(store).is_nothing
    assert put(store, event(event_id="0-22")) == ([], 1)
    store.close()
    assert list(folder.glob("*.tmp")) == []
