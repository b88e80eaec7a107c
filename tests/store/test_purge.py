"""Forgetting what is older than it should be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.stats.period import Period
from tests.factories import HOUR, NOON, THAT_DAY, Clock, at, event, put, query, table
from tests.store.keeping import filtered, keep

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.store.base import Store

COUNTS = query("events", "visitors", "sessions")


def test_a_session_goes_as_a_whole_when_its_last_event_is_old_enough(store: Store) -> None:
    put(store, event(at(0), session="old"), event(at(9), session="old"))
    put(store, event(at(0), session="lasting", visitor="bob"), event(at(10), session="lasting", visitor="bob"))
    assert store.purge(at(10)) == (2, 1)
    assert table(store, COUNTS) == [(2, 1, 1)]
    assert store.session_events("old") == []
    assert len(store.session_events("lasting")) == 2


def test_a_purge_that_finds_nothing_removes_nothing(store: Store) -> None:
    put(store, event(at(0)))
    assert store.purge(at(0)) == (0, 0)
    assert table(store, COUNTS) == [(1, 1, 1)]


def test_purged_visitors_are_no_longer_live(store: Store, clock: Clock) -> None:
    put(store, event(at(0)), event(at(1), session="t"))
    clock.now = at(2)
    store.purge(at(1))
    live = store.live("shop.example", clock.now)
    assert [each.public_id for each in live.sessions] == ["t"]
    assert live.recent == {(at(1) // 1000, "page_view"): 1}


def test_the_sessions_that_stay_are_numbered_anew(store: Store) -> None:
    put(store, event(at(0)), event(at(60)), event(at(120)))
    store.purge(at(30))
    assert [len(store.session_events(each)) for each in ("s", "s.2", "s.3")] == [1, 1, 0]
    assert store.session_events("s")[0].timestamp == at(60)


def test_an_event_that_was_purged_is_new_when_it_comes_again(store: Store) -> None:
    once = event(at(0), event_id="x")
    put(store, once)
    store.purge(at(1))
    assert put(store, once) == (["x"], 0)
    assert put(store, once) == ([], 1)
    assert table(store, COUNTS) == [(1, 1, 1)]


def test_a_late_event_does_not_bring_a_purged_session_back(store: Store) -> None:
    put(store, event(at(0)), event(at(5)))
    store.purge(at(6))
    put(store, event(at(7)))
    assert table(store, query("events", "sessions", "avg_duration")) == [(1, 1, 0.0)]


def test_ledger_hours_go_when_they_are_over(store: Store) -> None:
    put(store, event(NOON), received_at=NOON)
    put(store, event(NOON + HOUR), received_at=NOON + HOUR)
    store.purge(NOON + HOUR - 1)
    assert [row.hour for row in store.ledger(None, THAT_DAY)] == [NOON, NOON + HOUR]
    store.purge(NOON + HOUR)
    assert [row.hour for row in store.ledger(None, THAT_DAY)] == [NOON + HOUR]


def of_two_sites(store: Store) -> None:
    for site in ("a.example", "b.example"):
        keep(store, "bot", event(at(0), site=site, session="crawler"), stored=(event(at(0), site=site),))


def left(store: Store, site: str) -> tuple[int, int, int]:
    """What a site has: events, hours of the ledger, filtered events that were kept."""
    [(events,)] = table(store, query("events", site_id=site))
    return events, len(store.ledger(site, THAT_DAY)), len(filtered(store, site_id=site))


def test_one_site_can_be_purged_alone(store: Store) -> None:
    of_two_sites(store)
    assert store.purge(0, {"a.example": at(120)}) == (1, 1)
    assert left(store, "a.example") == (0, 0, 0)
    assert left(store, "b.example") == (1, 2, 1)


def test_some_sites_can_be_left_out(store: Store) -> None:
    of_two_sites(store)
    assert store.purge(at(120), {"b.example": 0, "c.example": 0}) == (1, 1)
    assert left(store, "a.example") == (0, 0, 0)
    assert left(store, "b.example") == (1, 2, 1)


def test_each_site_can_have_a_time_of_its_own(store: Store) -> None:
    of_two_sites(store)
    put(store, event(at(60), site="a.example"), event(at(60), site="b.example"), event(at(60), site="c.example"))
    assert store.purge(at(60), {"a.example": at(120), "b.example": 0}) == (2, 2)
    assert [left(store, site) for site in ("a.example", "b.example", "c.example")] == [(0, 0, 0), (2, 3, 1), (1, 1, 0)]


def test_what_was_purged_stays_away_after_a_restart(store: Store, reopen: Callable[[], Store]) -> None:
    put(store, event(at(0)))
    put(store, event(at(100)))
    store.purge(at(70))
    again = reopen()
    assert table(again, COUNTS) == [(1, 1, 1)]
    assert [each.timestamp for each in again.session_events("s")] == [at(100)]
    assert again.ledger(None, Period(NOON, NOON + 1)) == []
    assert len(again.ledger(None, THAT_DAY)) == 1
