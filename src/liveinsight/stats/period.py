"""Periods and their parts, on the clock of a time zone. All instants are ms since the epoch.

The parts of an interval partition time: an hour runs from one full hour of the local clock to the next, a day from one
local midnight to the next. So the day of a DST change has 23 or 25 hours, the hour that a clock repeats is two hours
with one label, and half-hour zones have their hours where their clocks do.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from liveinsight.errors import InvalidInput
from liveinsight.stats.words import PERIOD_WORDS

HOUR_MS = 3_600_000
MINUTE_MS = 60_000
QUARTER_MS = 15 * MINUTE_MS  # as fine as counts by dimension are kept for ever
DAY_MS = 24 * HOUR_MS
MAX_PARTS = 50_000
NAMED = tuple(each.name for each in PERIOD_WORDS)
_ROLLING = re.compile(r"([1-9]\d{0,3})(h|d|mo)")
_LONGEST_DAYS = 3660
_EARLIEST, _LATEST = 0, 4_102_444_800_000  # 1970 to 2100


class Period(NamedTuple):
    """[start, end) in ms."""

    start: int
    end: int


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """The time zone of that name. Raises InvalidInput."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        msg = f"There is no time zone {name[:60]!r}. Use a name such as UTC, Asia/Seoul or Europe/Paris."
        raise InvalidInput(msg, code="invalid_timezone") from None


def named_period(text: str, now: int, timezone: str) -> Period:
    """`today`, `yesterday`, `Nh` (the last N hours), `Nd` (N local days to the end of today), `Nmo` (calendar months).

    Raises InvalidInput.
    """
    tz = zone(timezone)
    today = _local(now, tz).date()
    if text == "today":
        return Period(_midnight(today, tz), _midnight(today + timedelta(days=1), tz))
    if text == "yesterday":
        return Period(_midnight(today - timedelta(days=1), tz), _midnight(today, tz))
    match = _ROLLING.fullmatch(text)
    if match:
        count, unit = int(match[1]), match[2]
        if unit == "h" and count <= _LONGEST_DAYS * 24:
            end = next_part(now, "hour", tz)
            return Period(end - count * HOUR_MS, end)
        end = _midnight(today + timedelta(days=1), tz)
        if unit == "d" and count <= _LONGEST_DAYS:
            return Period(_midnight(today - timedelta(days=count - 1), tz), end)
        if unit == "mo" and count <= _LONGEST_DAYS // 30:
            return Period(_midnight(_months_back(today.replace(day=1), count - 1), tz), end)
    msg = f"There is no period {text[:30]!r}. Use {', '.join(NAMED)}, or from and to."
    raise InvalidInput(msg, code="invalid_period")


def instant(text: str, timezone: str, *, end: bool = False) -> int:
    """Milliseconds, an ISO date, or an ISO date and time (local unless it has an offset).

    With `end`, a date means the end of that day. Raises InvalidInput.
    """
    tz = zone(timezone)
    try:
        if re.fullmatch(r"\d{1,15}", text):
            value = int(text)
        elif re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            day = date.fromisoformat(text)
            value = _midnight(day + timedelta(days=1) if end else day, tz)
        else:
            moment = datetime.fromisoformat(text)
            value = _ms(moment if moment.tzinfo else moment.replace(tzinfo=tz))
    except (ValueError, OverflowError):
        msg = f"{text[:40]!r} is not a time. Use milliseconds since the epoch or an ISO date such as 2026-11-21."
        raise InvalidInput(msg, code="invalid_period") from None
    if not _EARLIEST <= value <= _LATEST:
        msg = "Times must lie between 1970 and 2100."
        raise InvalidInput(msg, code="invalid_period")
    return value


def parts(period: Period, interval: str, timezone: str) -> list[int]:
    """The starts of the parts of `period`, the first at or before its start. Raises InvalidInput for too many."""
    tz = zone(timezone)
    start = part_start(period.start, interval, tz)
    starts = []
    while start < period.end:
        starts.append(start)
        if len(starts) > MAX_PARTS:
            msg = f"The period has over {MAX_PARTS} parts of one {interval}: ask for a shorter one."
            raise InvalidInput(msg, code="too_many_rows")
        start = next_part(start, interval, tz)
    return starts


def part_start(at: int, interval: str, tz: ZoneInfo) -> int:
    """The start of the part that holds `at`."""
    if interval == "minute":
        return at - at % MINUTE_MS
    if interval == "hour":
        return _full_hour(at, tz)
    return _midnight(_first_day(_local(at, tz).date(), interval), tz)


def next_part(start: int, interval: str, tz: ZoneInfo) -> int:
    """The start of the part after the one that holds `start`."""
    if interval == "minute":
        return start - start % MINUTE_MS + MINUTE_MS
    if interval == "hour":
        return _next_full_hour(_full_hour(start, tz), tz)
    day = _first_day(_local(start, tz).date(), interval)
    if interval == "month":
        following = (day + timedelta(days=32)).replace(day=1)
    else:
        following = day + timedelta(days=7 if interval == "week" else 1)
    return _midnight(following, tz)


def label(start: int, interval: str, timezone: str) -> str:
    """A part as people write it: `2026-11-21 15:00`, `2026-11-21`, `2026-11`."""
    local = _local(start, zone(timezone))
    if interval == "hour":
        return local.strftime("%Y-%m-%d %H:00")
    if interval == "minute":
        return local.strftime("%Y-%m-%d %H:%M")
    return local.strftime("%Y-%m" if interval == "month" else "%Y-%m-%d")


def previous(period: Period, timezone: str, until: int | None = None) -> Period:
    """The period of the same length just before: as many local days when it is made of whole days.

    With `until`, a moment of the period, only as much of it: until its clock showed the same time; as long when it is
    not made of whole days.
    """
    tz = zone(timezone)
    first, last = _local(period.start, tz), _local(period.end, tz)
    if period.start == _midnight(first.date(), tz) and period.end == _midnight(last.date(), tz):
        back = last.date() - first.date()
        before = Period(_midnight(first.date() - back, tz), period.start)
        return before if until is None else _until(before, _shows(_clock(until, tz) - back, tz))
    length = period.end - period.start
    before = Period(period.start - length, period.start)
    return before if until is None else _until(before, until - length)


def year_before(period: Period, timezone: str, until: int | None = None) -> Period:
    """The same dates and times of the year before; 29 February becomes 28 February.

    With `until`, a moment of the period, only as much of it: until its clock showed the same time.
    """
    tz = zone(timezone)

    def back(at: int) -> datetime:
        clock = _clock(at, tz)
        day = min(clock.day, 28) if clock.month == 2 else clock.day  # noqa: PLR2004  February
        return clock.replace(year=clock.year - 1, day=day)

    start = _ms(back(period.start).replace(tzinfo=tz))
    # The last instant: a period that ends with 28 February ends with it every year.
    end = _ms(back(period.end - 1).replace(tzinfo=tz)) + 1
    before = Period(start, end if end > start else start + period.end - period.start)
    return before if until is None else _until(before, _shows(back(until), tz))


def _until(period: Period, at: int) -> Period:
    """The part of a period up to `at`: at least a minute, at most all of it."""
    return Period(period.start, min(max(at, period.start + MINUTE_MS), period.end))


def _clock(at: int, tz: ZoneInfo) -> datetime:
    """What the local clock shows, as it is written: without a zone."""
    return _local(at, tz).replace(tzinfo=None, fold=0)


def _shows(clock: datetime, tz: ZoneInfo) -> int:
    """The first instant when the local clock shows this; that of its change when it skips this."""
    at = _ms(clock.replace(tzinfo=tz))
    if _clock(at, tz) == clock:
        return at
    low, high = _ms(clock.replace(tzinfo=tz, fold=1)), at
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _clock(middle, tz) >= clock else (middle, high)
    return high


def _local(at: int, tz: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(tz)


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _midnight(day: date, tz: ZoneInfo) -> int:
    """The first instant of a local day, also where the clock skips midnight."""
    at = _ms(datetime(day.year, day.month, day.day, tzinfo=tz))
    if _local(at, tz).date() == day and _local(at - 1, tz).date() < day:
        return at
    low, high = at - 12 * HOUR_MS, at + 12 * HOUR_MS
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _local(middle, tz).date() >= day else (middle, high)
    return high


def _past_hour(at: int, tz: ZoneInfo) -> int:
    local = _local(at, tz)
    return local.minute * MINUTE_MS + local.second * 1000 + at % 1000


def _full_hour(at: int, tz: ZoneInfo) -> int:
    """The latest instant up to `at` when the local clock showed a full hour."""
    start = at - _past_hour(at, tz)
    if _past_hour(start, tz):  # the clock was changed by less than an hour in between
        start -= _past_hour(start, tz)
        while (following := _next_full_hour(start, tz)) <= at:
            start = following
    return start


def _next_full_hour(start: int, tz: ZoneInfo) -> int:
    later = start + HOUR_MS
    past = _past_hour(later, tz)
    if past == 0:
        return later
    earlier = later - past
    return earlier if earlier > start and _past_hour(earlier, tz) == 0 else later + HOUR_MS - past


def _first_day(day: date, interval: str) -> date:
    if interval == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if interval == "month" else day


def _months_back(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)
