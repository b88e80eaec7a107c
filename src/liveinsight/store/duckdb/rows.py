"""Events and sessions as table rows, and back. The column order is the one of `schema`."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic_core import from_json, to_json

from liveinsight.models.events import Context, FilteredEvent, StoredEvent
from liveinsight.models.sessions import Moment, Session

if TYPE_CHECKING:
    import duckdb

    from liveinsight.store.duckdb.state import LedgerKey

EVENT_COLUMNS = (
    "seq, received_at, timestamp, site_id, session_id, event_id, event_type, visitor_id, page_url, page, page_title,"
    " user_agent, conversion_type, value, currency, sent, properties, context, engaged_ms, scroll_depth"
)
FOLD_COLUMNS = "site_id, session_id, event_id, timestamp, event_type, visitor_id, page, context"

_AT_CONTEXT = StoredEvent._fields.index("context")

SqlRow = tuple[Any, ...]


class Group(NamedTuple):
    """What becomes durable at once: new events, ledger counts, filtered events to keep."""

    events: list[StoredEvent]
    counts: Counter[LedgerKey]
    kept: list[FilteredEvent]


def encode_group(group: Group) -> bytes:
    """A record of the journal: events as JSON arrays in the order of their fields, ledger counts, what is kept."""
    counts = [(*key, number) for key, number in group.counts.items()]
    return to_json([group.events, counts, group.kept] if group.kept else [group.events, counts])


def decode_group(content: bytes) -> Group:
    """What a record of the journal holds."""
    events, counts, *kept = from_json(content)  # two parts when nothing was kept, as all had once
    return Group(
        list(map(_from_fields, events)),
        Counter({(site_id, hour, outcome, reason): number for site_id, hour, outcome, reason, number in counts}),
        [FilteredEvent(reason, _from_fields(fields)) for part in kept for reason, fields in part],
    )


def _from_fields(fields: list[Any]) -> StoredEvent:
    """An event of a record. Older ones lack the last fields of events and contexts, which have defaults."""
    fields[_AT_CONTEXT] = Context(*fields[_AT_CONTEXT])
    return StoredEvent(*fields)


def append(connection: duckdb.DuckDBPyConnection, table: str, rows: list[SqlRow]) -> None:
    """Add rows to the end of a table."""
    if rows:
        appender = connection.appender(table)
        appender.append_rows(rows)
        appender.flush()


def event_row(seq: int, event: StoredEvent) -> SqlRow:
    """A row of `events`."""
    return (
        seq,
        event.received_at,
        event.timestamp,
        event.site_id,
        event.session_id,
        event.event_id,
        event.event_type,
        event.visitor_id,
        event.page_url,
        event.page,
        event.page_title,
        event.user_agent,
        event.conversion_type,
        event.value,
        event.currency,
        _json(event.sent),
        _json(event.properties),
        _context_json(event.context),
        event.engaged_ms,
        event.scroll_depth,
    )


def read_event(row: SqlRow) -> StoredEvent:
    """The event of a row of EVENT_COLUMNS."""
    return StoredEvent(
        site_id=row[3],
        session_id=row[4],
        event_id=row[5],
        timestamp=row[2],
        received_at=row[1],
        event_type=row[6],
        visitor_id=row[7],
        page_url=row[8],
        page=row[9],
        page_title=row[10],
        user_agent=row[11],
        conversion_type=row[12],
        value=row[13],
        currency=row[14],
        sent=from_json(row[15]),
        properties=from_json(row[16]),
        context=_read_context(row[17]),
        engaged_ms=row[18],
        scroll_depth=row[19],
    )


def read_for_fold(row: SqlRow) -> StoredEvent:
    """As much of the event of a row of FOLD_COLUMNS as a session is made of."""
    site_id, session_id, event_id, timestamp, event_type, visitor_id, page, context = row
    return StoredEvent(
        site_id,
        session_id,
        event_id,
        timestamp,
        0,
        event_type,
        visitor_id,
        "",
        page,
        "",
        "",
        "",
        None,
        "",
        {},
        {},
        _read_context(context),
    )


def session_row(session: Session) -> SqlRow:
    """A row of `sessions` or `active_sessions`."""
    return (
        session.site_id,
        session.session_id,
        session.visitor_id,
        *session.first,
        *session.last,
        session.last_type,
        *(session.first_view or (None, None, None)),
        *(session.last_view or (None, None, None)),
        session.events,
        session.page_views,
        session.interactions,
        session.conversions,
        *session.context,
    )


def read_session(row: SqlRow) -> Session:
    """The session of a row of `sessions` or `active_sessions`."""
    return Session(
        row[0],
        row[1],
        row[2],
        Moment(*row[3:6]),
        Moment(*row[6:9]),
        row[9],
        None if row[10] is None else Moment(*row[10:13]),
        None if row[13] is None else Moment(*row[13:16]),
        row[16],
        row[17],
        row[18],
        row[19],
        Context(*row[20:]),
    )


def _json(value: dict[str, Any]) -> str:
    return to_json(value).decode() if value else "{}"


@lru_cache(maxsize=4096)
def _context_json(context: Context) -> str:
    return to_json(context).decode()


@lru_cache(maxsize=4096)
def _read_context(text: str) -> Context:
    return Context(*from_json(text))
