"""Which site is meant when none is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from liveinsight.errors import InvalidInput
from liveinsight.service import Analytics
from liveinsight.settings import Settings
from liveinsight.store.memory import MemoryStore
from tests.factories import DAY, HOUR, NOON, Clock
from tests.http.messages import sent
from tests.ingest.tracker import delivery

if TYPE_CHECKING:
    from liveinsight.stats.period import Period
    from liveinsight.store.base import LedgerRow


class CountingStore(MemoryStore):
    """Counts how often the ledger is read."""

    reads = 0

    def ledger(self, site_id: str | None, period: Period) -> list[LedgerRow]:
        self.reads += 1
        return super().ledger(site_id, period)


def analytics_of(store: MemoryStore, *sites: str) -> Analytics:
    return Analytics(store, Settings(sites=sites or ("*",)), Clock())


def visit(analytics: Analytics, site: str, at: int = NOON) -> None:
    analytics.collect(delivery(sent(site_id=site, timestamp=at), received_at=at)).answer()


def test_it_is_the_only_one_that_has_events() -> None:
    analytics = analytics_of(MemoryStore())
    assert analytics.site(None) == ""
    visit(analytics, "a.example")
    assert analytics.site(None) == "a.example"
    visit(analytics, "b.example")
    with pytest.raises(InvalidInput, match=r"site_id=a\.example"):
        analytics.site(None)


def test_it_is_the_only_one_in_the_settings_whatever_was_stored_before() -> None:
    store = MemoryStore()
    visit(analytics_of(store), "a.example")
    assert analytics_of(store, "www.b.example").site(None) == "b.example"


def test_after_a_start_the_sites_of_before_are_known_and_not_looked_up_again() -> None:
    store = CountingStore()
    visit(analytics_of(store), "a.example")
    analytics = analytics_of(store)
    assert analytics.site(None) == "a.example"
    reads = store.reads
    assert [analytics.site(None) for _ in range(5)] == ["a.example"] * 5
    assert store.reads == reads


def test_events_are_counted_as_hours_go_by_and_when_the_clock_is_set_back() -> None:
    clock = Clock()
    analytics = Analytics(MemoryStore(), Settings(), clock)

    def counted() -> tuple[int, int]:
        [site] = analytics.sites.all()["sites"]
        return site["events"], site["last_event_at"]

    for hours, events in ((0, 1), (1, 2), (5, 3), (30, 4), (29, 5), (3, 6), (31, 7)):
        clock.now = NOON + hours * HOUR
        visit(analytics, "a.example", clock.now)
        assert counted() == (events, NOON + max(hours, 30 if events > 4 else 0) * HOUR)
    analytics.purge(NOON + 29 * HOUR)
    assert counted() == (3, NOON + 31 * HOUR)


def test_a_site_whose_events_are_purged_is_forgotten() -> None:
    analytics = analytics_of(MemoryStore())
    visit(analytics, "old.example", NOON - 3 * DAY)
    visit(analytics, "new.example")
    analytics.purge(NOON - DAY)
    assert analytics.site(None) == "new.example"
