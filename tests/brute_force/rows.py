"""The answer to a query."""

from __future__ import annotations

from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

from tests.brute_force.conditions import all_hold, is_of_events, value_of
from tests.brute_force.wall_clock import part_of, parts_of

if TYPE_CHECKING:
    from liveinsight.models.events import StoredEvent
    from liveinsight.stats.query import Query
    from tests.brute_force.visit import Visit

    Pair = tuple[StoredEvent, Visit]
    Values = tuple[Any, ...]

TIMES = {"minute", "hour", "day", "week", "month"}
OF_SESSIONS = {
    *("sessions", "bounce_rate", "avg_duration", "views_per_session"),
    *("converted_sessions", "session_conversion_rate"),
}


def rows_of(query: Query, visits: list[Visit]) -> tuple[list[tuple[Values, Values]], int]:
    """The asked rows as (dimensions, metrics), and how many rows there are in all."""
    start, end = query.period
    matching = [
        (event, visit)
        for visit in visits
        for event in visit.events
        if start <= event.timestamp < end and all_hold(query.filters, event, visit)
    ]
    by_event: dict[Values, list[Pair]] = {}
    by_visit: dict[Values, list[Visit]] = {}
    for event, visit in matching:
        values = ["(time)" if name in TIMES else value_of(name, event, visit) for name in query.dimensions]
        if any(value == "" and is_of_events(name) for name, value in zip(query.dimensions, values, strict=True)):
            continue
        by_event.setdefault(_at(event.timestamp, values, query), []).append((event, visit))
        if start <= visit.start < end:
            stands = by_visit.setdefault(_at(visit.start, values, query), [])
            if visit not in stands:
                stands.append(visit)
    keys = _all_parts(query)
    if set(query.metrics) - OF_SESSIONS:
        keys |= by_event.keys()
    if set(query.metrics) & OF_SESSIONS:
        keys |= by_visit.keys()
    if query.only is not None:
        keys = {key for key in keys if key in query.only}
    everybody = len({event.visitor_id for event, _ in matching})
    rows = []
    for key in keys:
        row = Row(query, by_event.get(key, []), by_visit.get(key, []), everybody)
        rows.append((key, tuple(row.number(name) for name in query.metrics)))
    rows.sort(key=cmp_to_key(lambda one, other: _compare(one, other, query)))
    return rows[query.offset :][: query.limit], len(rows)


class Row:
    """The matching events of a row, and the sessions that stand in it."""

    def __init__(self, query: Query, pairs: list[Pair], visits: list[Visit], everybody: int) -> None:
        self.query, self.pairs, self.visits, self.everybody = query, pairs, visits, everybody

    def number(self, name: str) -> float:
        if name.startswith("revenue"):
            return self._revenue(name[8:])
        found: float = getattr(self, f"_{name}")()
        return found

    def _is_conversion(self, event: StoredEvent, visit: Visit) -> bool:
        return all_hold(self.query.goal, event, visit) if self.query.goal else event.event_type == "conversion"

    def _events(self) -> int:
        return len(self.pairs)

    def _page_views(self) -> int:
        return len([event for event, _ in self.pairs if event.event_type == "page_view"])

    def _visitors(self) -> int:
        return len({event.visitor_id for event, _ in self.pairs})

    def _percentage(self) -> float:
        return _share(self._visitors(), self.everybody)

    def _entries(self) -> int:
        return len([event for event, visit in self.pairs if visit.views and event is visit.views[0]])

    def _exits(self) -> int:
        return len([event for event, visit in self.pairs if visit.views and event is visit.views[-1]])

    def _exit_rate(self) -> float:
        return _share(self._exits(), self._page_views())

    def _conversions(self) -> int:
        return len([event for event, visit in self.pairs if self._is_conversion(event, visit)])

    def _conversion_rate(self) -> float:
        return _share(len({e.visitor_id for e, visit in self.pairs if self._is_conversion(e, visit)}), self._visitors())

    def _revenue(self, currency: str) -> float:
        total = 0.0
        for event, visit in self.pairs:
            if self._is_conversion(event, visit) and event.value is not None and currency in {"", event.currency}:
                total += event.value
        return total

    def _sessions(self) -> int:
        return len(self.visits)

    def _bounce_rate(self) -> float:
        return _share(len([v for v in self.visits if v.page_views <= 1 and v.interactions == 0]), len(self.visits))

    def _avg_duration(self) -> float:
        return _mean([visit.end - visit.start for visit in self.visits])

    def _views_per_session(self) -> float:
        return _mean([visit.page_views for visit in self.visits])

    def _converted_sessions(self) -> int:
        return len([v for v in self.visits if True in [self._is_conversion(event, v) for event in v.events]])

    def _session_conversion_rate(self) -> float:
        return _share(self._converted_sessions(), len(self.visits))

    def _time_on_page(self) -> float:
        reports = [[each.engaged_ms for each in seen if each.engaged_ms is not None] for seen in self._page_visits()]
        return _mean([sum(report) for report in reports if report])

    def _scroll_depth(self) -> float:
        depths = [[each.scroll_depth for each in seen if each.scroll_depth is not None] for seen in self._page_visits()]
        return _mean([max(report) for report in depths if report])

    def _page_visits(self) -> list[list[StoredEvent]]:
        """The events of every session on every page."""
        page_visits = {(id(visit), event.page) for event, visit in self.pairs}
        return [[e for e, visit in self.pairs if (id(visit), e.page) == each] for each in page_visits]


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _mean(numbers: list[int] | list[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0


def _at(time: int, values: list[str], query: Query) -> Values:
    return tuple(
        part_of(time, name, query.timezone) if name in TIMES else value
        for name, value in zip(query.dimensions, values, strict=True)
    )


def _all_parts(query: Query) -> set[Values]:
    """The rows that are there whatever happened."""
    if not query.dimensions:
        return {()}
    interval = query.dimensions[0]
    if len(query.dimensions) > 1 or interval not in TIMES:
        return set()
    return {(start,) for start in parts_of(*query.period, interval, query.timezone)}


def _compare(one: Any, other: Any, query: Query) -> int:
    names = [*query.dimensions, *query.metrics]
    order = list(query.order_by)
    if not order:
        order = [(name, False) for name in query.dimensions if name in TIMES] + [(query.metrics[0], True)]
    order += [(name, False) for name in query.dimensions if name not in dict(order)]
    for name, descending in order:
        a, b = ((*row[0], *row[1])[names.index(name)] for row in (one, other))
        if isinstance(a, str):
            a, b = a.encode(), b.encode()
        if a != b:
            return 1 if (a > b) != descending else -1
    return 0
