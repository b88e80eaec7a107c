"""Statistics by the clock of a time zone, with gaps filled, also on the days when the clock is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from liveinsight.errors import InvalidInput
from liveinsight.stats.period import Period
from tests.factories import HOUR, MINUTE, Clock, at, event, local, put, query, table, where

if TYPE_CHECKING:
    from liveinsight.store.base import Store


def lengths(store: Store, interval: str, start: str, end: str, timezone: str) -> list[tuple[float, int]]:
    """(length of the part in hours, its events) of every part of a period given in local times."""
    period = Period(local(start, timezone), local(end, timezone))
    rows = table(store, query("events", by=interval, period=period, timezone=timezone))
    starts = [row[0] for row in rows]
    assert starts == sorted(starts)
    return [
        ((following - begin) / HOUR, row[1])
        for row, begin, following in zip(rows, starts, [*starts[1:], period.end], strict=True)
    ]


def put_at(store: Store, clock: Clock, timezone: str, *times: str) -> None:
    moments = sorted(local(each, timezone) for each in times)
    clock.now = moments[-1]
    put(store, *(event(moment, session=f"s{moment}") for moment in moments))


def test_hours_without_events_are_zero(store: Store) -> None:
    put(store, event(at(0)), event(at(59)), event(at(60)), event(at(185)))
    asked = query("events", "visitors", "sessions", by="hour", period=Period(at(-60), at(240)))
    assert table(store, asked) == [
        (at(-60), 0, 0, 0),
        (at(0), 2, 1, 2),
        (at(60), 1, 1, 0),
        (at(120), 0, 0, 0),
        (at(180), 1, 1, 1),
    ]


def test_a_session_stands_in_the_hour_of_its_start_its_events_in_their_own(store: Store) -> None:
    put(store, event(at(50)), event(at(70)))
    asked = query("events", "sessions", "avg_duration", by="hour", period=Period(at(0), at(120)))
    assert table(store, asked) == [(at(0), 1, 1, 20.0 * MINUTE), (at(60), 1, 0, 0.0)]


def test_with_a_second_dimension_a_session_may_stand_where_it_had_no_event_yet(store: Store) -> None:
    put(store, event(at(50), page="/a"), event(at(70), page="/b"))
    assert table(store, query("events", "sessions", by=("hour", "page"))) == [
        (at(0), "/a", 1, 1),
        (at(0), "/b", 0, 1),
        (at(60), "/b", 1, 0),
    ]
    assert table(store, query("events", by=("page", "hour"))) == [("/a", at(0), 1), ("/b", at(60), 1)]


def test_gaps_are_filled_also_when_a_filter_leaves_nothing(store: Store) -> None:
    put(store, event(at(0)))
    asked = query("events", by="hour", where=(where("page", "is", "/none"),), period=Period(at(0), at(120)))
    assert table(store, asked) == [(at(0), 0), (at(60), 0)]


def test_the_rows_of_a_time_can_be_ordered_and_paged(store: Store) -> None:
    put(store, event(at(70)), event(at(75)), event(at(10)))
    asked: dict[str, Any] = {"by": "hour", "period": Period(at(0), at(240))}
    latest_first = query("events", order_by=(("hour", True),), **asked)
    assert table(store, latest_first) == [(at(180), 0), (at(120), 0), (at(60), 2), (at(0), 1)]
    busiest_first = query("events", order_by=(("events", True),), **asked)
    assert table(store, busiest_first) == [(at(60), 2), (at(0), 1), (at(120), 0), (at(180), 0)]
    second_page = store.run(query("events", limit=2, offset=1, **asked))
    assert [tuple(row) for row in second_page.rows] == [((at(60),), (2,)), ((at(120),), (0,))]
    assert second_page.total_rows == 4


def test_a_period_that_begins_within_an_hour_begins_with_that_hour(store: Store) -> None:
    put(store, event(at(10)), event(at(20)), event(at(61)))
    asked = query("events", by="hour", period=Period(at(15), at(61)))
    assert table(store, asked) == [(at(0), 1), (at(60), 0)]


def test_minutes(store: Store) -> None:
    put(store, event(at(0)), event(at(0, ms=59_999)), event(at(2)))
    asked = query("events", by="minute", period=Period(at(0), at(3)))
    assert table(store, asked) == [(at(0), 2), (at(1), 0), (at(2), 1)]


@pytest.mark.parametrize("timezone", ["UTC", "Asia/Seoul", "Africa/Monrovia"])  # Monrovia was 44:30 minutes off once
@pytest.mark.parametrize(("interval", "end"), [("month", 1), ("day", HOUR), ("month", at(60)), ("week", at(60))])
def test_a_period_can_begin_with_the_epoch(store: Store, timezone: str, interval: str, end: int) -> None:
    put(store, event(at(0)))
    asked = query("events", "sessions", by=interval, period=Period(0, end), timezone=timezone, limit=10_000)
    rows = table(store, asked)
    assert rows[0][0] <= 0
    assert rows[-1][1:] == ((1, 1) if end > at(0) else (0, 0))
    assert sum(row[1] for row in rows) == (end > at(0))


def test_more_parts_than_anyone_can_look_at_are_refused(store: Store) -> None:
    with pytest.raises(InvalidInput) as refused:
        store.run(query("events", by="minute", period=Period(0, at(0))))
    assert refused.value.code == "too_many_rows"


def test_new_york_loses_an_hour_in_spring(store: Store, clock: Clock) -> None:
    put_at(store, clock, "America/New_York", "2026-03-08 01:59:59.999", "2026-03-08 03:00", "2026-03-08 23:59:59")
    assert lengths(store, "day", "2026-03-07", "2026-03-10", "America/New_York") == [(24, 0), (23, 3), (24, 0)]
    hours = lengths(store, "hour", "2026-03-08 00:00", "2026-03-08 05:00", "America/New_York")
    assert hours == [(1, 0), (1, 1), (1, 1), (1, 0)]


def test_new_york_has_an_hour_twice_in_autumn(store: Store, clock: Clock) -> None:
    put_at(
        store,
        clock,
        "America/New_York",
        "2026-11-01 01:30:00-04:00",  # the first time
        "2026-11-01 01:30:00-05:00",  # an hour later
        "2026-11-01 01:59:59-05:00",
        "2026-11-01 02:00",
    )
    assert lengths(store, "day", "2026-10-31", "2026-11-03", "America/New_York") == [(24, 0), (25, 4), (24, 0)]
    hours = lengths(store, "hour", "2026-11-01 00:00", "2026-11-01 03:00", "America/New_York")
    assert hours == [(1, 0), (1, 1), (1, 2), (1, 1)]


def test_india_counts_its_hours_where_its_clocks_do(store: Store, clock: Clock) -> None:
    put_at(store, clock, "Asia/Kolkata", "2026-03-10 09:59:59", "2026-03-10 10:00", "2026-03-10 10:59")
    hours = lengths(store, "hour", "2026-03-10 09:00", "2026-03-10 12:00", "Asia/Kolkata")
    assert hours == [(1, 1), (1, 2), (1, 0)]
    [first] = store.run(query("events", by="day", timezone="Asia/Kolkata", period=Period(at(0), at(1)))).rows
    assert first.dimensions == (local("2026-03-09 18:30"),)


def test_lord_howe_moves_its_clock_by_half_an_hour(store: Store, clock: Clock) -> None:
    zone = "Australia/Lord_Howe"
    put_at(store, clock, zone, "2026-04-05 01:45:00+11:00", "2026-04-05 01:45:00+10:30", "2026-04-05 02:00:00+10:30")
    assert lengths(store, "day", "2026-04-05", "2026-04-06", zone) == [(24.5, 3)]
    # 01:00 lasts until the clock, set back from 02:00 to 01:30, shows 02:00
    assert lengths(store, "hour", "2026-04-05 00:00", "2026-04-05 03:00", zone) == [(1, 0), (1.5, 2), (1, 1)]


def test_lord_howe_skips_half_an_hour_in_spring(store: Store, clock: Clock) -> None:
    zone = "Australia/Lord_Howe"
    put_at(store, clock, zone, "2026-10-04 01:59", "2026-10-04 02:30", "2026-10-04 03:00")
    assert lengths(store, "day", "2026-10-04", "2026-10-05", zone) == [(23.5, 3)]


def test_seoul_has_its_own_midnight(store: Store, clock: Clock) -> None:
    put_at(store, clock, "Asia/Seoul", "2026-03-10 23:59:59.999", "2026-03-11 00:00", "2026-03-11 08:59")
    assert lengths(store, "day", "2026-03-10", "2026-03-12", "Asia/Seoul") == [(24, 1), (24, 2)]
    assert lengths(store, "hour", "2026-03-10 23:00", "2026-03-11 01:00", "Asia/Seoul") == [(1, 1), (1, 1)]


def test_weeks_begin_on_monday_and_months_on_the_first(store: Store, clock: Clock) -> None:
    put_at(store, clock, "Asia/Seoul", "2026-03-01 23:59", "2026-03-02 00:00", "2026-03-08 23:59", "2026-03-09 00:00")
    weeks = lengths(store, "week", "2026-02-23", "2026-03-16", "Asia/Seoul")
    assert weeks == [(168, 1), (168, 2), (168, 1)]
    months = lengths(store, "month", "2026-02-01", "2026-05-01", "Asia/Seoul")
    assert months == [(28 * 24, 0), (31 * 24, 4), (30 * 24, 0)]
