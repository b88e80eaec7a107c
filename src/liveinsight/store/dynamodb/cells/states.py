"""Which batches have changed which hours of a site: what every answer from cells begins with."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from liveinsight.stats.period import DAY_MS, HOUR_MS, Period, next_part, part_start
from liveinsight.store.dynamodb import keys
from liveinsight.store.dynamodb.cells.hours import Hours, Piece, last_of
from liveinsight.store.dynamodb.cells.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from liveinsight.store.dynamodb.cells.hours import Day
    from liveinsight.store.dynamodb.client import Client
    from liveinsight.store.dynamodb.keys import Lane
    from liveinsight.store.dynamodb.lanes import Head, Lanes

    Touched = dict[int, dict[Lane, list[Piece]]]  # by hour since the epoch

_MEMORY_BYTES = 16_000_000
_DAY_BYTES = 2000


class States:
    """Reads which cells count. A month that no batch has changed since is not read again."""

    def __init__(self, client: Client, lanes: Lanes, hours: Hours) -> None:
        self._client = client
        self._lanes = lanes
        self._hours = hours
        self._memory = Memory(_MEMORY_BYTES)

    def extent(self, site_id: str, period: Period, tz: ZoneInfo) -> Period:
        """The part of a period in which the site may have cells, cut between months of a time zone."""
        months = self._lanes.months(site_id)
        if not months:
            return Period(period.start, period.start)
        first = part_start(keys.midnight(f"{months[0]}-01") - DAY_MS, "month", tz)
        last = next_part(keys.midnight(f"{months[-1]}-28") + 5 * DAY_MS, "month", tz)
        start = max(period.start, first)
        return Period(start, max(start, min(period.end, last)))

    def touched(self, site_id: str, period: Period) -> Touched:
        """The hours with cells that have a part in a period."""
        first, last = period.start // HOUR_MS, -(-period.end // HOUR_MS)
        lanes = self._lanes.of_site(site_id)
        heads = dict(zip(lanes, self._client.parallel(self._lanes.head, lanes), strict=True))
        asked = [(lane, month) for lane, head in heads.items() for month in head.months if _is_in(month, period)]
        found: Touched = {}
        for (lane, _), days in zip(
            asked, self._client.parallel(lambda each: self._days(*each, heads[each[0]]), asked), strict=True
        ):
            for day, state in days.items():
                start = keys.midnight(day) // HOUR_MS
                for hour, pieces in state.pieces.items():
                    if first <= start + hour < last:
                        found.setdefault(start + hour, {})[lane] = pieces
        return found

    def _days(self, lane: Lane, month: str, head: Head) -> dict[str, Day]:
        key = lane, month, head.months[month]
        days: dict[str, Day] | None = self._memory.get(key)
        if days is None:
            days = self._hours.days(lane, month)
            if head.months[month] <= head.applied:  # else they are changing, and the head will not tell when
                self._memory.put(key, days, _DAY_BYTES * (1 + len(days)))
        return days


def state_of(touched: Touched, hours: Iterable[int]) -> str:
    """The state of hours in one word: another one when any of them has changed. Empty: they have no cells."""
    told = [
        (hour, lane.number, last_of(pieces)) for hour in hours for lane, pieces in sorted(touched.get(hour, {}).items())
    ]
    return blake2b(repr(told).encode(), digest_size=12).hexdigest() if told else ""


def _is_in(month: str, period: Period) -> bool:
    start = keys.midnight(f"{month}-01")
    return start < period.end and start + 31 * DAY_MS > period.start
