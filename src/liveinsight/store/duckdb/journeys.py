"""A Journey as SQL. See Journey for what the numbers mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.stats.journey import Flow, Journey, Link
from liveinsight.store.duckdb.conditions import (
    IN_PERIOD,
    NEAR_PERIOD,
    NUMBERED_SESSIONS,
    OF_ITS_SESSION,
    Bound,
    Conditions,
)

if TYPE_CHECKING:
    import duckdb

# `visited` are the sessions that count. `changes` are their views of another page than the view before; `away` says how
# many pages from the first view that counts.
_STATEMENT = f"""
    WITH of_period AS (
        {NUMBERED_SESSIONS}
    ),
    visited AS (
        SELECT walker, min((e.timestamp, e.event_id)) AS since FROM of_period s JOIN events e ON {OF_ITS_SESSION}
        WHERE {{counts}} GROUP BY walker
    ),
    views AS (
        SELECT walker, (e.timestamp, e.event_id) AS place, since, e.page
        FROM visited JOIN of_period s USING (walker) JOIN events e ON {OF_ITS_SESSION}
        WHERE e.site_id = $site_id AND e.event_type = 'page_view'
    ),
    changes AS (
        SELECT * FROM views QUALIFY lag(page, 1, '') OVER (PARTITION BY walker ORDER BY place) <> page
    ),
    moves AS (
        SELECT page, lag(page) OVER path AS before, lead(page) OVER path AS after,
            row_number() OVER path - count(*) FILTER (place <= since) OVER (PARTITION BY walker) AS away
        FROM changes
        WINDOW path AS (PARTITION BY walker ORDER BY place)
    ),
    links AS (
        SELECT away - 1 AS step, before AS origin, page AS target FROM moves WHERE away BETWEEN 1 - $before AND 0
        UNION ALL
        SELECT away + 1, page, after FROM moves WHERE away BETWEEN 0 AND $after - 1
        UNION ALL
        SELECT 0, NULL, NULL FROM moves WHERE away = 0
    ),
    counted AS (SELECT step::BIGINT AS step, origin, target, count(*) AS sessions FROM links GROUP BY ALL)
    SELECT *, sum(sessions) OVER of_step::BIGINT AS moves,
    FROM counted
    WINDOW of_step AS (PARTITION BY step)
    QUALIFY row_number() OVER (
        PARTITION BY step ORDER BY sessions DESC, coalesce(origin, ''), coalesce(target, '')
    ) <= $limit
    ORDER BY step > 0, abs(step), sessions DESC, coalesce(origin, ''), coalesce(target, '')
"""


def journey(asked: Journey, cursor: duckdb.DuckDBPyConnection) -> Flow:
    """The moves to and from a page."""
    bound = Bound(
        site_id=asked.site_id,
        start=asked.period.start,
        end=asked.period.end,
        page=asked.page,
        before=asked.before,
        after=asked.after,
        limit=asked.limit,
    )
    here = ["e.event_type = 'page_view'", "e.page = $page", *IN_PERIOD]
    counts = " AND ".join([*here, *Conditions(bound, NEAR_PERIOD).all_of(asked.filters)])
    rows = cursor.execute(_STATEMENT.format(counts=counts), bound.values).fetchall()
    moves = {row[0]: row[4] for row in rows}
    sessions = moves.pop(0, 0)
    return Flow(sessions, [Link(*row[:4]) for row in rows if row[0]], moves)
