"""A store that answers from facts. It asks the service the same questions as any other, so reports stay comparable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.independent.queries import query
from benchmarks.independent.sessions import session_events, visitor_sessions
from benchmarks.independent.walks import funnel, journey, retention
from liveinsight.stats.funnel import Funnel
from liveinsight.stats.journey import Journey
from liveinsight.stats.query import Query
from liveinsight.stats.retention import Retention
from liveinsight.stats.visits import VisitorSessions
from liveinsight.store.memory import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.independent.facts import Facts
    from liveinsight.models.events import StoredEvent
    from liveinsight.stats.question import Question, R

_BY_KIND: dict[type, Callable[[Any, Facts], Any]] = {
    Query: query,
    Funnel: funnel,
    Retention: retention,
    Journey: journey,
    VisitorSessions: visitor_sessions,
}


class Independent(MemoryStore):
    """Answers reports from facts. Documents and the like, which the service asks for, are those of an empty store."""

    def __init__(self, facts: Facts) -> None:
        super().__init__()
        self._facts = facts

    def run(self, question: Question[R]) -> R:
        answered: R = _BY_KIND[type(question)](question, self._facts)
        return answered

    def session_events(self, session_id: str, site_id: str | None = None) -> list[StoredEvent]:
        return session_events(session_id, site_id, self._facts)
