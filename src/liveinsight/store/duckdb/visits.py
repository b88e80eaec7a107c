"""Single sessions: by public id, and those of a visitor."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from liveinsight.stats.visits import PublicSession, VisitorSessions
from liveinsight.store.duckdb.rows import EVENT_COLUMNS, read_event, read_session

if TYPE_CHECKING:
    import duckdb

    from liveinsight.models.events import StoredEvent

_NUMBERED = re.compile(r"(.+)\.([2-9]|[1-9]\d{1,8})", re.DOTALL)
_NTH_SESSION = """
    SELECT site_id, started_at, last_activity FROM (
        SELECT *, row_number() OVER (PARTITION BY site_id ORDER BY started_at) AS number
        FROM all_sessions WHERE session_id = $session_id
    ) WHERE number = $number AND ($site_id IS NULL OR site_id = $site_id)
    ORDER BY last_activity DESC, site_id LIMIT 1
"""
_EVENTS_OF_SESSION = f"""
    SELECT {EVENT_COLUMNS} FROM events
    WHERE site_id = $1 AND session_id = $2 AND timestamp BETWEEN $3 AND $4 ORDER BY timestamp, event_id
"""
_OF_VISITOR = """
    SELECT *, session_id || if(number = 1, '', '.' || number) AS public_id FROM (
        SELECT *, row_number() OVER (PARTITION BY session_id ORDER BY started_at) AS number FROM all_sessions
        WHERE site_id = $site_id AND session_id IN (
            SELECT session_id FROM all_sessions WHERE site_id = $site_id AND visitor_id = $visitor_id
        )
    )
    WHERE visitor_id = $visitor_id AND started_at < $before
    ORDER BY started_at DESC, public_id LIMIT $limit
"""


def session_events(cursor: duckdb.DuckDBPyConnection, session_id: str, site_id: str | None) -> list[StoredEvent]:
    """See Store.session_events."""
    candidates = [(session_id, 1)]
    if numbered := _NUMBERED.fullmatch(session_id):
        candidates.append((numbered[1], int(numbered[2])))
    for client_id, number in candidates:
        asked = {"session_id": client_id, "number": number, "site_id": site_id}
        if found := cursor.execute(_NTH_SESSION, asked).fetchall():
            site, start, end = found[0]
            rows = cursor.execute(_EVENTS_OF_SESSION, [site, client_id, start, end]).fetchall()
            return [read_event(row) for row in rows]
    return []


def visitor_sessions(asked: VisitorSessions, cursor: duckdb.DuckDBPyConnection) -> list[PublicSession]:
    """The sessions of a visitor."""
    values = {
        "site_id": asked.site_id,
        "visitor_id": asked.visitor_id,
        "before": asked.before,
        "limit": asked.limit,
    }
    rows = cursor.execute(_OF_VISITOR, values).fetchall()
    return [PublicSession(row[-1], read_session(row[:-2])) for row in rows]
