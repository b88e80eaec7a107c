"""Conditions as SQL. Values are always bound; only names of this module and of `columns` become text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from liveinsight.stats.filters import ANYTHING, AllOf, AnyOf, Did, Filter, Not
from liveinsight.stats.vocabulary import EVENT, PROPERTY, SESSION, dimension_scope
from liveinsight.store.duckdb.columns import EVENT_DIMENSIONS, SESSION_DIMENSIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from liveinsight.stats.filters import Condition

OF_ITS_SESSION = (
    "e.site_id = s.site_id AND e.session_id = s.session_id AND e.timestamp BETWEEN s.started_at AND s.last_activity"
)
# Only these sessions can have events in the period: it keeps joins small.
NEAR_PERIOD = ("s.site_id = $site_id", "s.last_activity >= $start", "s.started_at < $end")
IN_PERIOD = ("e.site_id = $site_id", "e.timestamp >= $start", "e.timestamp < $end")
# By a number: to sort and join by texts takes several times as long.
NUMBERED_SESSIONS = f"SELECT *, row_number() OVER () AS walker FROM all_sessions s WHERE {' AND '.join(NEAR_PERIOD)}"
CONVERSION = "e.event_type = 'conversion'"


_NAME = re.compile(r"\$(\w+)")


class Bound:
    """The values of a question's statements, by the names that stand for them; among them `site_id`."""

    def __init__(self, **values: Any) -> None:
        self.values = values

    def bind(self, value: Any) -> str:
        """What stands for a value in the SQL."""
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f"${name}"

    def named_in(self, sql: str) -> dict[str, Any]:
        """The values that a statement names: DuckDB takes no others."""
        return {name: self.values[name] for name in _NAME.findall(sql)}


class Conditions:
    """Turns conditions on events `e` and their sessions `s` into SQL.

    `near` are conditions on `s`: sessions beyond them need not be looked at to find out what a session did. `table`
    keeps what a SELECT found under a name, so that it is worked out once; without it, it is worked out where it stands.
    """

    def __init__(self, bound: Bound, near: Iterable[str] = (), table: Callable[[str], str] | None = None) -> None:
        self._bound = bound
        self._near = ("s.site_id = $site_id", *near)
        self._table = table

    def column(self, dimension: str) -> str:
        """An event- or session-level dimension; never NULL."""
        if dimension.startswith(PROPERTY):
            escaped = dimension.removeprefix(PROPERTY).replace("~", "~0").replace("/", "~1")
            return f"coalesce(json_extract_string(e.properties, {self._bound.bind('/' + escaped)}), '')"
        return EVENT_DIMENSIONS.get(dimension) or SESSION_DIMENSIONS[dimension]

    def all_of(self, conditions: Iterable[Condition]) -> list[str]:
        """Each of the conditions."""
        return [self.sql(each) for each in conditions]

    def sql(self, condition: Condition) -> str:
        """One condition, in parentheses where it needs them."""
        match condition:
            case Filter():
                return self._comparison(condition)
            case AllOf():
                return f"({' AND '.join(self.all_of(condition.conditions))})"
            case AnyOf():
                return f"({' OR '.join(self.all_of(condition.conditions))})"
            case Not():
                return f"(NOT {self.sql(condition.condition)})"
            case Did():
                return self.did(condition.condition)

    def did(self, condition: Condition) -> str:
        """Whether the session `s` has an event for which the condition holds."""
        where = " AND ".join((*self._near, self.sql(condition)))
        columns = "SELECT DISTINCT s.session_id, s.started_at"
        found = f"{columns} FROM all_sessions s JOIN events e ON {OF_ITS_SESSION} WHERE {where}"
        if self._table:
            found = f"SELECT session_id, started_at FROM {self._table(found)}"
        return f"((s.session_id, s.started_at) IN ({found}))"

    def converts(self, goal: tuple[Condition, ...]) -> str:
        """Whether the event is a conversion."""
        return self.sql(AllOf(goal)) if goal else CONVERSION

    def converted(self, goal: tuple[Condition, ...]) -> str:
        """Whether the session has a conversion."""
        return self.did(AllOf(goal)) if goal else "s.conversions > 0"

    def _comparison(self, each: Filter) -> str:
        column = self.column(each.dimension)
        if len(each.values) == 1 and each.operator in _EQUAL:
            return f"({column} {_EQUAL[each.operator]} {self._bound.bind(each.values[0])})"
        if each.operator in _EQUAL:
            word = "IN" if each.operator == "is" else "NOT IN"
            return f"({column} {word} (SELECT unnest({self._bound.bind(list(each.values))}::VARCHAR[])))"
        values = [_expression(value) for value in each.values] if each.operator == "matches" else each.values
        each_value = _COMPARED[each.operator]
        return f"({' OR '.join(each_value.format(column, self._bound.bind(value)) for value in values)})"


_EQUAL = {"is": "=", "is_not": "<>"}
_COMPARED = {
    "contains": "contains({}, {})",
    "starts_with": "starts_with({}, {})",
    "matches": "regexp_full_match({}, {}, 's')",
}


def _expression(pattern: str) -> str:
    """The pattern for DuckDB's matcher, RE2, which takes time in proportion to its input whatever the expression."""
    return ".*".join(map(re.escape, pattern.split(ANYTHING)))


def scopes_of(conditions: Iterable[Condition]) -> set[str]:
    """`event`, `session`: what the conditions look at."""
    found: set[str] = set()
    for each in conditions:
        match each:
            case Filter():
                found.add(dimension_scope(each.dimension) or EVENT)
            case Did():
                found.add(SESSION)
            case Not():
                found |= scopes_of((each.condition,))
            case AllOf() | AnyOf():
                found |= scopes_of(each.conditions)
    return found


def tables_for(scopes: set[str]) -> str:
    """FROM: events, joined with their sessions where those are looked at."""
    return f"events e JOIN all_sessions s ON {OF_ITS_SESSION}" if SESSION in scopes else "events e"
