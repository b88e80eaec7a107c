"""Taking in what another store held: what is the same in every store. See Store.restore."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pydantic_core import to_json

from liveinsight.stats.period import HOUR_MS, Period

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from liveinsight.models.events import FilteredEvent, StoredEvent
    from liveinsight.store.base import Arrivals, LedgerRow

    LedgerKey = tuple[str, int, str, str]  # site, hour, outcome, reason

PART = 2000  # events of a part, more or less


def hour_of(event: StoredEvent) -> int:
    """The hour (ms) in which an event was received."""
    return event.received_at - event.received_at % HOUR_MS


def moments(kept: Iterable[FilteredEvent]) -> list[int]:
    """When filtered events were received: where to look for those that are there already."""
    return sorted({each.event.received_at for each in kept})


def lacking_kept(kept: Iterable[FilteredEvent], there: Iterable[FilteredEvent]) -> list[FilteredEvent]:
    """Those that are not there. Equal ones count: whoever sent the same twice at once is kept twice."""
    known = Counter(map(_content, there))
    lacking = []
    for each in kept:
        content = _content(each)
        if known[content]:
            known[content] -= 1
        else:
            lacking.append(each)
    return lacking


def lacking_rows(wanted: Iterable[LedgerRow], there: Iterable[LedgerRow]) -> Counter[LedgerKey]:
    """What to add so that no row is lower than it should be."""
    known: Counter[LedgerKey] = Counter()
    for site_id, hour, outcome, reason, events in there:
        known[site_id, hour, outcome, reason] += events
    lacking: Counter[LedgerKey] = Counter()
    for site_id, hour, outcome, reason, events in wanted:
        lacking[site_id, hour, outcome, reason] = events - known[site_id, hour, outcome, reason]
    return +lacking


def span(rows: Sequence[LedgerRow]) -> Period:
    """The period of some rows' hours."""
    return Period(min(row.hour for row in rows), max(row.hour for row in rows) + HOUR_MS)


def parts(events: Iterable[StoredEvent]) -> Iterator[Sequence[StoredEvent]]:
    """Events, cut into parts."""
    part: list[StoredEvent] = []
    for event in events:
        part.append(event)
        if len(part) == PART:
            yield part
            part = []
    if part:
        yield part


def kept_parts(kept: Iterable[FilteredEvent]) -> Iterator[Sequence[FilteredEvent]]:
    """Filtered events in order of receipt, cut where time moves on."""
    part: list[FilteredEvent] = []
    for each in kept:
        if len(part) >= PART and each.event.received_at != part[-1].event.received_at:
            yield part
            part = []
        part.append(each)
    if part:
        yield part


def sites_of(arrivals: Arrivals) -> set[str]:
    """The sites of events and kept ones."""
    return {event.site_id for event in arrivals.events} | {each.event.site_id for each in arrivals.kept}


def _content(kept: FilteredEvent) -> bytes:
    return to_json(kept)
