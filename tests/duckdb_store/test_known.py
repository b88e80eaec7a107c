"""The same event id counts once, also when memory has long forgotten it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from liveinsight.ingest.clock import AHEAD
from liveinsight.settings import Settings
from liveinsight.store.duckdb import DuckDBStore, known
from tests.factories import DAY, MINUTE, NOON, Clock, event, put, query, table

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> DuckDBStore:
    """A store that remembers two generations of five ids."""
    monkeypatch.setattr(known.KnownIds.__init__, "__defaults__", (5,))
    return DuckDBStore(tmp_path / "live.duckdb", Settings(), clock)


def _pass_days(store: DuckDBStore, clock: Clock, days: int) -> None:
    for _ in range(days * 4):
        clock.now += DAY // 4
        put(store, *(event(clock.now + number, session=f"{clock.now}-{number}") for number in range(6)))
        table(store, query("events"))  # a report: what is recorded is in the tables from here on


def test_a_retry_days_later_is_a_duplicate(store: DuckDBStore, clock: Clock) -> None:
    first = event(NOON, event_id="kept on a phone")
    put(store, first, received_at=NOON + MINUTE)
    _pass_days(store, clock, 5)
    assert put(store, first, received_at=clock.now) == ([], 1)
    # A little later by the clock of the phone: times are repaired at each try.
    moved = event(NOON + MINUTE, event_id="kept on a phone")
    assert put(store, moved, received_at=clock.now) == ([], 1)
    store.close()


def test_a_retry_of_an_event_whose_clock_was_wrong_is_a_duplicate(store: DuckDBStore, clock: Clock) -> None:
    put(store, event(NOON, event_id="from the future", sent={"clock": AHEAD}))
    _pass_days(store, clock, 3)
    again = event(clock.now, event_id="from the future", sent={"clock": AHEAD})
    assert put(store, again) == ([], 1)
    store.close()


def test_an_id_of_the_sites_own_counts_once_however_much_later_it_comes_again(store: DuckDBStore, clock: Clock) -> None:
    """As when the page that confirms an order is opened once more."""
    put(store, event(NOON, event_id="order-1"))
    _pass_days(store, clock, 3)
    assert put(store, event(clock.now, event_id="order-1")) == ([], 1)
    store.close()


def test_old_events_that_are_new_are_stored(store: DuckDBStore, clock: Clock) -> None:
    _pass_days(store, clock, 4)
    late = [event(NOON + number, event_id=f"late{number}") for number in range(20)]
    assert len(put(store, *late, received_at=clock.now)[0]) == 20
    assert put(store, *late, received_at=clock.now) == ([], 20)
    assert table(store, query("events")) == [(20 + 6 * 1,)]  # a part of a day was the same day
    store.close()
