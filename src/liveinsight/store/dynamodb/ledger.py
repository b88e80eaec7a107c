"""The ledger: what was received, by hour and outcome. Every lane counts for itself.

A row of one lane may be negative: what moved away there may have been counted in another. The sum of all is the number.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from liveinsight.stats.period import DAY_MS, Period
from liveinsight.store.base import LedgerRow
from liveinsight.store.dynamodb import keys

if TYPE_CHECKING:
    from collections.abc import Iterable

    from liveinsight.store.dynamodb.client import Client, Item
    from liveinsight.store.dynamodb.keys import Lane
    from liveinsight.store.dynamodb.lanes import Lanes
    from liveinsight.store.reprocessing import LedgerKey


def rows_of(client: Client, lane: Lane, period: Period, *, now: bool = False) -> list[Item]:
    """The items of the hours that start in a period."""
    low, high = f"{max(period.start, 0):015}", f"{max(period.end, 0):015}"
    return list(client.query(client.names.stats, keys.of_lane("ledger", lane), low, high, now=now))


def totals(client: Client, lanes: Lanes, site_id: str, hours: Iterable[int]) -> Counter[LedgerKey]:
    """What a site's ledger has of some hours (ms), as it is this moment."""
    days = sorted({hour - hour % DAY_MS for hour in hours})
    asked = [(lane, Period(day, day + DAY_MS)) for lane in lanes.of_site(site_id) for day in days]
    found: Counter[LedgerKey] = Counter()
    for items in client.parallel(lambda each: rows_of(client, *each, now=True), asked):
        for item in items:
            hour, outcome, reason = keys.parts_of(item["sk"])
            found[site_id, int(hour), outcome, reason] += item["events"]
    return found


def ledger(client: Client, lanes: Lanes, site_id: str | None, period: Period) -> list[LedgerRow]:
    """See Store.ledger."""
    sites = [site_id] if site_id is not None else lanes.sites()
    counts: Counter[tuple[int, str, str, str]] = Counter()
    asked = [lane for site in sites for lane in lanes.of_site(site)]
    for lane, items in zip(asked, client.parallel(lambda lane: rows_of(client, lane, period), asked), strict=True):
        for item in items:
            hour, outcome, reason = keys.parts_of(item["sk"])
            counts[int(hour), lane.site_id, outcome, reason] += item["events"]
    return [
        LedgerRow(site, hour, outcome, reason, events)
        for (hour, site, outcome, reason), events in sorted(counts.items())
        if events > 0
    ]
