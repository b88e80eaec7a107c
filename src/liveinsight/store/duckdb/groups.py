"""The groups of a Query: what matches, cut by the dimensions, with a number for each metric."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from liveinsight.stats.vocabulary import EVENT, INTERVALS, SESSION, VISIT, currency_of, dimension_scope
from liveinsight.store.duckdb.columns import (
    EVENT_METRICS,
    OF_CONVERSION,
    OF_CONVERTED,
    OF_SESSION,
    REVENUE_IN,
    SESSION_METRICS,
    VISIT_METRICS,
)
from liveinsight.store.duckdb.conditions import (
    IN_PERIOD,
    NEAR_PERIOD,
    OF_ITS_SESSION,
    Bound,
    Conditions,
    scopes_of,
    tables_for,
)
from liveinsight.store.duckdb.parts import bind_parts

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from liveinsight.stats.query import Query

_EDGES = (("first", "entry"), ("last", "exit"))


class Groups:
    """`fetch` reads them as table `groups`: `columns` are the dimensions, then the metrics as asked.

    What is counted (events, page visits, sessions) is counted one after the other, each into a temporary table: all at
    once, they would each hold the events joined with their sessions, and spill.
    """

    def __init__(self, asked: Query, cursor: duckdb.DuckDBPyConnection) -> None:
        self.asked = asked
        self.bound = Bound(site_id=asked.site_id, start=asked.period.start, end=asked.period.end)
        self._cursor = cursor
        self._tables = 0
        self._conditions = Conditions(self.bound, NEAR_PERIOD, self._table)
        self._measured = {metric.name for metric in asked.measures}
        self._counted = {metric.scope for metric in asked.measures}
        self._part = bind_parts(self.bound, asked.parts(), asked.period.end)
        self._dimensions = [f"d{index}" for index in range(len(asked.dimensions))]
        self.columns = [*self._dimensions, *(f"m{index}" for index in range(len(asked.metrics)))]
        self._values = [self._value(name) for name in asked.dimensions]
        self._filters = self._conditions.all_of(asked.filters)
        self._not_empty = [
            f"{column} <> ''"
            for name, column in zip(asked.dimensions, self._values, strict=True)
            if dimension_scope(name) == EVENT
        ]
        self._scopes = scopes_of(asked.filters) | {dimension_scope(name) or "" for name in asked.dimensions}
        self._groups = self._joined()

    def fetch(self, select: str) -> list[Any]:
        """The rows of a SELECT from `groups`."""
        sql = f"WITH groups AS ({self._groups}) {select}"
        return self._cursor.execute(sql, self.bound.named_in(sql)).fetchall()

    def _table(self, select: str) -> str:
        """Keep what a SELECT finds; gives its name."""
        self._tables += 1
        name = f"found{self._tables}"
        self._cursor.execute(f"CREATE TEMP TABLE {name} AS {select}", self.bound.named_in(select))
        return name

    def _joined(self) -> str:
        """The groups of every scope, side by side."""
        kept = self._table if len(self._counted) > 1 else "({})".format
        scopes: tuple[tuple[str, Callable[[], str]], ...] = (
            (EVENT, self._events),
            (VISIT, self._page_visits),
            (SESSION, self._sessions),
        )
        tables = [kept(self._grouped(self._metrics(scope), rows())) for scope, rows in scopes if scope in self._counted]
        if self._dimensions:
            using = f" USING ({', '.join(self._dimensions)})"
            joined = " FULL JOIN ".join(table + (using if number else "") for number, table in enumerate(tables))
        else:
            joined = " CROSS JOIN ".join(tables)
        numbers = [f"coalesce({name}, 0) AS {name}" for name in self.columns[len(self._dimensions) :]]
        return f"SELECT {', '.join([*self._dimensions, *numbers])} FROM {joined}{self._only()}"

    def _metrics(self, scope: str) -> list[str]:
        return [
            f"{self._metric(name)} AS m{index}"
            for index, (name, metric) in enumerate(zip(self.asked.metrics, self.asked.measures, strict=True))
            if metric.scope == scope
        ]

    def _metric(self, name: str) -> str:
        if currency := currency_of(name):
            return REVENUE_IN.format(currency=self.bound.bind(currency))
        if name == "percentage":
            return EVENT_METRICS[name].format(everybody=self._table(self._everybody()))
        return EVENT_METRICS.get(name) or VISIT_METRICS.get(name) or SESSION_METRICS[name]

    def _grouped(self, metrics: list[str], rows: str) -> str:
        grouping = f" GROUP BY {', '.join(self._dimensions)}" if self._dimensions else ""
        return f"SELECT {', '.join([*self._dimensions, *metrics])} FROM ({rows}){grouping}"

    def _events(self) -> str:
        """The matching events of the period with their dimensions."""
        columns = [*self._dimensions_at("e.timestamp"), "e.event_type", "e.visitor_id", "e.value", "e.currency"]
        scopes = set(self._scopes)
        if OF_CONVERSION & self._measured:
            columns.append(f"{self._conditions.converts(self.asked.goal)} AS converts")
            scopes |= scopes_of(self.asked.goal)
        if OF_SESSION & self._measured:
            scopes.add(SESSION)
            columns += [f"coalesce(e.event_id = s.{edge}_view_id, false) AS is_{name}" for edge, name in _EDGES]
        return self._of_events(columns, scopes, [*self._filters, *self._not_empty])

    def _page_visits(self) -> str:
        """The pairs of a session and a page among the matching events."""
        session = ("s.session_id", "s.started_at", "e.page")
        columns = [*self._dimensions_at("e.timestamp"), *session, "e.engaged_ms", "e.scroll_depth"]
        conditions = [*self._filters, *self._not_empty]
        if EVENT in self._counted:  # which make a row of every group: pairs that reported nothing are not needed
            conditions.append("(e.engaged_ms IS NOT NULL OR e.scroll_depth IS NOT NULL)")
        rows = self._of_events(columns, self._scopes | {SESSION}, conditions)
        pair = ", ".join([*self._dimensions, "session_id", "started_at", "page"])
        return f"SELECT {pair}, sum(engaged_ms) AS engaged, max(scroll_depth) AS depth FROM ({rows}) GROUP BY {pair}"

    def _everybody(self) -> str:
        """The visitors of all matching events."""
        visitors = "count(DISTINCT e.visitor_id) AS visitors"
        return self._of_events([visitors], scopes_of(self.asked.filters), self._filters)

    def _of_events(self, columns: list[str], scopes: set[str], conditions: list[str]) -> str:
        where = " AND ".join([*IN_PERIOD, *(NEAR_PERIOD if SESSION in scopes else ()), *conditions])
        tables = tables_for(scopes) + self._part.join.format(time="e.timestamp")
        return f"SELECT {', '.join(columns)} FROM {tables} WHERE {where}"

    def _sessions(self) -> str:
        """The matching sessions that started in the period with their dimensions: a row for each group they are in."""
        started = ["s.site_id = $site_id", "s.started_at >= $start", "s.started_at < $end"]
        numbers = ("s.page_views", "s.interactions", "s.started_at", "s.last_activity")
        columns = [*self._dimensions_at("s.started_at"), *numbers]
        if OF_CONVERTED & self._measured:
            columns.append(f"{self._conditions.converted(self.asked.goal)} AS converted")
        tables, conditions, word = "all_sessions s", [*started, *self._filters], "SELECT"
        if EVENT in self._scopes:
            tables = f"all_sessions s JOIN events e ON {OF_ITS_SESSION}"
            conditions += [*IN_PERIOD, *self._not_empty]
            columns.append("s.session_id")
            word = "SELECT DISTINCT"
        tables += self._part.join.format(time="s.started_at")
        return f"{word} {', '.join(columns)} FROM {tables} WHERE {' AND '.join(conditions)}"

    def _value(self, dimension: str) -> str:
        return self._part.column if dimension in INTERVALS else self._conditions.column(dimension)

    def _dimensions_at(self, time: str) -> list[str]:
        """The dimensions of what stands at a time."""
        return [
            f"{column.format(time=time) if name in INTERVALS else column} AS {alias}"
            for name, column, alias in zip(self.asked.dimensions, self._values, self._dimensions, strict=True)
        ]

    def _only(self) -> str:
        """What keeps the rows that were asked for by their dimensions."""
        only = self.asked.only
        if only is None or not self._dimensions:
            return "" if only is None or () in only else " WHERE false"
        lists = [
            f"unnest({self.bound.bind([key[index] for key in only])}::{'BIGINT' if name in INTERVALS else 'VARCHAR'}[])"
            for index, name in enumerate(self.asked.dimensions)
        ]
        return f" WHERE ({', '.join(self._dimensions)}) IN (SELECT {', '.join(lists)})"
