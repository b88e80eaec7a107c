"""Local time, minute by minute."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo


def parts_of(start: int, end: int, interval: str, timezone: str) -> list[int]:
    """The starts of the parts that touch [start, end)."""
    starts = [part_of(start, interval, timezone)]
    while (following := part_after(starts[-1], interval, timezone)) < end:
        starts.append(following)
    return starts


@lru_cache(maxsize=100_000)
def part_of(time: int, interval: str, timezone: str) -> int:
    """The start of the minute, hour, day, week or month that holds `time`."""
    minute = time - time % 60_000
    while not _begins(minute, interval, timezone):
        minute -= 60_000
    return minute


@lru_cache(maxsize=100_000)
def part_after(start: int, interval: str, timezone: str) -> int:
    """The start of the part that follows the one that begins at `start`."""
    minute = start + 60_000
    while not _begins(minute, interval, timezone):
        minute += 60_000
    return minute


@lru_cache(maxsize=400_000)
def _begins(minute: int, interval: str, timezone: str) -> bool:
    """Whether a clock on the wall comes to a new minute, hour, ... at this time."""
    local = _on_the_wall(minute, timezone)
    if interval == "minute":
        return True
    if interval == "hour":
        return local.minute == 0
    if local.date() == _on_the_wall(minute - 60_000, timezone).date():
        return False
    return {"day": True, "week": local.isoweekday() == 1, "month": local.day == 1}[interval]


def _on_the_wall(minute: int, timezone: str) -> datetime:
    return datetime.fromtimestamp(minute // 1000, UTC).astimezone(ZoneInfo(timezone))
