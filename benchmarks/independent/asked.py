"""The list of reports: everything a dashboard asks, each with what gets the answer from a store."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from liveinsight.questions import PageQuestion, StatsQuestion
from liveinsight.service import Analytics
from liveinsight.settings import Settings
from liveinsight.stats.filters import AllOf, AnyOf, Condition, Did, Filter, Not
from liveinsight.stats.funnel import Funnel
from liveinsight.stats.journey import Journey
from liveinsight.stats.period import DAY_MS, Period
from liveinsight.stats.query import Query
from liveinsight.stats.retention import Retention
from liveinsight.stats.visits import VisitorSessions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from liveinsight.stats.question import Question
    from liveinsight.store.base import Store

SITE = "onda.example"
END = 1_795_000_000_000
DAYS = 60
_ZONE = "Asia/Seoul"  # its days are not the store's
_PERIOD = Period(END - DAYS * DAY_MS, END)
_METRICS = (
    *("events", "page_views", "visitors", "percentage", "entries", "exits", "exit_rate"),
    *("conversions", "conversion_rate", "revenue:KRW"),
    *("sessions", "bounce_rate", "avg_duration", "views_per_session"),
    *("converted_sessions", "session_conversion_rate", "time_on_page", "scroll_depth"),
)
_PRICING, _CART = Filter("page", "is", ("/pricing",)), Filter("page", "is", ("/cart",))
_TEAS = Filter("page", "starts_with", ("/teas/",))
_CLICK, _CONVERSION = (Filter("event_type", "is", (kind,)) for kind in ("click", "conversion"))
_VIEW = Filter("event_type", "is", ("page_view",))
_SEARCH = Filter("source", "is", ("Google", "Naver"))
_NOT_DIRECT = Filter("source", "is_not", ("Direct",))
_PURCHASE = Filter("conversion_type", "matches", ("pur*",))
_JOINED = AllOf((AnyOf((_SEARCH, Did(_PRICING))), Not(Filter("entry_page", "matches", ("/blog/*", "*ar*")))))


class Report(NamedTuple):
    """A name, and what gets the answer from a store."""

    name: str
    ask: Callable[[Store], Any]


def reports(visitor_id: str, session_ids: Iterable[str]) -> list[Report]:
    """All of them. Single sessions are those of one visitor, by public id."""
    return [*_queries(), *_at_a_glance(), *_walks(), *_of_a_page(), *_of_a_visitor(visitor_id, session_ids)]


def _queries() -> list[Report]:
    by: dict[str, tuple[str, ...]] = {
        "day": ("day",),
        "page": ("page",),
        "source": ("source",),
        "entry page": ("entry_page",),
        "element": ("element",),
        "source and device": ("source", "device"),
        "week and page": ("week", "page"),
    }
    of: dict[str, tuple[Condition, ...]] = {
        "a source": (_SEARCH,),
        "some pages": (_TEAS,),
        "and, or, not, did, matches": (_JOINED,),
        "did, of an event": (Did(AllOf((_CONVERSION, _PURCHASE))), _NOT_DIRECT),
    }
    return [
        _query("every metric"),
        *(_query(f"by {name}", dimensions=dimensions) for name, dimensions in by.items()),
        *(_query(f"of {name}", filters=filters) for name, filters in of.items()),
        _query("by page, of sessions that did", dimensions=("page",), filters=(_JOINED,)),
        _query("goal: a page", goal=(_PRICING, _VIEW)),
        _query("goal: a purchase, by source", dimensions=("source",), goal=(_CONVERSION, _PURCHASE)),
        _query("goal: a click after a search, by day", dimensions=("day",), goal=(_CLICK, _SEARCH)),
    ]


def _at_a_glance() -> list[Report]:
    asked = {
        "stats, 30 days, compared": StatsQuestion(period="30d", compare="previous"),
        "stats, 12 months": StatsQuestion(period="12mo", timezone=_ZONE),
        "stats, 24 hours": StatsQuestion(period="24h"),
    }
    return [Report(name, partial(_stats, question)) for name, question in asked.items()]


def _stats(question: StatsQuestion, store: Store) -> Any:
    return _service(store).stats(question)


def _service(store: Store) -> Analytics:
    return Analytics(store, Settings(sites=(SITE,)), lambda: END)


def _walks() -> list[Report]:
    four = ((_VIEW,), (_TEAS, _VIEW), (_CART,), (_CONVERSION,))
    three = ((_VIEW, _PRICING), (_CLICK,), (_CONVERSION, _PURCHASE))
    return [
        _run("funnel, 4 steps in a session", Funnel(site_id=SITE, period=_PERIOD, steps=four)),
        _run("funnel, the same after a search", Funnel(site_id=SITE, period=_PERIOD, steps=four, filters=(_SEARCH,))),
        _run("funnel, 3 steps in 7 days", Funnel(site_id=SITE, period=_PERIOD, steps=three, days=7)),
        _run("retention by week", Retention(site_id=SITE, period=_PERIOD, timezone=_ZONE)),
        _run("retention by day", Retention(site_id=SITE, period=_PERIOD, interval="day", later=30, timezone=_ZONE)),
        _run("retention by week, after a search", Retention(site_id=SITE, period=_PERIOD, filters=(_SEARCH,))),
        _run("journey", Journey(site_id=SITE, period=_PERIOD, page="/pricing")),
        _run(
            "journey, of sessions that did",
            Journey(site_id=SITE, period=_PERIOD, page="/pricing", before=5, after=5, filters=(Did(_CONVERSION),)),
        ),
    ]


def _of_a_page() -> list[Report]:
    by: dict[str, tuple[str, ...]] = {
        "": (),
        " by day": ("day",),
        " by source": ("source",),
        " by element": ("element",),
    }
    whole = PageQuestion(page="/pricing", period="30d", compare="previous")
    return [
        Report("page, 30 days, compared", lambda store: _service(store).page(whole)),
        *(_query(f"page{name}", dimensions=dimensions, filters=(_PRICING,)) for name, dimensions in by.items()),
        _run("page, before and after", Journey(site_id=SITE, period=_PERIOD, page="/pricing", before=1, after=1)),
    ]


def _of_a_visitor(visitor_id: str, session_ids: Iterable[str]) -> list[Report]:
    asked = VisitorSessions(site_id=SITE, visitor_id=visitor_id, before=END, limit=1000)
    return [
        _run("sessions of a visitor", asked),
        *(Report("events of a session", partial(_events, each)) for each in session_ids),
    ]


def _events(session_id: str, store: Store) -> Any:
    return store.session_events(session_id, SITE)


def _query(
    name: str,
    *,
    dimensions: tuple[str, ...] = (),
    filters: tuple[Condition, ...] = (),
    goal: tuple[Condition, ...] = (),
) -> Report:
    asked = Query(
        site_id=SITE,
        metrics=_METRICS,
        period=_PERIOD,
        dimensions=dimensions,
        filters=filters,
        goal=goal,
        timezone=_ZONE,
    )
    return _run(name, asked)


def _run(name: str, question: Question[Any]) -> Report:
    return Report(name, lambda store: store.run(question))
