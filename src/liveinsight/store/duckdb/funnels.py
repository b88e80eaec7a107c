"""A Funnel as SQL. See Funnel for what the numbers mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.stats.filters import AllOf
from liveinsight.stats.funnel import Funnel, Step
from liveinsight.store.duckdb.conditions import (
    NUMBERED_SESSIONS,
    OF_ITS_SESSION,
    Bound,
    Conditions,
    scopes_of,
    tables_for,
)

if TYPE_CHECKING:
    import duckdb


def funnel(asked: Funnel, cursor: duckdb.DuckDBPyConnection) -> list[Step]:
    """The steps of a funnel."""
    bound = Bound(site_id=asked.site_id, start=asked.period.start, end=asked.period.end)
    statement = _statement(asked, bound)
    row = cursor.execute(statement, bound.values).fetchall()[0]
    count = len(asked.steps)
    return [Step(reached, float(wait or 0)) for reached, wait in zip(row[:count], row[count:], strict=True)]


def _statement(asked: Funnel, bound: Bound) -> str:
    """One row: how many reached each step, then how long each took.

    `walkers` are the sessions or visitors, by a number. `moments` are the events that reach a step, with their place in
    the order of time. Each `try_k` adds to every attempt its k-th step: the next moment of the same walker that reaches
    it.
    """
    count = len(asked.steps)
    tables = {
        "walkers": _VISITORS if asked.window else NUMBERED_SESSIONS,
        "moments": _events(asked, bound),
        "try_1": _attempts(asked),
    }
    for step in range(2, count + 1):
        tables[f"try_{step}"] = _next_step(asked, step)
    depth = " + ".join(f"(t{step} IS NOT NULL)::INTEGER" for step in range(1, count + 1))
    tables["best"] = (
        f"SELECT * FROM try_{count} QUALIFY row_number() OVER (PARTITION BY walker ORDER BY {depth} DESC, p1) = 1"
    )
    reached = [f"count(t{step})" for step in range(1, count + 1)]
    waits = ["0", *(f"median(t{step} - t{step - 1})" for step in range(2, count + 1))]
    clauses = ", ".join(f"{name} AS ({sql})" for name, sql in tables.items())
    return f"WITH {clauses} SELECT {', '.join([*reached, *waits])} FROM best"


_VISITORS = """
    SELECT visitor_id, row_number() OVER () AS walker
    FROM (SELECT DISTINCT visitor_id FROM events WHERE site_id = $site_id AND timestamp >= $start)
"""


def _events(asked: Funnel, bound: Bound) -> str:
    """The events that reach any step, and which: `s1`, `s2`, ...; `begins` where an attempt may begin."""
    conditions = Conditions(bound)
    steps = [conditions.sql(AllOf(step)) for step in asked.steps]
    scopes = scopes_of([each for step in (*asked.steps, asked.filters) for each in step])
    where = ["e.site_id = $site_id", "e.timestamp >= $start", f"({' OR '.join(steps)})"]
    if asked.window:
        tables = f"{tables_for(scopes)} JOIN walkers w ON e.visitor_id = w.visitor_id"
        where.append(f"e.timestamp < $end + {bound.bind(asked.window + 1)}::BIGINT")
    else:
        tables = f"events e JOIN walkers s ON {OF_ITS_SESSION}"
    begins = " AND ".join([steps[0], "e.timestamp < $end", *conditions.all_of(asked.filters)])
    flags = [f"{step} AS s{number}" for number, step in enumerate(steps, 1)]
    columns = ["walker", "e.timestamp", "(e.timestamp, e.event_id) AS place", *flags, f"({begins}) AS begins"]
    return f"SELECT {', '.join(columns)} FROM {tables} WHERE {' AND '.join(where)}"


def _attempts(asked: Funnel) -> str:
    """Within a session, the first attempt gets as far as any other."""
    if asked.window:
        return "SELECT walker, place AS p1, timestamp AS t1 FROM moments WHERE begins"
    first = "min(place) AS p1, min(timestamp) AS t1"
    return f"SELECT walker, {first} FROM moments WHERE begins GROUP BY walker"


def _next_step(asked: Funnel, step: int) -> str:
    in_time = f"moment.timestamp - t1 <= {asked.window}" if asked.window else "true"
    return (
        f"SELECT attempt.*, if({in_time}, moment.place, NULL) AS p{step},"
        f" if({in_time}, moment.timestamp, NULL) AS t{step} FROM try_{step - 1} attempt"
        f" ASOF LEFT JOIN (SELECT walker, place, timestamp FROM moments WHERE s{step}) moment"
        f" ON attempt.walker = moment.walker AND p{step - 1} < moment.place"
    )
