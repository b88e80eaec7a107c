"""One thing in detail: a page, a session."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING

from liveinsight import answers
from liveinsight.errors import InvalidInput
from liveinsight.models.sessions import merge, session_of
from liveinsight.questions.period import compared
from liveinsight.questions.stats import check_series, fitting_interval
from liveinsight.reports.flows import frame
from liveinsight.reports.overview import compared_totals
from liveinsight.stats.filters import Filter
from liveinsight.stats.query import Query
from liveinsight.stats.question import MAX_ROWS
from liveinsight.stats.visits import PublicSession, VisitorSessions

if TYPE_CHECKING:
    from liveinsight.models.events import StoredEvent
    from liveinsight.questions import PageQuestion
    from liveinsight.questions.occasion import Occasion
    from liveinsight.reports.run import Answer, Run
    from liveinsight.stats.journey import Flow

_SUMMARY = (
    "page_views",
    "visitors",
    "sessions",
    "entries",
    "exits",
    "exit_rate",
    "time_on_page",
    "scroll_depth",
    "conversions",
)
_SERIES = ("page_views", "visitors")
_CLICKS = ("events", "visitors")
_SOURCES = ("visitors", "page_views")
_EARLIER_SESSIONS = 20
_IS_CLICK = Filter("event_type", "is", ("click",))


def page(body: PageQuestion, occasion: Occasion, run: Run) -> Answer:
    """`data` of /api/query/page."""
    around = body.at(occasion)
    base = Query(
        site_id=around.site_id,
        metrics=_SUMMARY,
        period=around.period,
        filters=(*around.filters, Filter("page", "is", (around.page,))),
        limit=body.limit,
        timezone=body.timezone_at(occasion),
    )
    interval = body.interval or fitting_interval(base.period)
    series = replace(base, metrics=_SERIES, dimensions=(interval,), limit=MAX_ROWS)
    check_series(series)
    clicks = replace(base, metrics=_CLICKS, dimensions=("element",), filters=(*base.filters, _IS_CLICK))
    sources = replace(base, metrics=_SOURCES, dimensions=("source",))
    flow = run(around)
    return {
        "query": {
            **frame(base.site_id, base.period, around.filters),
            "timezone": base.timezone,
            "page": around.page,
            "interval": interval,
            "compare": body.compare,
            "limit": body.limit,
        },
        "page": around.page,
        **compared_totals(base, compared(body.compare, base.period, occasion, base.timezone), run),
        "timeseries": answers.breakdown(run(series), "time", _SERIES),
        "next": _neighbours(flow, 1),
        "previous": _neighbours(flow, -1),
        "clicks": answers.breakdown(run(clicks), "element", _CLICKS),
        "sources": answers.breakdown(run(sources), "source", _SOURCES),
    }


def _neighbours(flow: Flow, step: int) -> list[Answer]:
    """The pages seen next (1) or before (-1), most sessions first; None is the end, or beginning, of the session."""
    return [
        {"page": link.target if step > 0 else link.origin, "sessions": link.sessions}
        for link in flow.links
        if link.step == step
    ]


def session(public_id: str, events: list[StoredEvent], now: int, run: Run) -> Answer:
    """`data` of /api/sessions/{id}/: the session, its events, and what the same visitor did before. Needs an event."""
    found = PublicSession(public_id, reduce(merge, map(session_of, events)))
    earlier = VisitorSessions(
        site_id=found.session.site_id,
        visitor_id=found.session.visitor_id,
        before=found.session.started_at,
        limit=_EARLIER_SESSIONS,
    )
    return {
        "session": answers.session(found, now),
        "events": [answers.event(each, events[0].context) for each in events],
        "earlier": [answers.session(each, now) for each in _found(earlier, run)],
    }


def _found(question: VisitorSessions, run: Run) -> list[PublicSession]:
    """None where the store cannot tell: what is asked for is the session, and that is there."""
    try:
        return run(question)
    except InvalidInput as error:
        if error.code != "unsupported_query":
            raise
        return []
