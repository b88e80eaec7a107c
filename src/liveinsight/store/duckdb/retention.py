"""A Retention as SQL. See Retention for what the numbers mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.stats.retention import Cohort, Retention
from liveinsight.store.duckdb.conditions import Bound, Conditions, scopes_of, tables_for

if TYPE_CHECKING:
    import duckdb

_STATEMENT = """
    WITH parts AS (SELECT unnest($parts::BIGINT[]) AS part, unnest(range(len($parts::BIGINT[]))) AS number),
    firsts AS (
        SELECT visitor_id, min(timestamp) AS timestamp, arg_min(event_id, (timestamp, event_id)) AS event_id
        FROM events WHERE site_id = $site_id GROUP BY visitor_id
        HAVING min(timestamp) >= $start AND min(timestamp) < $end
    ),
    members AS (
        SELECT firsts.visitor_id, parts.number AS cohort
        FROM {firsts} ASOF JOIN parts ON firsts.timestamp >= parts.part
    ),
    visits AS (
        SELECT DISTINCT visitor_id, parts.number
        FROM events ASOF JOIN parts ON events.timestamp >= parts.part
        WHERE site_id = $site_id AND events.timestamp < $until
    )
    SELECT cohort, number - cohort AS later, count(*)
    FROM members JOIN visits USING (visitor_id)
    WHERE number - cohort BETWEEN 0 AND $later
    GROUP BY ALL
"""


def retention(asked: Retention, cursor: duckdb.DuckDBPyConnection) -> list[Cohort]:
    """The cohorts of a retention table."""
    *parts, until = asked.parts()
    bound = Bound(
        site_id=asked.site_id,
        start=asked.period.start,
        end=asked.period.end,
        parts=parts,
        until=until,
        later=asked.later,
    )
    statement = _STATEMENT.format(firsts=_firsts(asked, bound))
    returned = [[0] * (asked.later + 1) for _ in asked.cohorts()]
    for cohort, later, visitors in cursor.execute(statement, bound.values).fetchall():
        returned[cohort][later] = visitors
    return [Cohort(start, tuple(row)) for start, row in zip(asked.cohorts(), returned, strict=True)]


def _firsts(asked: Retention, bound: Bound) -> str:
    """The first events that pass the filters."""
    if not asked.filters:
        return "firsts"
    where = " AND ".join(["e.site_id = $site_id", *Conditions(bound).all_of(asked.filters)])
    return (
        f"(SELECT firsts.* FROM {tables_for(scopes_of(asked.filters))}"
        f" JOIN firsts ON firsts.event_id = e.event_id AND firsts.timestamp = e.timestamp WHERE {where}) firsts"
    )
