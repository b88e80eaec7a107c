"""A Query as SQL. Values are always bound; only names of this module and of `columns` become text."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, Any

from liveinsight.stats.query import Query, Result, Row
from liveinsight.stats.vocabulary import EVENT, INTERVALS, METRICS, PROPERTY, SESSION, dimension_scope
from liveinsight.store.duckdb.columns import EVENT_DIMENSIONS, EVENT_METRICS, SESSION_DIMENSIONS, SESSION_METRICS

if TYPE_CHECKING:
    import duckdb

    from liveinsight.stats.query import Filter

_JOINED = (
    "e.site_id = s.site_id AND e.session_id = s.session_id AND e.timestamp BETWEEN s.started_at AND s.last_activity"
)
_MOST_UNITS = 200_000


def answer(query: Query, cursor: duckdb.DuckDBPyConnection) -> Result:
    """Run a query. See Query for what the numbers mean."""
    statement = Statement(query)
    if query.dimensions and query.interval and len(query.dimensions) == 1:
        return _every_part(query, statement, cursor)
    paging = {"limit": query.limit, "offset": query.offset}
    rows = cursor.execute(statement.page(), statement.values | paging).fetchall()
    if not rows and query.offset:
        total = cursor.execute(f"{statement.groups()} SELECT count(*) FROM groups", statement.values).fetchall()[0][0]
    else:
        total = rows[0][-1] if rows else 0
    width = len(query.dimensions)
    return Result([Row(tuple(row[:width]), _numbers(query, row[width:-1])) for row in rows], total)


def _every_part(query: Query, statement: Statement, cursor: duckdb.DuckDBPyConnection) -> Result:
    """Rows for all parts of the period, those without events too."""
    found = cursor.execute(f"{statement.groups()} SELECT * FROM groups", statement.values).fetchall()
    by_part = {row[0]: row[1:] for row in found}
    nothing = (None,) * len(query.metrics)
    rows = [Row((part,), _numbers(query, by_part.get(part, nothing))) for part in query.parts()]
    names = (*query.dimensions, *query.metrics)
    for name, descending in reversed(query.ordering()):
        index = names.index(name)
        rows.sort(key=lambda row: (*row.dimensions, *row.metrics)[index], reverse=descending)
    return Result(rows[query.offset : query.offset + query.limit], len(rows))


def _numbers(query: Query, values: Any) -> tuple[int | float, ...]:
    return tuple(
        (value or 0) if METRICS[name].unit == "count" else float(value or 0)
        for name, value in zip(query.metrics, values, strict=True)
    )


class Statement:
    """The parts of the SQL for one query, and the values to bind."""

    def __init__(self, query: Query) -> None:
        self.query = query
        self.values: dict[str, Any] = {
            "site_id": query.site_id,
            "start": query.period.start,
            "end": query.period.end,
        }
        scopes = [dimension_scope(name) for name in (*query.dimensions, *(each.dimension for each in query.filters))]
        self._has_event_scope = EVENT in scopes
        self._has_session_scope = SESSION in scopes
        self._event_metrics = [name for name in query.metrics if METRICS[name].scope == EVENT]
        self._session_metrics = [name for name in query.metrics if METRICS[name].scope == SESSION]
        self._names = [f"d{index}" for index in range(len(query.dimensions))]
        self._columns = [self._column(name) for name in query.dimensions]
        self._conditions = {
            scope: [self._condition(each) for each in query.filters if dimension_scope(each.dimension) == scope]
            for scope in (EVENT, SESSION)
        }
        self._conditions[EVENT] += [
            f"{column} <> ''"
            for name, column in zip(query.dimensions, self._columns, strict=True)
            if dimension_scope(name) == EVENT
        ]
        self._find_part = self._bind_parts()

    def page(self) -> str:
        """The asked rows, each with the number of all rows as its last column."""
        columns = dict(zip((*self.query.dimensions, *self.query.metrics), self._all_names(), strict=True))
        order = ", ".join(f"{columns[name]} {'DESC' if down else 'ASC'}" for name, down in self.query.ordering())
        return (
            f"{self.groups()} SELECT *, count(*) OVER () FROM groups"
            f" ORDER BY {order} LIMIT $limit::BIGINT OFFSET $offset::BIGINT"
        )

    def groups(self) -> str:
        """WITH clauses that end in `groups`: a row for each group, dimensions first, then the metrics as asked."""
        tables = {}
        if self._event_metrics:
            tables["by_event"] = self._grouped(self._events(), self._event_metrics, EVENT_METRICS)
        if self._session_metrics:
            tables["by_session"] = self._grouped(self._sessions(), self._session_metrics, SESSION_METRICS)
        if len(tables) == 1:
            joined = next(iter(tables))
        elif self._names:
            joined = f"by_event FULL JOIN by_session USING ({', '.join(self._names)})"
        else:
            joined = "by_event CROSS JOIN by_session"
        metrics = [
            f"coalesce({name}, 0) AS {asked}"
            for name, asked in zip(self.query.metrics, self._metric_names(), strict=True)
        ]
        clauses = [f"{name} AS ({sql})" for name, sql in tables.items()]
        clauses.append(f"groups AS (SELECT {', '.join([*self._names, *metrics])} FROM {joined})")
        return f"WITH {', '.join(clauses)}"

    def _metric_names(self) -> list[str]:
        return [f"m{index}" for index in range(len(self.query.metrics))]

    def _all_names(self) -> list[str]:
        return [*self._names, *self._metric_names()]

    def _grouped(self, rows: str, metrics: list[str], sql: dict[str, str]) -> str:
        columns = [*self._names, *(f"{sql[name]} AS {name}" for name in metrics)]
        grouping = f" GROUP BY {', '.join(self._names)}" if self._names else ""
        return f"SELECT {', '.join(columns)} FROM ({rows}){grouping}"

    def _events(self) -> str:
        """The matching events of the period with their dimensions."""
        conditions = [*self._in_period("e.timestamp", "e"), *self._conditions[EVENT]]
        tables = "events e"
        if self._has_session_scope:
            tables += f" JOIN all_sessions s ON {_JOINED}"
            conditions += [*self._near_period(), *self._conditions[SESSION]]
        columns = [*self._dimensions(), "e.event_type", "e.visitor_id"]
        return self._select("e.timestamp", columns, tables, conditions)

    def _sessions(self) -> str:
        """The matching sessions that started in the period with their dimensions: a row for each group they are in."""
        conditions = [*self._in_period("s.started_at", "s"), *self._conditions[SESSION]]
        columns = [
            *self._dimensions(),
            "s.page_views",
            "s.interactions",
            "s.started_at",
            "s.last_activity",
        ]
        if not self._has_event_scope:
            return self._select("s.started_at", columns, "all_sessions s", conditions)
        conditions += [*self._in_period("e.timestamp", "e"), *self._conditions[EVENT]]
        columns.append("s.session_id")
        tables = f"all_sessions s JOIN events e ON {_JOINED}"
        return self._select("s.started_at", columns, tables, conditions, distinct=True)

    def _select(
        self, time: str, columns: list[str], tables: str, conditions: list[str], *, distinct: bool = False
    ) -> str:
        tables += self._find_part.format(time=time)
        word = "SELECT DISTINCT" if distinct else "SELECT"
        return f"{word} {', '.join(columns)} FROM {tables} WHERE {' AND '.join(conditions)}"

    def _dimensions(self) -> list[str]:
        return [f"{column} AS {name}" for column, name in zip(self._columns, self._names, strict=True)]

    def _in_period(self, column: str, table: str) -> list[str]:
        return [f"{table}.site_id = $site_id", f"{column} >= $start", f"{column} < $end"]

    def _near_period(self) -> list[str]:
        """What keeps the join small: only these sessions can have events in the period."""
        return ["s.site_id = $site_id", "s.last_activity >= $start", "s.started_at < $end"]

    def _column(self, name: str) -> str:
        if name in INTERVALS:
            return "parts.part"
        if name.startswith(PROPERTY):
            escaped = name.removeprefix(PROPERTY).replace("~", "~0").replace("/", "~1")
            return f"coalesce(json_extract_string(e.properties, {self._bind('/' + escaped)}), '')"
        return EVENT_DIMENSIONS.get(name) or SESSION_DIMENSIONS[name]

    def _condition(self, each: Filter) -> str:
        column = self._column(each.dimension)
        if each.operator in {"is", "is_not"}:
            word = "IN" if each.operator == "is" else "NOT IN"
            return f"{column} {word} (SELECT unnest({self._bind(list(each.values))}::VARCHAR[]))"
        function = "contains" if each.operator == "contains" else "starts_with"
        return f"({' OR '.join(f'{function}({column}, {self._bind(value)})' for value in each.values)})"

    def _bind(self, value: Any) -> str:
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f"${name}"

    def _bind_parts(self) -> str:
        """Bind the time dimension; gives the join that finds the part of a `{time}`, empty without a time dimension.

        A map from equal units to parts: the largest unit that every part is made of, a quarter of an hour, a day, ...:
        so a change of the clock, or a zone of half hours, is only another map. Clocks that were once off by seconds
        (Monrovia until 1972) would need too many units: then the part is searched for.
        """
        parts = self.query.parts()
        if not parts:
            return ""
        end = max(self.query.period.end, parts[-1] + 1)
        unit = gcd(*parts) or end
        if (end - parts[0]) // unit > _MOST_UNITS:
            self.values["parts"] = parts
            return " ASOF JOIN (SELECT unnest($parts::BIGINT[]) AS part) parts ON {time} >= parts.part"
        pairs = [
            (at, part)
            for part, following in zip(parts, [*parts[1:], end], strict=True)
            for at in range(part // unit, (following - 1) // unit + 1)
        ]
        self.values |= {"unit": unit, "units": [at for at, _ in pairs], "parts": [part for _, part in pairs]}
        units = "(SELECT unnest($units::BIGINT[]) AS unit, unnest($parts::BIGINT[]) AS part)"
        return f" JOIN {units} parts ON parts.unit = {{time}} // $unit::BIGINT"
