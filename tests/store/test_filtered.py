"""Filtered events that are kept: to look at, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.ingest.outcome import FILTERED, Tally
from liveinsight.models.events import FilteredEvent
from liveinsight.stats.filtered import FilteredEvents
from liveinsight.stats.period import Period
from liveinsight.store.base import LedgerRow
from tests.factories import DAY, HOUR, NOON, SITE, THAT_DAY, at, event, put, query, table
from tests.store.keeping import filtered, keep

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.store.base import Store


def _ids(store: Store, **asked: object) -> list[str]:
    return [each.event.event_id for each in filtered(store, **asked)]


def test_what_is_kept_comes_back_as_it_went_in(store: Store, reopen: Callable[[], Store]) -> None:
    bot = event(
        page="/상품",
        user_agent="Yeti/1.1",
        sent={"screen": "1x1"},
        properties={"plan": "pro", "n": 1},
        value=2.5,
        scroll_depth=12,
        browser="Chrome",
        screen_class="phone",
    )
    keep(store, "bot", bot, received_at=NOON + 9)
    expected = [FilteredEvent("bot", bot._replace(received_at=NOON + 9))]
    assert repr(filtered(store)) == repr(expected)
    assert repr(filtered(reopen())) == repr(expected)


def test_what_is_kept_is_counted_in_the_ledger_once_and_in_no_statistic(store: Store) -> None:
    put(store, event(at(1)))
    keep(store, "bot", event(at(2)), event(at(3), session="bots"))
    assert table(store, query("events", "visitors", "sessions", "avg_duration")) == [(1, 1, 1, 0.0)]
    assert store.session_events("bots") == []
    live = store.live(SITE, at(3))
    assert [each.session.events for each in live.sessions] == [1]
    assert sum(live.recent.values()) == 1
    assert store.ledger(None, THAT_DAY) == [
        LedgerRow(SITE, NOON, "filtered", "bot", 2),
        LedgerRow(SITE, NOON, "stored", "", 1),
    ]


def test_what_is_kept_is_not_given_back_as_stored(store: Store) -> None:
    assert keep(store, "bot", event()) == ([], 0)


def test_a_filtered_event_does_not_make_the_same_id_a_duplicate(store: Store) -> None:
    keep(store, "bot", event(event_id="x"))
    assert put(store, event(event_id="x")) == (["x"], 0)


def test_every_arrival_is_kept_as_every_arrival_is_counted(store: Store) -> None:
    keep(store, "bot", event(event_id="x"))
    keep(store, "bot", event(event_id="x"))
    assert _ids(store) == ["x", "x"]
    assert [row.events for row in store.ledger(None, THAT_DAY)] == [2]


def test_the_latest_received_come_first_and_ties_go_by_site_id_and_reason(store: Store) -> None:
    keep(store, "bot", event(event_id="b"), event(event_id="a", site="z.example"), received_at=at(1))
    keep(store, "tool", event(event_id="a"), received_at=at(1))
    keep(store, "bot", event(event_id="a"), received_at=at(1))
    keep(store, "bot", event(event_id="later"), received_at=at(2))
    found = [(each.event.event_id, each.reason) for each in filtered(store)]
    assert found == [("later", "bot"), ("a", "bot"), ("a", "tool"), ("b", "bot"), ("a", "bot")]


def test_they_can_be_asked_for_by_site_period_and_number(store: Store) -> None:
    for hour, site in enumerate(["a.example", "b.example", "a.example"]):
        keep(store, "bot", event(event_id=f"{hour}", site=site), received_at=NOON + hour * HOUR)
    assert _ids(store, site_id="a.example") == ["2", "0"]
    assert _ids(store, period=Period(NOON, NOON + HOUR)) == ["0"]
    assert _ids(store, period=Period(NOON + 1, NOON + HOUR + 1)) == ["1"]
    assert _ids(store, limit=2) == ["2", "1"]
    assert _ids(store, site_id="c.example") == []


def test_a_request_may_hold_both_kinds(store: Store, reopen: Callable[[], Store]) -> None:
    keep(store, "bot", event(event_id="bot"), stored=(event(event_id="person"),))
    again = reopen()
    assert _ids(again) == ["bot"]
    assert table(again, query("events")) == [(1,)]


def test_events_that_come_after_kept_ones_are_all_there_after_many_restarts(
    store: Store, reopen: Callable[[], Store]
) -> None:
    for minute in range(4):
        keep(store, "bot", event(at(minute)))
        put(store, event(at(minute)))
        store = reopen()
    assert table(store, query("events", "sessions", "avg_duration")) == [(4, 1, 180_000.0)]
    assert len(filtered(store)) == 4


def test_a_purge_takes_what_happened_before(store: Store, reopen: Callable[[], Store]) -> None:
    keep(store, "bot", event(at(0), event_id="old"), event(at(5), event_id="new"))
    assert store.purge(at(5)) == (0, 0)
    assert _ids(store) == ["new"]
    assert _ids(reopen()) == ["new"]


def test_refused_events_are_only_counted_when_none_is_kept(store: Store) -> None:
    put(store, refused=(Tally(SITE, FILTERED, "bot", 3),))
    assert filtered(store) == []


def test_nothing_kept_is_an_empty_answer(store: Store) -> None:
    assert store.run(FilteredEvents(site_id=None, period=Period(0, NOON + 400 * DAY))) == []
