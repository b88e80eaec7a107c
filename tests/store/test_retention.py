"""Retention, worked out by hand. 2 March 2026 is a Monday."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.factories import DAY, Clock, did, event, local, put, retention, saw, where

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.stats.filters import Condition
    from liveinsight.stats.retention import Retention
    from liveinsight.store.base import Store

NEW_YORK, SEOUL = "America/New_York", "Asia/Seoul"


def came(store: Store, clock: Clock, visitor: str, *times: str, timezone: str = "UTC") -> None:
    """One page view at each of these local times, each in a session of its own."""
    for time in times:
        moment = local(time, timezone)
        clock.now = max(clock.now, moment)
        put(store, event(moment, session=f"{visitor} {time}", visitor=visitor))


def cohorts(store: Store, asked: Retention) -> list[tuple[int, ...]]:
    """What returned of each."""
    return [cohort.returned for cohort in store.run(asked)]


def test_visitors_of_a_week_and_who_of_them_came_back(store: Store, clock: Clock) -> None:
    came(store, clock, "ann", "2026-03-03", "2026-03-04", "2026-03-09", "2026-03-22 23:59:59.999")
    came(store, clock, "bob", "2026-03-08 23:59:59.999")  # the last moment of Sunday
    came(store, clock, "cid", "2026-03-09 00:00")  # the first of Monday
    assert store.run(retention("2026-03-02", "2026-03-23", later=2)) == [
        (local("2026-03-02"), (2, 1, 1)),  # ann and bob; ann in the next two weeks
        (local("2026-03-09"), (1, 0, 0)),  # cid; ann is of the week before
        (local("2026-03-16"), (0, 0, 0)),  # nobody new
    ]


def test_a_visitor_whose_first_visit_was_before_the_period_is_in_no_cohort(store: Store, clock: Clock) -> None:
    came(store, clock, "ann", "2026-03-01 23:59:59.999", "2026-03-03")
    came(store, clock, "bob", "2026-03-02")
    assert cohorts(store, retention("2026-03-02", "2026-03-09", later=1)) == [(1, 0)]
    assert cohorts(store, retention("2026-02-23", "2026-03-09", later=1)) == [(1, 1), (1, 0)]


def test_a_visitor_whose_first_visit_is_after_the_period_is_in_no_cohort(store: Store, clock: Clock) -> None:
    came(store, clock, "ann", "2026-03-09")
    assert cohorts(store, retention("2026-03-02", "2026-03-09", later=1)) == [(0, 0)]


def test_a_period_that_begins_within_a_week_takes_those_who_came_in_it(store: Store, clock: Clock) -> None:
    """From Wednesday to Wednesday: two cohorts, of half a week each, that come back in whole weeks."""
    came(store, clock, "tue", "2026-03-03", "2026-03-05")
    came(store, clock, "wed", "2026-03-04", "2026-03-15 23:59")
    came(store, clock, "next tue", "2026-03-10 23:59:59.999")
    came(store, clock, "next wed", "2026-03-11")
    assert store.run(retention("2026-03-04", "2026-03-11", later=1)) == [
        (local("2026-03-02"), (1, 1)),
        (local("2026-03-09"), (1, 0)),
    ]


def test_coming_back_counts_beyond_the_period_and_once_a_part(store: Store, clock: Clock) -> None:
    came(store, clock, "ann", "2026-03-02", "2026-03-04 01:00", "2026-03-04 09:00", "2026-03-06", "2026-04-01")
    asked = retention("2026-03-02", "2026-03-03", interval="day", later=4)
    assert cohorts(store, asked) == [(1, 0, 1, 0, 1)]
    assert cohorts(store, retention("2026-03-02", "2026-03-03", interval="day", later=0)) == [(1,)]


def test_months_are_those_of_the_local_calendar_also_when_the_clock_changes(store: Store, clock: Clock) -> None:
    """New York is five hours behind on the first of March and four behind on the first of April."""
    came(store, clock, "eve", "2026-02-28 23:59:59.999", timezone=NEW_YORK)
    came(store, clock, "ann", "2026-03-01 00:00", "2026-04-01 00:00", timezone=NEW_YORK)
    came(store, clock, "bob", "2026-03-31 23:59:59.999", timezone=NEW_YORK)
    came(store, clock, "cid", "2026-04-01 00:00", "2026-04-30 23:59:59.999", timezone=NEW_YORK)
    assert store.run(retention("2026-03-01", "2026-05-01", interval="month", later=1, timezone=NEW_YORK)) == [
        (local("2026-03-01 05:00"), (2, 1)),
        (local("2026-04-01 04:00"), (1, 0)),
    ]


def test_the_day_when_clocks_go_forward_is_a_day_of_23_hours(store: Store, clock: Clock) -> None:
    came(store, clock, "ann", "2026-03-07 23:59:59.999", "2026-03-08 23:59:59.999", timezone=NEW_YORK)
    came(store, clock, "bob", "2026-03-07 00:00", "2026-03-09 00:00", timezone=NEW_YORK)
    asked = retention("2026-03-07", "2026-03-10", interval="day", later=2, timezone=NEW_YORK)
    assert store.run(asked) == [
        (local("2026-03-07 05:00"), (2, 1, 1)),
        (local("2026-03-08 05:00"), (0, 0, 0)),
        (local("2026-03-09 04:00"), (0, 0, 0)),
    ]


def test_monday_begins_in_seoul_nine_hours_earlier(store: Store, clock: Clock) -> None:
    came(store, clock, "ann", "2026-03-08 14:59:59.999")
    came(store, clock, "bob", "2026-03-08 15:00")
    assert cohorts(store, retention("2026-03-02", "2026-03-16", later=0)) == [(2,), (0,)]
    assert store.run(retention("2026-03-02", "2026-03-16", later=0, timezone=SEOUL)) == [
        (local("2026-03-01 15:00"), (1,)),
        (local("2026-03-08 15:00"), (1,)),
    ]


def test_a_filter_is_about_the_first_event_and_not_about_coming_back(store: Store, clock: Clock) -> None:
    clock.now = local("2026-03-10")
    monday, next_monday = local("2026-03-02"), local("2026-03-09")
    for visitor, source in (("ann", "Naver"), ("bob", "Direct")):
        put(store, event(monday, page="/in", session=f"{visitor}-1", visitor=visitor, source=source))
        put(store, event(monday + 1, page="/next", session=f"{visitor}-1", visitor=visitor, source=source))
        put(store, event(next_monday, page="/back", session=f"{visitor}-2", visitor=visitor, source="Direct"))
    expected: list[tuple[Condition, tuple[int, int]]] = [
        (saw("/in"), (2, 2)),
        (saw("/next"), (0, 0)),  # nobody's first
        (where("source", "is", "Naver"), (1, 1)),  # ann comes back on her own
        (where("source", "is", "Direct"), (1, 1)),  # bob; ann's second visit is not her first
        (did(saw("/next")), (2, 2)),
        (did(saw("/back")), (0, 0)),
    ]
    for filtered, returned in expected:
        asked = retention("2026-03-02", "2026-03-09", later=1, where=(filtered,))
        assert cohorts(store, asked) == [returned], filtered


def test_of_two_events_in_one_millisecond_the_first_by_id_is_the_first_visit(store: Store, clock: Clock) -> None:
    clock.now = local("2026-03-02")
    put(store, event(clock.now, page="/b", event_id="b"), event(clock.now, page="/a", session="t", event_id="a"))
    for page, visitors in (("/a", 1), ("/b", 0)):
        asked = retention("2026-03-02", "2026-03-09", later=0, where=(saw(page),))
        assert cohorts(store, asked) == [(visitors,)]


def test_any_event_is_a_visit_not_only_a_page_view(store: Store, clock: Clock) -> None:
    clock.now = local("2026-03-09 00:10")
    put(store, event(local("2026-03-08 23:50"), "heartbeat"), event(clock.now, "click"))
    assert cohorts(store, retention("2026-03-02", "2026-03-09", later=1)) == [(1, 1)]


def test_an_event_that_comes_late_may_make_a_visitor_older(store: Store, clock: Clock) -> None:
    came(store, clock, "ann", "2026-03-09 10:00")
    asked = retention("2026-03-02", "2026-03-16", later=1)
    assert cohorts(store, asked) == [(0, 0), (1, 0)]
    came(store, clock, "ann", "2026-03-08 10:00")
    assert cohorts(store, asked) == [(1, 1), (0, 0)]


def test_what_is_not_kept_is_no_visit(store: Store, clock: Clock) -> None:
    came(store, clock, "ann", "2026-03-02", "2026-03-09")
    store.purge(local("2026-03-05"))
    assert cohorts(store, retention("2026-03-02", "2026-03-16", later=1)) == [(0, 0), (1, 0)]


def test_someone_who_logs_in_during_a_session_is_a_new_visitor(store: Store, clock: Clock) -> None:
    clock.now = local("2026-03-02 00:01")
    put(store, event(local("2026-03-02"), visitor="~anonymous"), event(clock.now, visitor="user-7"))
    assert cohorts(store, retention("2026-03-02", "2026-03-09", later=0)) == [(2,)]


def test_a_visitor_is_known_to_one_site_only(store: Store, clock: Clock) -> None:
    clock.now = local("2026-03-09")
    put(store, event(local("2026-03-02"), site="blog.example"), event(clock.now))
    assert cohorts(store, retention("2026-03-02", "2026-03-16", later=1)) == [(0, 0), (1, 0)]
    assert cohorts(store, retention("2026-03-02", "2026-03-16", later=1, site_id="nobody.example")) == [(0, 0)] * 2


@pytest.mark.parametrize("interval", ["day", "week", "month"])
def test_a_site_without_visitors_has_empty_cohorts(store: Store, interval: str) -> None:
    found = store.run(retention("2026-03-02", "2026-04-06", interval=interval, later=3))
    assert [len(cohort.returned) for cohort in found] == [4] * {"day": 35, "week": 5, "month": 2}[interval]
    assert {number for cohort in found for number in cohort.returned} == {0}


def test_numbers_stay_after_a_restart(store: Store, clock: Clock, reopen: Callable[[], Store]) -> None:
    came(store, clock, "ann", "2026-03-02", "2026-03-09", "2026-03-16")
    clock.now += DAY
    asked = retention("2026-03-02", "2026-03-16", later=2)
    assert cohorts(store, asked) == [(1, 1, 1), (0, 0, 0)]
    assert cohorts(reopen(), asked) == [(1, 1, 1), (0, 0, 0)]
