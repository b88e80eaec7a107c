"""Questions answered from scratch, in the most obvious way, from sessions with all their events.

What the store in memory answers with, and what the others are held to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from liveinsight.stats.funnel import Funnel
from liveinsight.stats.journey import Journey
from liveinsight.stats.query import Query
from liveinsight.stats.retention import Retention
from liveinsight.stats.visits import VisitorSessions
from liveinsight.store.plain.funnels import funnel
from liveinsight.store.plain.journeys import journey
from liveinsight.store.plain.queries import query
from liveinsight.store.plain.retention import retention
from liveinsight.store.plain.visits import Visit, visitor_sessions, visits_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.stats.question import Question, R

__all__ = ["Visit", "answer", "visits_of"]

_BY_KIND: dict[type, Callable[[Any, list[Visit]], Any]] = {
    Query: query,
    Funnel: funnel,
    Retention: retention,
    Journey: journey,
    VisitorSessions: visitor_sessions,
}


def answer(question: Question[R], visits: list[Visit]) -> R:
    """The answer to a question about one site, from all sessions of that site."""
    answered: R = _BY_KIND[type(question)](question, visits)
    return answered
