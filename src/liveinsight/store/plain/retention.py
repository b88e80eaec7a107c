"""Retention. See `stats.retention.Retention` for what the numbers mean."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from liveinsight.stats.retention import Cohort
from liveinsight.store.plain.visits import passes

if TYPE_CHECKING:
    from liveinsight.stats.retention import Retention
    from liveinsight.store.plain.visits import Visit


def retention(asked: Retention, visits: list[Visit]) -> list[Cohort]:
    """The cohorts of a retention table."""
    cohorts, parts = asked.cohorts(), asked.parts()
    returned = {start: [0] * (asked.later + 1) for start in cohorts}
    moments = sorted(((event, visit) for visit in visits for event in visit.events), key=lambda each: each[0].key)
    came: dict[str, set[int]] = {}
    first: dict[str, int] = {}
    for event, visit in moments:
        part = bisect_right(parts, event.timestamp) - 1
        if event.visitor_id not in came:
            is_in = asked.period.start <= event.timestamp < asked.period.end and passes(asked.filters, event, visit)
            if is_in:
                first[event.visitor_id] = part
        came.setdefault(event.visitor_id, set()).add(part)
    for visitor, part in first.items():
        for later in range(asked.later + 1):
            returned[parts[part]][later] += part + later in came[visitor]
    return [Cohort(start, tuple(returned[start])) for start in cohorts]
