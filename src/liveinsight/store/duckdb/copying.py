"""What goes from one home to another: read window by window, taken in by the writer."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from liveinsight.models.events import FilteredEvent
from liveinsight.store.base import STORED, Arrivals, LedgerRow
from liveinsight.store.duckdb.rows import EVENT_COLUMNS, Group, read_event
from liveinsight.store.restoring import hour_of, lacking_kept, lacking_rows, moments, span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    import duckdb

    from liveinsight.store.duckdb.state import LedgerKey
    from liveinsight.store.duckdb.tables import Tables

    Reader = Callable[[], AbstractContextManager[duckdb.DuckDBPyConnection]]

LEDGER = """
    SELECT site_id, hour, outcome, reason, sum(events)::BIGINT
    FROM (SELECT * FROM ledger UNION ALL SELECT * FROM ledger_new)
    WHERE hour >= $start AND hour < $end AND ($site_id IS NULL OR site_id = $site_id)
    GROUP BY ALL ORDER BY hour, site_id, outcome, reason
"""
_WINDOW = 2000  # numbers of events, of whatever site: the file is in their order, so that a window is found at once
_LAST = "SELECT coalesce(max(seq), 0) FROM (SELECT seq FROM events UNION ALL SELECT seq FROM filtered_events)"
_IN_WINDOW = "WHERE seq > $after AND seq <= $last AND site_id = $site_id"
_EVENTS = f"SELECT {EVENT_COLUMNS} FROM events {_IN_WINDOW} ORDER BY seq"
# With all that were received at the same time as one of them: a window may cut through a request.
_KEPT = f"""
    SELECT reason, {EVENT_COLUMNS} FROM filtered_events WHERE site_id = $site_id
    AND received_at IN (SELECT received_at FROM filtered_events {_IN_WINDOW}) ORDER BY seq
"""
_KEPT_AT = f"SELECT reason, {EVENT_COLUMNS} FROM filtered_events WHERE received_at IN (SELECT unnest($1::BIGINT[]))"


def arrivals(reader: Reader, site_id: str) -> Iterator[Arrivals]:
    """See Store.arrivals. Between two windows nothing is held."""
    with reader() as cursor:
        last = cursor.execute(_LAST).fetchall()[0][0]
    for after in range(0, last, _WINDOW):
        asked = {"site_id": site_id, "after": after, "last": min(after + _WINDOW, last)}
        with reader() as cursor:
            events = [read_event(row) for row in cursor.execute(_EVENTS, asked).fetchall()]
            kept = [_kept(row) for row in cursor.execute(_KEPT, asked).fetchall()]
        if events or kept:
            yield Arrivals(events, kept)


def restore(tables: Tables, arrived: Arrivals, ledger: Sequence[LedgerRow]) -> None:
    """See Store.restore. Called in the writer's thread, so that nothing changes between looking and writing."""
    if arrived.kept or ledger:
        tables.write_events()
    known = tables.known.duplicates(list(arrived.events), tables.connection)
    new = {(event.site_id, event.event_id): event for event in reversed(arrived.events)}
    events = [event for event in arrived.events if new.get((event.site_id, event.event_id)) is event]
    events = [event for event in events if (event.site_id, event.event_id) not in known]
    counts: Counter[LedgerKey] = Counter((event.site_id, hour_of(event), STORED, "") for event in events)
    kept = lacking_kept(arrived.kept, _there(tables, arrived)) if arrived.kept else []
    if ledger:
        counts += _lacking_in_ledger(tables, counts, ledger)
    if events or kept or counts:
        tables.append(Group(events, counts, kept))


def _there(tables: Tables, arrived: Arrivals) -> list[FilteredEvent]:
    rows = tables.connection.execute(_KEPT_AT, [moments(arrived.kept)]).fetchall()
    return [_kept(row) for row in rows]


def _lacking_in_ledger(tables: Tables, counts: Counter[LedgerKey], ledger: Sequence[LedgerRow]) -> Counter[LedgerKey]:
    start, end = span(ledger)
    asked = {"start": start, "end": end, "site_id": None}
    there = [LedgerRow(*row) for row in tables.connection.execute(LEDGER, asked).fetchall()]
    there += [LedgerRow(*key, events) for key, events in counts.items()]
    return lacking_rows(ledger, there)


def _kept(row: tuple[object, ...]) -> FilteredEvent:
    reason, *fields = row
    return FilteredEvent(str(reason), read_event(tuple(fields)))
