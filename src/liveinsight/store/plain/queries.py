"""Metrics by dimensions. See `stats.query.Query` for what the numbers mean."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from math import fsum
from typing import TYPE_CHECKING

from liveinsight.models.events import PAGE_VIEW
from liveinsight.stats.query import Row, page_of, share
from liveinsight.stats.vocabulary import EVENT, INTERVALS, SESSION, VISIT, currency_of, dimension_scope
from liveinsight.store.plain.values import value_of
from liveinsight.store.plain.visits import converts, passes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from liveinsight.models.events import StoredEvent
    from liveinsight.models.sessions import Session
    from liveinsight.stats.query import Query, Result
    from liveinsight.store.plain.visits import Visit

Key = tuple[str | int, ...]


@dataclass(slots=True, eq=False)
class Counted:
    """An event, what is asked about it, and the visit it is of."""

    event: StoredEvent
    visit: Visit
    converts: bool

    @property
    def is_view(self) -> bool:
        return self.event.event_type == PAGE_VIEW

    @property
    def page_visit(self) -> tuple[Session, str]:
        return self.visit.session, self.event.page


@dataclass(slots=True)
class Group:
    """What one row of an answer counts. `visitors_in_all` are those of the whole question."""

    visitors_in_all: int = 0
    events: list[Counted] = field(default_factory=list)
    sessions: dict[Session, bool] = field(default_factory=dict)  # session -> whether it converted

    def views(self) -> int:
        return sum(each.is_view for each in self.events)

    def visitors(self) -> int:
        return len({each.event.visitor_id for each in self.events})

    def converted(self) -> int:
        return len({each.event.visitor_id for each in self.events if each.converts})

    def entries(self) -> int:
        return sum(each.is_view and _is(each.visit.session.first_view, each.event) for each in self.events)

    def exits(self) -> int:
        return sum(each.is_view and _is(each.visit.session.last_view, each.event) for each in self.events)

    def revenue(self, currency: str | None) -> float:
        return fsum(
            each.event.value or 0 for each in self.events if each.converts and currency in {None, each.event.currency}
        )

    def mean(self, number: Callable[[Session], int]) -> float:
        return share(sum(map(number, self.sessions)), len(self.sessions))

    def time_on_page(self) -> float:
        return self._per_page_visit(lambda event: event.engaged_ms, sum)

    def scroll_depth(self) -> float:
        return self._per_page_visit(lambda event: event.scroll_depth, max)

    def _per_page_visit(
        self, reported: Callable[[StoredEvent], float | None], total: Callable[[list[float]], float]
    ) -> float:
        reports: dict[tuple[Session, str], list[float]] = {}
        for each in self.events:
            if (report := reported(each.event)) is not None:
                reports.setdefault(each.page_visit, []).append(report)
        return share(fsum(map(total, reports.values())), len(reports))


def _is(moment: object, event: StoredEvent) -> bool:
    return moment == (event.timestamp, event.event_id, event.page)


_MEASURES: dict[str, Callable[[Group], int | float]] = {
    "events": lambda group: len(group.events),
    "page_views": Group.views,
    "visitors": Group.visitors,
    "percentage": lambda group: share(group.visitors(), group.visitors_in_all),
    "entries": Group.entries,
    "exits": Group.exits,
    "exit_rate": lambda group: share(group.exits(), group.views()),
    "conversions": lambda group: sum(each.converts for each in group.events),
    "conversion_rate": lambda group: share(group.converted(), group.visitors()),
    "sessions": lambda group: len(group.sessions),
    "bounce_rate": lambda group: group.mean(lambda session: session.is_bounce),
    "avg_duration": lambda group: group.mean(lambda session: session.duration),
    "views_per_session": lambda group: group.mean(lambda session: session.page_views),
    "converted_sessions": lambda group: sum(group.sessions.values()),
    "session_conversion_rate": lambda group: share(sum(group.sessions.values()), len(group.sessions)),
    "time_on_page": Group.time_on_page,
    "scroll_depth": Group.scroll_depth,
}


def query(asked: Query, visits: list[Visit]) -> Result:
    """The rows of a query."""
    groups = _grouped(visits, asked)
    if asked.only is not None:
        groups = {key: group for key, group in groups.items() if key in asked.only}
    rows = [Row(key, tuple(_measure(name, group) for name in asked.metrics)) for key, group in groups.items()]
    return page_of(asked, rows)


def _measure(name: str, group: Group) -> int | float:
    measure = _MEASURES.get(name)
    return measure(group) if measure else group.revenue(currency_of(name))


def _grouped(visits: list[Visit], asked: Query) -> dict[Key, Group]:
    """The events and sessions of every row of the answer."""
    parts = asked.parts()
    start, end = asked.period
    found = [
        Counted(event, visit, converts(asked.goal, event, visit))
        for visit in visits
        for event in visit.events
        if start <= event.timestamp < end and passes(asked.filters, event, visit)
    ]
    visitors = len({each.event.visitor_id for each in found})
    groups: dict[Key, Group] = {}
    if not asked.dimensions:
        groups[()] = Group(visitors)
    elif asked.dimensions == (asked.interval,):
        groups = {(part,): Group(visitors) for part in parts}
    scopes = {metric.scope for metric in asked.measures}
    for each in found:
        event, session = each.event, each.visit.session
        if scopes & {EVENT, VISIT} and (key := _key(each, event.timestamp, asked, parts)) is not None:
            groups.setdefault(key, Group(visitors)).events.append(each)
        if SESSION in scopes and start <= session.started_at < end:
            key = _key(each, session.started_at, asked, parts)
            if key is not None:
                group = groups.setdefault(key, Group(visitors))
                group.sessions[session] = any(converts(asked.goal, other, each.visit) for other in each.visit.events)
    return groups


def _key(each: Counted, at: int, asked: Query, parts: Sequence[int]) -> Key | None:
    """The row that an event, or its session that stands at `at`, belongs to; None when it belongs to none."""
    key: list[str | int] = []
    for name in asked.dimensions:
        if name in INTERVALS:
            key.append(parts[bisect_right(parts, at) - 1])
            continue
        value = value_of(name, each.event, each.visit.session)
        if not value and dimension_scope(name) == EVENT:
            return None
        key.append(value)
    return tuple(key)
