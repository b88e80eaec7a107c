"""Strategies: events that collide, and questions of every kind about them. Times are relative to a base."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from liveinsight.models.events import Context
from liveinsight.stats.filters import AllOf, AnyOf, Did, Filter, Not
from liveinsight.stats.funnel import Funnel
from liveinsight.stats.journey import Journey
from liveinsight.stats.query import Query
from liveinsight.stats.retention import Retention
from liveinsight.stats.vocabulary import DIMENSIONS, INTERVALS, METRICS
from tests.factories import DAY, HOUR, MINUTE

if TYPE_CHECKING:
    from liveinsight.stats.filters import Condition

    Asked = tuple[type, dict[str, Any]]  # a kind of question, and its fields

SITES = ["a.example", "b.example"]
SESSIONS = ["s", "s.2", "세션"]
PAGES = ["/", "/a", "/é", "/Z"]
VISITORS = ["ann", "bob"]
OTHERS = [name for name in Context._fields if name not in {"source", "country"}]  # all have one value in an event
ELEMENTS = {
    "": {},
    "a": {"element_tag": "a"},
    'a#b "*"': {"element_tag": "a", "element_id": "b", "element_text": "*"},
    '"["': {"element_text": "["},
}

# What a dimension may be compared with. Every other one is "", x or x_%.
VALUES = {
    "page": PAGES,
    "entry_page": PAGES,
    "exit_page": PAGES,
    "event_type": ["page_view", "conversion", "click"],
    "conversion_type": ["buy", "ask"],
    "currency": ["KRW", "USD"],
    "element": [*ELEMENTS][1:],
    "page_title": ["T"],
    "prop:plan": ["pro", "true", "1.5", "2"],
    "source": ["Naver", "Direct"],
    "country": ["KR"],
}
OFTEN = list(VALUES)
BY_VALUE = [*OFTEN * 3, *(name for name in DIMENSIONS if name not in INTERVALS)]

# A moment, relative to the base: an edge of half an hour, a millisecond beside it, rarely days before.
moments = st.builds(
    lambda halves, beside, days: halves * 30 * MINUTE + beside - days * DAY,
    st.integers(-3, 2),
    st.sampled_from([0, 0, -1, 1, 999, 5 * MINUTE, -10 * MINUTE]),
    st.sampled_from([0, 0, 0, 0, 0, 0, 1, 3]),
)
sent_events = st.fixed_dictionaries(
    {
        "moment": moments,
        "kind": st.sampled_from(["page_view"] * 3 + ["click", "conversion", "heartbeat", "page_exit"]),
        "page": st.sampled_from(["/", "/", "/a", *PAGES]),
        "session": st.sampled_from(["s", "s", "s", *SESSIONS]),
        "site": st.sampled_from([*SITES, *SITES[:1] * 3]),
        "visitor": st.sampled_from(VISITORS),
        "event_id": st.integers(0, 30).map(lambda number: f"e{number}" if number % 3 else f"É{number}"),
        "conversion_type": st.sampled_from(["", "buy", "ask"]),
        "properties": st.sampled_from([{}, {"plan": "pro"}, {"plan": True}, {"plan": 1.5}, {"plan": 2}, {"plan": ""}]),
        "page_title": st.sampled_from(["", "T"]),
        "value": st.sampled_from([None, 10.0, 10.0, 0.25, -3.5, 0.0]),  # sums of these are exact
        "currency": st.sampled_from(["", "KRW", "USD"]),
        "engaged_ms": st.sampled_from([None, None, 0, 1, 15_000]),
        "scroll_depth": st.sampled_from([None, None, 0, 62, 100]),
        "element": st.sampled_from([*ELEMENTS]),
        "others": st.sampled_from(["", "x", "x_%"]),
        "source": st.sampled_from(["Naver", "Direct"]),
        "country": st.sampled_from(["KR", ""]),
    }
)


@st.composite
def comparisons(draw: st.DrawFn) -> Filter:
    dimension = draw(st.sampled_from(BY_VALUE))
    operator = draw(st.sampled_from(["is", "is", "is_not", "contains", "starts_with", "matches"]))
    known = VALUES.get(dimension, ["x", "x_%"])
    parts = ["", "a", "/", "x", "%", "_", "["]
    patterns = ["*", "/*", "*a*", "*_*", "p*w", "*x", "**", "a*\\*", "%*", "x_*", '*"', "*é*"]
    more = {"matches": patterns, "contains": parts, "starts_with": parts}.get(operator, [""])
    values = draw(st.lists(st.sampled_from([*known, *more]), min_size=1, max_size=3))
    return Filter(dimension, operator, tuple(values))


def joined(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    some = st.lists(inner, min_size=1, max_size=2).map(tuple)
    return st.one_of(st.builds(AllOf, some), st.builds(AnyOf, some), st.builds(Not, inner))


_leaves: st.SearchStrategy[Condition] = comparisons()
_happened: st.SearchStrategy[Condition] = st.builds(Did, _leaves | joined(_leaves))
conditions: st.SearchStrategy[Condition] = st.one_of(
    _leaves, _leaves, joined(_leaves), _happened, joined(_leaves | _happened | joined(_leaves))
)
filters: st.SearchStrategy[tuple[Condition, ...]] = st.one_of(
    st.just(()), st.just(()), st.lists(conditions, min_size=1, max_size=2).map(tuple)
)
periods = st.one_of(  # (start, length)
    st.just((-5 * DAY, 12 * DAY)),
    st.just((-4 * HOUR, 8 * HOUR)),
    st.tuples(
        st.just(-4 * HOUR) | moments,
        st.sampled_from([1, 30 * MINUTE, 90 * MINUTE, 8 * HOUR, DAY, 4 * DAY + MINUTE]),
    ),
)
frames: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "site_id": st.sampled_from([*SITES, *SITES[:1] * 4]),
        "period": periods,
        "filters": filters,
    }
)


@st.composite
def queries(draw: st.DrawFn) -> Asked:
    fields = draw(frames)
    known = [*(name for name in METRICS if name != "revenue"), "revenue", "revenue:KRW", "revenue:USD"]
    metrics = draw(st.lists(st.sampled_from(known), min_size=1, max_size=4, unique=True))
    intervals = st.sampled_from([*INTERVALS, "minute", "hour"])
    others = st.sampled_from(BY_VALUE)
    dimensions = draw(
        st.one_of(
            st.lists(others, max_size=2, unique=True),
            st.tuples(intervals),
            st.permutations([draw(intervals), draw(others)]),
        )
    )
    if "minute" in dimensions:  # thousands of rows would show no more
        fields["period"] = draw(st.sampled_from([(-4 * HOUR, 8 * HOUR), (-DAY, 30 * MINUTE)]))
    if "revenue" in metrics and "currency" not in dimensions:
        fields["filters"] = (Filter("currency", "is", (draw(st.sampled_from(["KRW", ""])),)), *fields["filters"])
    keys: list[st.SearchStrategy[Any]] = [
        moments if name in INTERVALS else st.sampled_from(["", *VALUES.get(name, ["x"])]) for name in dimensions
    ]
    return Query, {
        **fields,
        "metrics": tuple(metrics),
        "dimensions": tuple(dimensions),
        "goal": draw(filters),
        "only": draw(st.none() | st.none() | st.lists(st.tuples(*keys), max_size=3).map(tuple)),
        "order_by": tuple(
            draw(st.lists(st.tuples(st.sampled_from([*metrics, *dimensions]), st.booleans()), max_size=2))
        ),
        "limit": draw(st.sampled_from([1, 3, 1000, 1000])),
        "offset": draw(st.sampled_from([0, 0, 0, 2])),
    }


@st.composite
def funnels(draw: st.DrawFn) -> Asked:
    on_page = st.sampled_from(["/", "/", "/a", *PAGES]).map(lambda page: (Filter("page", "is", (page,)),))
    of_type = st.sampled_from(VALUES["event_type"]).map(lambda kind: (Filter("event_type", "is", (kind,)),))
    of_any = st.lists(conditions, min_size=1, max_size=2).map(tuple)
    steps = draw(st.lists(st.one_of(on_page, on_page, of_type, of_any), min_size=2, max_size=4).map(tuple))
    return Funnel, {**draw(frames), "steps": steps, "days": draw(st.sampled_from([0, 0, 1, 3]))}


@st.composite
def retentions(draw: st.DrawFn) -> Asked:
    interval = draw(st.sampled_from(["day", "day", "week", "month"]))
    return Retention, {
        **draw(frames),
        "interval": interval,
        "later": draw(st.integers(0, 3 if interval == "day" else 1)),
    }


@st.composite
def journeys(draw: st.DrawFn) -> Asked:
    fields = draw(st.fixed_dictionaries({"before": st.integers(0, 3), "after": st.integers(0, 5)}))
    return Journey, {
        **draw(frames),
        **fields,
        "page": draw(st.sampled_from(["/", "/", "/a", *PAGES])),
        "limit": draw(st.sampled_from([1, 2, 20])),
    }


questions = st.one_of(queries(), queries(), queries(), funnels(), retentions(), journeys())
