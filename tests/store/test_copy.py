"""From one home to another: everything arrives, once, however often it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from liveinsight.ingest.outcome import FILTERED, REJECTED, Tally
from liveinsight.stats.period import Period
from liveinsight.store.base import Arrivals, LedgerRow
from liveinsight.store.memory import MemoryStore
from tests.factories import DAY, HOUR, MINUTE, NOON, SITE, THAT_DAY, at, event, put, query, sessions_of, table
from tests.store.keeping import filtered, keep

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.models.events import StoredEvent
    from liveinsight.store.base import Store

OTHER = "blog.example"
LONG = Period(NOON - 40 * DAY, NOON + 40 * DAY)


@pytest.fixture
def source() -> Store:
    """Late events, two sessions of one id, duplicates, refused and kept events, another site."""
    store = MemoryStore()
    early = event(at(-40 * 24 * 60), session="old", event_id="old")
    put(store, early, received_at=early.timestamp)
    put(store, event(at(0), page="/a", event_id="1"), event(at(90), page="/b", event_id="3"), received_at=at(91))
    put(store, event(at(1), "click", event_id="2"), event(at(0), page="/a", event_id="1"), received_at=at(3 * 60))
    put(store, event(at(5), site=OTHER, visitor="bob", event_id="1"))
    put(store, received_at=at(2), refused=(Tally(SITE, REJECTED, "too_old", 3), Tally(OTHER, REJECTED, "too_old", 1)))
    same = event(at(7), event_id="bot", user_agent="Bot/1")
    keep(store, "bot", same, same, event(at(8), event_id="bot", user_agent="Bot/2"), received_at=at(9))
    keep(store, "bot", event(at(8), site=OTHER, event_id="bot"), received_at=at(9))
    return store


def copy(source: Store, store: Store, site: str = SITE) -> None:
    for part in source.arrivals(site):
        store.restore(part)
    store.restore(Arrivals(), source.ledger(site, LONG))


def told(store: Store, site: str | None = SITE) -> list[object]:
    """What a store says of a site."""
    return [
        table(
            store, query("events", "page_views", "sessions", "visitors", by="page", period=LONG, site_id=site or SITE)
        ),
        store.run(sessions_of("ann", site_id=site or SITE)),
        store.session_events("s.2", SITE),
        store.ledger(site, LONG),
        sorted(filtered(store, site_id=site), key=repr),  # equal ids have no order
    ]


def test_a_site_is_the_same_in_another_home(source: Store, store: Store) -> None:
    copy(source, store)
    assert told(store) == told(source)
    assert told(store, OTHER) != told(source, OTHER)
    copy(source, store, OTHER)
    assert told(store, None) == told(source, None)


def test_what_was_copied_is_there_after_a_restart(source: Store, store: Store, reopen: Callable[[], Store]) -> None:
    before = told(source)
    copy(source, store)
    assert told(reopen()) == before


def test_a_copy_is_a_source(source: Store, store: Store) -> None:
    copy(source, store)
    copy(store, third := MemoryStore())
    assert told(third) == told(source)


def test_the_source_stays_as_it_is(source: Store, store: Store) -> None:
    copy(source, store)
    before = told(store)
    copy(store, MemoryStore())
    assert told(store) == before


def test_copying_again_changes_nothing(source: Store, store: Store) -> None:
    copy(source, store)
    copy(source, store)
    assert told(store) == told(source)


def test_copying_back_changes_nothing(source: Store, store: Store) -> None:
    before = told(source)
    copy(source, store)
    copy(store, source)
    assert told(source) == before


def test_what_is_missing_is_completed(source: Store, store: Store) -> None:
    first, *_ = source.arrivals(SITE)
    store.restore(Arrivals(first.events[:2]))
    copy(source, store)
    assert told(store) == told(source)
    put(source, event(at(95), event_id="later"), received_at=at(96))
    copy(source, store)
    assert told(store) == told(source)


def test_what_the_destination_had_stays(source: Store, store: Store) -> None:
    put(store, event(at(2), visitor="cem", event_id="mine"), received_at=at(2))
    put(store, event(at(2), visitor="cem", event_id="mine"), received_at=at(2))
    put(store, event(at(2), site="third.example"), received_at=at(2))
    copy(source, store)
    assert table(store, query("events", "visitors")) == [(4, 2)]
    assert ledger_of(store, THAT_DAY)["stored"] == 4
    assert ledger_of(store, THAT_DAY)["duplicates"] == 2
    assert table(store, query("events", site_id="third.example")) == [(1,)]


def test_a_copied_event_that_comes_once_more_is_a_duplicate(source: Store, store: Store) -> None:
    copy(source, store)
    assert put(store, event(at(1), "click", event_id="2"), received_at=at(4 * 60)) == ([], 1)


def test_a_late_event_joins_copied_sessions(source: Store, store: Store) -> None:
    copy(source, store)
    for each in (source, store):
        put(each, event(at(30), event_id="30"), event(at(60), event_id="60"), received_at=at(92))
    assert table(store, query("sessions")) == [(1,)]
    assert told(store) == told(source)


def test_hours_count_when_they_have_no_event_any_more(source: Store, store: Store) -> None:
    put(source, event(at(-60), session="gone", event_id="gone"), received_at=at(3 * 60))
    source.purge(0, {SITE: at(-30)})
    assert ledger_of(source, LONG)["stored"] == 4
    copy(source, store)
    assert told(store) == told(source)
    assert ledger_of(store, LONG)["stored"] == 4


def test_a_purge_frees_the_ids_of_copied_events(source: Store, store: Store) -> None:
    copy(source, store)
    store.purge(at(2 * 60))
    assert put(store, event(at(1), "click", event_id="2"), received_at=at(4 * 60)) == (["2"], 0)


def test_parts_are_small_and_have_each_event_once(store: Store) -> None:
    events = [event(NOON + each * MINUTE, session=f"s{each % 7}", event_id=f"e{each}") for each in range(2500)]
    for at_once in range(0, len(events), 500):
        put(store, *events[at_once : at_once + 500], received_at=NOON + 2500 * MINUTE)
    found: list[StoredEvent] = []
    for part in store.arrivals(SITE):
        assert len(part.events) <= 2000
        found += part.events
    assert sorted(each.event_id for each in found) == sorted(each.event_id for each in events)
    assert {each.received_at for each in found} == {NOON + 2500 * MINUTE}


def test_equal_filtered_events_stay_as_many_where_parts_are_cut(store: Store) -> None:
    source = MemoryStore()
    for number in range(9):
        keep(source, "bot", *[event(at(1), event_id="x")] * 450, received_at=at(1, ms=number // 2))
    for _ in range(2):
        copy(source, store)
        assert len(filtered(store, limit=10_000)) == 9 * 450
    assert ledger_of(store, THAT_DAY) == {FILTERED: 9 * 450}
    copy(store, third := MemoryStore())
    assert len(filtered(third, limit=10_000)) == 9 * 450


def test_a_lower_ledger_lowers_nothing(store: Store) -> None:
    put(store, event(at(1)), event(at(2)), received_at=at(3))
    store.restore(Arrivals(), [LedgerRow(SITE, NOON, "stored", "", 1), LedgerRow(SITE, NOON, REJECTED, "too_old", 2)])
    store.restore(
        Arrivals(), [LedgerRow(SITE, NOON, REJECTED, "too_old", 2), LedgerRow(SITE, NOON - HOUR, FILTERED, "bot", 1)]
    )
    assert store.ledger(SITE, THAT_DAY) == [
        LedgerRow(SITE, NOON - HOUR, FILTERED, "bot", 1),
        LedgerRow(SITE, NOON, REJECTED, "too_old", 2),
        LedgerRow(SITE, NOON, "stored", "", 2),
    ]


def ledger_of(store: Store, period: Period) -> dict[str, int]:
    """Events by outcome."""
    sums: dict[str, int] = {}
    for row in store.ledger(SITE, period):
        sums[row.outcome] = sums.get(row.outcome, 0) + row.events
    return sums
