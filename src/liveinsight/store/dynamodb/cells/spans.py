"""How a period is put together: of whole months and days where it can be, else of quarters of an hour and minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from liveinsight.stats.period import next_part, part_start, zone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from liveinsight.stats.period import Period

MONTH, DAY, HOURS, LOOSE = "month", "day", "hours", "loose"


class Span(NamedTuple):
    """[start, end) in ms: a local month or day, the hours of a local day, or loose quarters and minutes of one day."""

    kind: str
    start: int
    end: int


def spans(period: Period, interval: str | None, timezone: str, now: int) -> list[Span]:
    """What a period is made of, so that every part of the interval is too. What is not over at `now` stays loose."""
    return list(_walk(period, interval, timezone, now))


def _walk(period: Period, interval: str | None, timezone: str, now: int) -> Iterator[Span]:
    tz = zone(timezone)
    at, over = period.start, min(period.end, now)
    while at < period.end:
        tomorrow = next_part(at, "day", tz)
        kind, end = LOOSE, min(tomorrow, period.end)
        if interval in {None, "month"} and at == part_start(at, "month", tz) and next_part(at, "month", tz) <= over:
            kind, end = MONTH, next_part(at, "month", tz)
        elif interval != "minute" and at == part_start(at, "day", tz) and tomorrow <= over:
            kind, end = HOURS if interval == "hour" else DAY, tomorrow
        yield Span(kind, at, end)
        at = end


def is_cut(span: Span, unit: int) -> bool:
    """Whether a span begins and ends with a unit (ms)."""
    return span.start % unit == 0 == span.end % unit
