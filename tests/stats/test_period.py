"""Periods and their parts, on the clocks of all time zones."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from liveinsight.errors import InvalidInput
from liveinsight.stats import period as periods
from liveinsight.stats.period import Period
from tests.brute_force import parts_of
from tests.factories import DAY, HOUR, MINUTE, local


@cache
def changes(first_year: int) -> list[tuple[str, int]]:
    """(zone, instant) of every change of a clock until 2030. Of the zones that change alike, one."""
    found: dict[tuple[int, ...], str] = {}
    weeks = range(local(f"{first_year}-01-01"), local("2030-01-01"), 7 * DAY)
    for name in sorted(available_timezones() - {"localtime"}):
        zone = ZoneInfo(name)
        offsets = [datetime.fromtimestamp(week // 1000, zone).utcoffset() for week in weeks]
        instants = []
        for index, (before, after) in enumerate(pairwise(offsets)):
            if before != after:
                low, high = weeks[index] // 1000, weeks[index + 1] // 1000
                while high - low > 1:
                    middle = (low + high) // 2
                    is_before = datetime.fromtimestamp(middle, zone).utcoffset() == before
                    low, high = (middle, high) if is_before else (low, middle)
                instants.append(high * 1000)
        found.setdefault(tuple(instants), name)
    return [(name, instant) for instants, name in found.items() for instant in instants]


def test_hours_and_days_are_those_of_the_wall_clock_at_every_change_of_it() -> None:
    """Compared minute by minute."""
    for timezone, change in changes(2027):
        for interval in ("hour", "day"):
            period = Period(change - 3 * HOUR, change + 26 * HOUR)
            expected = parts_of(*period, interval, timezone)
            assert periods.parts(period, interval, timezone) == expected, (timezone, change, interval)


@pytest.mark.parametrize("interval", ["minute", "hour", "day", "week", "month"])
def test_parts_follow_each_other_without_gap_or_overlap_since_1970(interval: str) -> None:
    wide = {"minute": 3 * MINUTE, "hour": 4 * HOUR, "day": 3 * DAY, "week": 9 * DAY, "month": 32 * DAY}[interval]
    for timezone, change in changes(1970)[:: 1 if interval == "hour" else 5]:
        tz = ZoneInfo(timezone)
        starts = periods.parts(Period(change - wide, change + wide), interval, timezone)
        assert starts[0] <= change - wide, (timezone, change)
        for start, following in pairwise(starts):
            assert start < following
            inside = {start, start + 1, (start + following) // 2, following - 1}
            assert {periods.part_start(at, interval, tz) for at in inside} == {start}, (timezone, change, start)
            assert {periods.next_part(at, interval, tz) for at in inside} == {following}, (timezone, change, start)


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("today", "2026-03-08", "2026-03-09"),
        ("yesterday", "2026-03-07", "2026-03-08"),
        ("7d", "2026-03-02", "2026-03-09"),
        ("1d", "2026-03-08", "2026-03-09"),
        ("30d", "2026-02-07", "2026-03-09"),
        ("1mo", "2026-03-01", "2026-03-09"),
        ("12mo", "2025-04-01", "2026-03-09"),
    ],
)
def test_named_periods_are_local_days(name: str, start: str, end: str) -> None:
    """It is the afternoon of the day when New York's clocks go forward."""
    zone = "America/New_York"
    now = local("2026-03-08 15:20", zone)
    assert periods.named_period(name, now, zone) == (local(start, zone), local(end, zone))


def test_hours_back_end_with_the_running_hour() -> None:
    now = local("2026-03-10 15:20", "Asia/Kolkata")
    assert periods.named_period("24h", now, "Asia/Kolkata") == (
        local("2026-03-09 16:00", "Asia/Kolkata"),
        local("2026-03-10 16:00", "Asia/Kolkata"),
    )


@pytest.mark.parametrize(
    "name", ["", "0d", "-1d", "d", "7", "7w", "9999d", "99999h", "9999mo", "Today", "7d ", "\u0667d"]
)
def test_a_period_without_meaning_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="There is no period"):
        periods.named_period(name, local("2026-03-10 12:00"), "UTC")


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "/etc/passwd", "utc\0", "x" * 500, "한국"])
def test_a_time_zone_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="There is no time zone"):
        periods.zone(name)


@pytest.mark.parametrize(
    ("text", "zone", "end", "expected"),
    [
        ("0", "UTC", False, 0),
        ("1773144000000", "Asia/Seoul", True, 1773144000000),
        ("2026-03-10", "Asia/Seoul", False, local("2026-03-09 15:00")),
        ("2026-03-10", "Asia/Seoul", True, local("2026-03-10 15:00")),
        ("2026-03-10T09:30", "Asia/Seoul", False, local("2026-03-10 00:30")),
        ("2026-03-10T09:30:00Z", "Asia/Seoul", True, local("2026-03-10 09:30")),
        ("2026-03-10 09:30:00.25+02:00", "UTC", False, local("2026-03-10 07:30") + 250),
        ("2026-04-24", "Africa/Cairo", False, local("2026-04-23 22:00")),  # midnight is skipped
    ],
)
def test_an_instant_is_ms_a_date_or_a_local_time(text: str, zone: str, end: bool, expected: int) -> None:
    assert periods.instant(text, zone, end=end) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-13-01",
        "2026-02-30",
        "-1",
        "1e12",
        "99999999999999999999",
        "1969-12-31",
        "2101-01-01",
        "0001-01-01",
    ],
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        periods.instant(text, "Asia/Seoul")


def days(start: str, end: str, zone: str = "America/New_York") -> Period:
    return Period(local(start, zone), local(end, zone))


@pytest.mark.parametrize(
    ("period", "before"),
    [
        (days("2026-03-08", "2026-03-09"), days("2026-03-07", "2026-03-08")),  # 23 hours, compared with 24
        (days("2026-03-09", "2026-03-16"), days("2026-03-02", "2026-03-09")),
        (days("2026-11-01", "2026-12-01"), days("2026-10-02", "2026-11-01")),
        (days("2026-03-08 04:00", "2026-03-08 05:00"), days("2026-03-08 03:00", "2026-03-08 04:00")),
        (days("2026-03-09 04:00", "2026-03-10 04:00"), days("2026-03-08 04:00", "2026-03-09 04:00")),
    ],
)
def test_the_period_before_is_as_many_days_or_as_long(period: Period, before: Period) -> None:
    assert periods.previous(period, "America/New_York") == before


@pytest.mark.parametrize(
    ("period", "before"),
    [
        (days("2026-03-08", "2026-03-09"), days("2025-03-08", "2025-03-09")),
        (days("2028-02-01", "2028-03-01"), days("2027-02-01", "2027-03-01")),
        (days("2028-03-01", "2028-03-08"), days("2027-03-01", "2027-03-08")),
        (days("2026-03-10 09:30", "2026-03-10 10:30"), days("2025-03-10 09:30", "2025-03-10 10:30")),
    ],
)
def test_the_year_before_has_the_same_dates(period: Period, before: Period) -> None:
    assert periods.year_before(period, "America/New_York") == before


def test_comparing_the_leap_day_with_a_year_without_one_gives_a_period() -> None:
    before = periods.year_before(days("2028-02-29", "2028-03-01"), "America/New_York")
    assert before == days("2027-02-28", "2027-03-01")


@pytest.mark.parametrize(
    ("period", "before"),
    [
        (days("2028-02-28", "2028-02-29"), days("2027-02-28", "2027-03-01")),
        (days("2028-02-29 09:00", "2028-02-29 10:00"), days("2027-02-28 09:00", "2027-02-28 10:00")),
        (days("2028-02-28 12:00", "2028-02-29 06:00"), days("2027-02-28 12:00", "2027-03-01 06:00")),
        (days("2026-11-01 01:50-04:00", "2026-11-01 01:10-05:00"), days("2025-11-01 01:50", "2025-11-01 02:10")),
    ],
)
def test_a_comparison_is_never_empty(period: Period, before: Period) -> None:
    assert periods.year_before(period, "America/New_York") == before


@pytest.mark.parametrize(
    ("interval", "text"),
    [("minute", "2026-03-10 09:05"), ("hour", "2026-03-10 09:00"), ("day", "2026-03-10"), ("month", "2026-03")],
)
def test_a_part_is_written_as_people_write_it(interval: str, text: str) -> None:
    start = periods.part_start(local("2026-03-10 09:05:59", "Asia/Seoul"), interval, ZoneInfo("Asia/Seoul"))
    assert periods.label(start, interval, "Asia/Seoul") == text


def test_an_instant_of_now_is_a_whole_ms() -> None:
    """Floats of seconds lose milliseconds if rounded the wrong way."""
    for ms in range(1000):
        text = datetime.fromtimestamp(1773144000, UTC).strftime(f"%Y-%m-%dT%H:%M:%S.{ms:03}+00:00")
        assert periods.instant(text, "UTC") == 1773144000000 + ms
