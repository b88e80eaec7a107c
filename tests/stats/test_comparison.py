"""A running period is compared with as much of the earlier one, by the clock on the wall."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from liveinsight.questions.occasion import Occasion
from liveinsight.questions.period import compared
from liveinsight.stats import period as periods
from liveinsight.stats.period import Period
from tests.factories import DAY, HOUR, MINUTE, local

if TYPE_CHECKING:
    from liveinsight.questions.period import Compare

NEW_YORK, LORD_HOWE, KOLKATA, SEOUL = "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Asia/Seoul"
CHANGES = [  # of clocks; and two zones that change none
    (NEW_YORK, "2026-03-08"),
    (NEW_YORK, "2026-11-01"),
    (LORD_HOWE, "2026-04-05"),  # by half an hour
    (LORD_HOWE, "2026-10-04"),
    ("Africa/Cairo", "2026-04-24"),  # at midnight
    ("Africa/Cairo", "2026-10-30"),
    (KOLKATA, "2026-03-08"),
    (SEOUL, "2026-03-01"),
]


def earlier(period: Period, now: int, zone: str, compare: Compare = "previous") -> Period:
    nothing: dict[str, str] = {}
    found = compared(compare, period, Occasion("", now, zone, lambda _: nothing, lambda _: nothing), zone, whole=False)
    assert found
    return found


def named(name: str, now: str, zone: str, compare: Compare = "previous") -> Period:
    at = local(now, zone)
    return earlier(periods.named_period(name, at, zone), at, zone, compare)


def between(start: str, end: str, zone: str) -> Period:
    return Period(local(start, zone), local(end, zone))


@pytest.mark.parametrize(
    ("name", "now", "zone", "start", "end"),
    [
        ("today", "2026-03-08 12:00", NEW_YORK, "2026-03-07", "2026-03-07 12:00"),  # 11 hours, 12 of the day before
        ("today", "2026-11-01 12:00", NEW_YORK, "2026-10-31", "2026-10-31 12:00"),  # 13 hours, 12 of the day before
        ("today", "2026-03-09 12:00", NEW_YORK, "2026-03-08", "2026-03-08 12:00"),
        ("today", "2026-03-09 02:30", NEW_YORK, "2026-03-08", "2026-03-08 03:00"),  # 02:30 never was
        ("today", "2026-11-02 01:30", NEW_YORK, "2026-11-01", "2026-11-01 01:30-04:00"),  # the first of two
        ("7d", "2026-03-10 09:15", NEW_YORK, "2026-02-25", "2026-03-03 09:15"),
        ("30d", "2026-11-10 09:15", NEW_YORK, "2026-09-12", "2026-10-11 09:15"),
        ("today", "2026-04-05 12:00", LORD_HOWE, "2026-04-04", "2026-04-04 12:00"),
        ("7d", "2026-10-05 12:00", LORD_HOWE, "2026-09-22", "2026-09-28 12:00"),
        ("today", "2026-03-08 12:05", KOLKATA, "2026-03-07", "2026-03-07 12:05"),
        ("30d", "2026-03-08 12:05", SEOUL, "2026-01-08", "2026-02-06 12:05"),
        ("1mo", "2026-03-31 23:59", SEOUL, "2026-01-29", "2026-02-28 23:59"),
    ],
)
def test_it_ends_when_the_clock_showed_the_same_time(name: str, now: str, zone: str, start: str, end: str) -> None:
    assert named(name, now, zone) == between(start, end, zone)


@pytest.mark.parametrize(
    ("start", "now", "zone", "end"),
    [
        ("2028-01-01", "2028-06-10 12:00", SEOUL, "2027-06-10 12:00"),  # the leap day is in between
        ("2027-01-01", "2027-06-10 12:00", NEW_YORK, "2026-06-10 12:00"),
        ("2026-03-01", "2026-03-12 12:00", NEW_YORK, "2025-03-12 12:00"),  # changes on the 8th and on the 9th
        ("2026-03-08", "2026-03-08 12:00", NEW_YORK, "2025-03-08 12:00"),  # no change in 2025
        ("2028-02-29", "2028-02-29 12:00", KOLKATA, "2027-02-28 12:00"),
    ],
)
def test_of_the_year_before_it_ends_on_the_same_date(start: str, now: str, zone: str, end: str) -> None:
    """Of a period that ends with the day, the month or the year."""
    at = local(now, zone)
    today = periods.named_period("today", at, zone)
    period = Period(local(start, zone), today.end)
    begins = start.replace(now[:4], end[:4]).replace("02-29", "02-28")
    assert earlier(period, at, zone, "year") == between(begins, end, zone)


def test_hours_are_compared_with_as_many_hours() -> None:
    """In New York the clock was changed in between."""
    assert named("24h", "2026-03-08 12:20", NEW_YORK) == (
        local("2026-03-06 12:00", NEW_YORK),
        local("2026-03-07 11:20", NEW_YORK),
    )


@given(
    place=st.sampled_from(CHANGES),
    after=st.integers(-2 * DAY, 9 * DAY) | st.integers(-3 * HOUR, 27 * HOUR),
    days=st.sampled_from([1, 2, 7]),
)
@example(("Africa/Cairo", "2026-04-24"), DAY - 30 * MINUTE, 1)  # half past midnight, which the day before did not have
def test_its_last_minute_is_the_one_before_the_clock_shows_what_it_shows_now(
    place: tuple[str, str], after: int, days: int
) -> None:
    """Looked for minute by minute."""
    zone, day = place
    now = local(day, zone) + after
    period = periods.named_period(f"{days}d", now, zone)
    found, whole = earlier(period, now, zone), periods.previous(period, zone)
    if now - period.start < MINUTE:
        assert found == whole
        return

    def wall(at: int) -> datetime:
        return datetime.fromtimestamp(at // 1000, UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None, second=0)

    asked = wall(now) - timedelta(days=days)
    minutes = range(whole.start + MINUTE, whole.end, MINUTE)
    expected = next((minute for minute in minutes if wall(minute) >= asked), whole.end)
    assert found == (whole.start, expected)
