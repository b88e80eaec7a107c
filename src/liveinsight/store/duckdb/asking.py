"""Every kind of question, and what answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from liveinsight.stats.filtered import FilteredEvents
from liveinsight.stats.funnel import Funnel
from liveinsight.stats.journey import Journey
from liveinsight.stats.query import Query
from liveinsight.stats.retention import Retention
from liveinsight.stats.visits import VisitorSessions
from liveinsight.store.duckdb.funnels import funnel
from liveinsight.store.duckdb.journeys import journey
from liveinsight.store.duckdb.kept import filtered_events
from liveinsight.store.duckdb.queries import query
from liveinsight.store.duckdb.retention import retention
from liveinsight.store.duckdb.visits import visitor_sessions

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from liveinsight.stats.question import Question, R

_BY_KIND: dict[type, Callable[[Any, duckdb.DuckDBPyConnection], Any]] = {
    Query: query,
    Funnel: funnel,
    Retention: retention,
    Journey: journey,
    VisitorSessions: visitor_sessions,
    FilteredEvents: filtered_events,
}


def answer(question: Question[R], cursor: duckdb.DuckDBPyConnection) -> R:
    """The answer to a question."""
    answered: R = _BY_KIND[type(question)](question, cursor)
    return answered
