"""The tables, and how older files become current ones. No index and no primary key on the large tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.errors import SchemaTooNew

if TYPE_CHECKING:
    import duckdb

_SESSION_COLUMNS = """(
    site_id VARCHAR, session_id VARCHAR, visitor_id VARCHAR,
    started_at BIGINT, first_id VARCHAR, first_page VARCHAR,
    last_activity BIGINT, last_id VARCHAR, last_page VARCHAR, last_type VARCHAR,
    first_view_at BIGINT, first_view_id VARCHAR, first_view_page VARCHAR,
    last_view_at BIGINT, last_view_id VARCHAR, last_view_page VARCHAR,
    events BIGINT, page_views BIGINT, interactions BIGINT, conversions BIGINT,
    hostname VARCHAR, referrer VARCHAR, source VARCHAR, channel VARCHAR,
    utm_source VARCHAR, utm_medium VARCHAR, utm_campaign VARCHAR, utm_term VARCHAR, utm_content VARCHAR,
    country VARCHAR, region VARCHAR, browser VARCHAR, browser_version VARCHAR, os VARCHAR, os_version VARCHAR,
    device VARCHAR, screen VARCHAR, language VARCHAR
)"""

# One entry a version, never changed once released: the n-th takes a file from version n-1 to n.
# `sent`, `properties` and `context` are JSON; `ledger_new` waits to be added to `ledger`. See `tables` for `watermark`.
MIGRATIONS: tuple[str, ...] = (
    f"""
    CREATE TABLE events (
        seq BIGINT, received_at BIGINT, timestamp BIGINT,
        site_id VARCHAR, session_id VARCHAR, event_id VARCHAR, event_type VARCHAR, visitor_id VARCHAR,
        page_url VARCHAR, page VARCHAR, page_title VARCHAR, user_agent VARCHAR,
        conversion_type VARCHAR, value DOUBLE, currency VARCHAR,
        sent VARCHAR, properties VARCHAR, context VARCHAR
    );
    CREATE TABLE active_sessions {_SESSION_COLUMNS};
    CREATE TABLE sessions {_SESSION_COLUMNS};
    CREATE VIEW all_sessions AS SELECT * FROM sessions UNION ALL SELECT * FROM active_sessions;
    CREATE TABLE ledger (site_id VARCHAR, hour BIGINT, outcome VARCHAR, reason VARCHAR, events BIGINT);
    CREATE TABLE ledger_new (site_id VARCHAR, hour BIGINT, outcome VARCHAR, reason VARCHAR, events BIGINT);
    CREATE TABLE documents (kind VARCHAR, key VARCHAR, text VARCHAR);
    CREATE TABLE watermark (journal BIGINT, folded BIGINT);
    INSERT INTO watermark VALUES (0, 0);
    """,
    """
    ALTER TABLE events ADD COLUMN engaged_ms BIGINT;
    ALTER TABLE events ADD COLUMN scroll_depth BIGINT;
    DROP VIEW all_sessions;
    ALTER TABLE active_sessions ADD COLUMN screen_class VARCHAR DEFAULT '';
    ALTER TABLE sessions ADD COLUMN screen_class VARCHAR DEFAULT '';
    CREATE VIEW all_sessions AS SELECT * FROM sessions UNION ALL SELECT * FROM active_sessions;
    ALTER TABLE watermark ADD COLUMN written BIGINT;
    UPDATE watermark SET written = greatest(folded, (SELECT coalesce(max(seq), 0) FROM events));
    CREATE TABLE filtered_events AS SELECT ''::VARCHAR AS reason, * FROM events LIMIT 0;
    """,
)


def migrate(connection: duckdb.DuckDBPyConnection, migrations: tuple[str, ...] = MIGRATIONS) -> int:
    """Bring a database to the newest version, one transaction a step; gives the number of steps.

    Raises SchemaTooNew for a database of a later LiveInsight.
    """
    connection.execute("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT)")
    found: int = connection.execute("SELECT coalesce(max(version), 0) FROM schema_version").fetchall()[0][0]
    if found > len(migrations):
        msg = (
            f"The data has schema version {found}; this LiveInsight knows up to {len(migrations)}. Install a newer one."
        )
        raise SchemaTooNew(msg)
    for version, statements in enumerate(migrations[found:], found + 1):
        connection.begin()
        connection.execute(statements)
        connection.execute("INSERT INTO schema_version VALUES ($1)", [version])
        connection.commit()
    if found < len(migrations):
        connection.execute("CHECKPOINT")  # a log with table definitions in it is the one DuckDB replays worst
    return len(migrations) - found
