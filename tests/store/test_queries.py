"""The general question. `shop` is one small afternoon, and every number here is worked out by hand from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from liveinsight.stats.period import Period
from liveinsight.stats.vocabulary import DIMENSIONS, TIME
from tests.factories import EVERY_METRIC, MINUTE, NOON, SITE, THAT_DAY, at, event, put, query, table, where

if TYPE_CHECKING:
    from liveinsight.models.events import StoredEvent
    from liveinsight.stats.filters import Filter
    from liveinsight.store.base import Store

# session  visitor  source  country  events (minutes after noon)
# ann-1    ann      Naver   KR       0 view /  2 view /cart  5 conversion (purchase, plan pro, 30 USD) on /cart
# bob-1    bob      Direct  US       10 view /  (a bounce)
# ann-2    ann      Direct  KR       20 view /cart  21 click on /cart (plan free; engaged for 4 s, all seen)
# cid-1    cid      Naver   ""       30 heartbeat on /  (a bounce without a page view; engaged for 1 s, half seen)
AFTERNOON: list[StoredEvent] = [
    event(at(0), session="ann-1", source="Naver", country="KR"),
    event(at(2), page="/cart", session="ann-1", source="Naver", country="KR"),
    event(
        at(5),
        "conversion",
        "/cart",
        session="ann-1",
        conversion_type="purchase",
        properties={"plan": "pro"},
        value=30.0,
        currency="USD",
    ),
    event(at(10), session="bob-1", visitor="bob", source="Direct", country="US"),
    event(at(20), page="/cart", session="ann-2", source="Direct", country="KR"),
    event(at(21), "click", "/cart", session="ann-2", properties={"plan": "free"}, engaged_ms=4000, scroll_depth=100),
    event(at(30), "heartbeat", session="cid-1", visitor="cid", source="Naver", engaged_ms=1000, scroll_depth=50),
]


@pytest.fixture
def shop(store: Store) -> Store:
    put(store, *AFTERNOON, event(at(0), page="/elsewhere", site="blog.example"))
    return store


@pytest.mark.parametrize(
    ("metric", "number"),
    [
        ("events", 7),
        ("page_views", 4),
        ("visitors", 3),
        ("percentage", 1.0),
        ("entries", 3),
        ("exits", 3),
        ("exit_rate", 3 / 4),
        ("conversions", 1),
        ("conversion_rate", 1 / 3),
        ("revenue:USD", 30.0),
        ("revenue:KRW", 0.0),
        ("sessions", 4),
        ("bounce_rate", 2 / 4),
        ("avg_duration", (5 + 0 + 1 + 0) * MINUTE / 4),
        ("views_per_session", (2 + 1 + 1 + 0) / 4),
        ("converted_sessions", 1),
        ("session_conversion_rate", 1 / 4),
        ("time_on_page", (4000 + 1000) / 2),
        ("scroll_depth", (100 + 50) / 2),
    ],
)
def test_a_metric_of_the_whole_day(shop: Store, metric: str, number: float) -> None:
    [(value,)] = table(shop, query(metric))
    assert value == number
    assert isinstance(value, type(number))


@pytest.mark.parametrize("metric", EVERY_METRIC)
def test_every_metric_of_nothing_is_zero(store: Store, metric: str) -> None:
    assert table(store, query(metric)) == [(0,)]
    assert table(store, query(metric, by="page")) == []
    assert table(store, query(metric, by="day")) == [(THAT_DAY.start, 0)]


def test_metrics_come_in_the_order_asked(shop: Store) -> None:
    assert table(shop, query("sessions", "events", "visitors", "page_views")) == [(4, 7, 3, 4)]


def test_pages(shop: Store) -> None:
    """A session belongs to every page it was on; its duration is that of the whole session on each."""
    asked = query("events", "page_views", "visitors", "sessions", "avg_duration", by="page")
    assert table(shop, asked) == [
        ("/cart", 4, 2, 1, 2, 3.0 * MINUTE),  # ann-1 (5 minutes) and ann-2 (1 minute)
        ("/", 3, 2, 3, 3, 5 / 3 * MINUTE),  # ann-1 (5), bob-1 (0) and cid-1 (0)
    ]


def test_an_event_belongs_to_the_source_of_its_session(shop: Store) -> None:
    asked = query("events", "conversions", "conversion_rate", "sessions", "bounce_rate", by="source")
    assert table(shop, asked) == [
        ("Naver", 4, 1, 1 / 2, 2, 1 / 2),
        ("Direct", 3, 0, 0.0, 2, 1 / 2),
    ]


def test_an_unknown_country_is_a_row_of_its_own(shop: Store) -> None:
    assert table(shop, query("visitors", "sessions", by="country")) == [("", 1, 1), ("KR", 1, 2), ("US", 1, 1)]


def test_a_missing_event_level_value_is_no_row(shop: Store) -> None:
    assert table(shop, query("events", "sessions", by="conversion_type")) == [("purchase", 1, 1)]
    assert table(shop, query("events", "sessions", by="page_title")) == []
    assert table(shop, query("events", "sessions", by="prop:plan")) == [("free", 1, 1), ("pro", 1, 1)]
    assert table(shop, query("events", by="prop:nothing")) == []


def test_event_types(shop: Store) -> None:
    assert table(shop, query("events", "visitors", by="event_type")) == [
        ("page_view", 4, 2),
        ("click", 1, 1),
        ("conversion", 1, 1),
        ("heartbeat", 1, 1),
    ]


def test_entry_and_exit_pages(shop: Store) -> None:
    assert table(shop, query("sessions", by="entry_page")) == [("/", 3), ("/cart", 1)]
    assert table(shop, query("sessions", "events", by="exit_page")) == [("/", 2, 2), ("/cart", 2, 5)]


def test_two_dimensions(shop: Store) -> None:
    assert table(shop, query("events", "sessions", by=("source", "page"))) == [
        ("Direct", "/cart", 2, 1),
        ("Naver", "/", 2, 2),
        ("Naver", "/cart", 2, 1),
        ("Direct", "/", 1, 1),
    ]


def test_two_event_level_dimensions_belong_to_the_same_event(shop: Store) -> None:
    """ann-1 saw / and converted, but not there."""
    assert table(shop, query("sessions", by=("page", "event_type"))) == [
        ("/", "page_view", 2),
        ("/cart", "page_view", 2),
        ("/", "heartbeat", 1),
        ("/cart", "click", 1),
        ("/cart", "conversion", 1),
    ]


@pytest.mark.parametrize("dimension", [name for name, each in DIMENSIONS.items() if each.scope != TIME])
def test_every_dimension_can_be_grouped_and_filtered_by(store: Store, dimension: str) -> None:
    special: dict[str, dict[str, Any]] = {
        "event_type": {"kind": "seen"},
        "entry_page": {"page": "seen"},
        "exit_page": {"page": "seen"},
        "element": {"sent": {"element_tag": "seen"}},
    }
    fields = special.get(dimension, {dimension: "seen"})
    put(store, event(at(0), **fields), event(at(1), "click", "/other", session="t"))
    asked = query("sessions", by=dimension, where=(where(dimension, "is", "seen"),))
    assert table(store, asked) == [("seen", 1)]


@pytest.mark.parametrize(
    ("condition", "events", "sessions"),
    [
        (where("page", "is", "/cart"), 4, 2),
        (where("page", "is", "/cart", "/"), 7, 4),
        (where("page", "is_not", "/cart"), 3, 3),
        (where("page", "contains", "ar", "zz"), 4, 2),
        (where("page", "starts_with", "/c"), 4, 2),
        (where("page", "starts_with", "c"), 0, 0),
        (where("page", "is", "/CART"), 0, 0),
        (where("event_type", "is", "conversion"), 1, 1),
        (where("source", "is", "Naver"), 4, 2),
        (where("source", "is_not", "Naver", "Direct"), 0, 0),
        (where("country", "is", ""), 1, 1),
        (where("country", "is_not", ""), 6, 3),
        (where("country", "is_not", "KR"), 2, 2),
        (where("entry_page", "is", "/cart"), 2, 1),
        (where("exit_page", "is", "/cart"), 5, 2),
        (where("conversion_type", "is", "purchase"), 1, 1),
        (where("conversion_type", "is_not", "purchase"), 6, 4),
        (where("conversion_type", "is", ""), 6, 4),
        (where("prop:plan", "is", "pro", "free"), 2, 2),
        (where("prop:plan", "is_not", "pro"), 6, 4),
        (where("prop:plan", "contains", "r"), 2, 2),
        (where("prop:plan", "contains", ""), 7, 4),
    ],
    ids=lambda value: "-".join((*value[:2], *value[2])) if isinstance(value, tuple) else "",
)
def test_a_filter_keeps_the_events_it_names(shop: Store, condition: Filter, events: int, sessions: int) -> None:
    assert table(shop, query("events", "sessions", where=(condition,))) == [(events, sessions)]


@pytest.mark.parametrize("special", ["%", "_", "*", "?", "\\", "'", '"', "[a]", "$", "한", "😀", "É"])
def test_a_filter_has_no_wildcards(store: Store, special: str) -> None:
    put(store, event(at(0), page=f"/x{special}y"), event(at(1), page="/xay"))
    for condition in (
        where("page", "is", f"/x{special}y"),
        where("page", "contains", special),
        where("page", "starts_with", f"/x{special}"),
    ):
        assert table(store, query("events", by="page", where=(condition,))) == [(f"/x{special}y", 1)]
    assert table(store, query("events", where=(where("page", "contains", special.swapcase() + "z"),))) == [(0,)]


def test_all_filters_must_hold_for_the_same_event(shop: Store) -> None:
    """ann-1 viewed / and converted on /cart: no event of it did both."""
    converted = where("event_type", "is", "conversion")
    asked = query("events", "sessions", "visitors", where=(where("page", "is", "/"), converted))
    assert table(shop, asked) == [(0, 0, 0)]
    from_korea = (where("page", "is", "/cart"), converted, where("country", "is", "KR"))
    assert table(shop, query("events", "sessions", "visitors", where=from_korea)) == [(1, 1, 1)]


def test_a_session_stands_only_in_the_groups_of_events_that_pass(shop: Store) -> None:
    asked = query("sessions", by="page", where=(where("event_type", "is", "conversion"),))
    assert table(shop, asked) == [("/cart", 1)]


def test_session_numbers_are_of_the_whole_session_also_when_filtered(shop: Store) -> None:
    asked = query("avg_duration", "views_per_session", where=(where("event_type", "is", "conversion"),))
    assert table(shop, asked) == [(5.0 * MINUTE, 2.0)]


def test_a_period_includes_its_start_and_not_its_end(shop: Store) -> None:
    asked = query("events", "visitors", "sessions", "avg_duration", period=Period(at(0), at(5)))
    assert table(shop, asked) == [(2, 1, 1, 5.0 * MINUTE)]  # the session goes on after the period: it counts whole


def test_a_session_counts_where_it_starts_its_events_where_they_happen(shop: Store) -> None:
    asked = query("events", "sessions", "bounce_rate", by="page", period=Period(at(1), at(10)))
    assert table(shop, asked) == [("/cart", 2, 0, 0.0)]


def test_a_row_needs_something_that_was_asked_for(shop: Store) -> None:
    """After one minute past noon ann-1 has events and is no session of the period."""
    period = Period(at(1), at(10))
    assert table(shop, query("sessions", by="page", period=period)) == []
    assert table(shop, query("conversions", by="event_type", period=period)) == [("conversion", 1), ("page_view", 0)]


def test_most_comes_first_and_ties_go_by_name(store: Store) -> None:
    put(store, *(event(page=page) for page in ["/b", "/a", "/é", "/Z", "/가", "/c", "/c"]))
    assert table(store, query("events", by="page")) == [
        ("/c", 2),
        ("/Z", 1),
        ("/a", 1),
        ("/b", 1),
        ("/é", 1),
        ("/가", 1),
    ]


@pytest.mark.parametrize(
    ("order", "pages"),
    [
        ((("page", False),), ["/", "/a", "/b", "/c"]),
        ((("page", True),), ["/c", "/b", "/a", "/"]),
        ((("events", False),), ["/a", "/c", "/", "/b"]),
        ((("visitors", True),), ["/b", "/", "/a", "/c"]),
        ((("visitors", False), ("page", True)), ["/c", "/a", "/", "/b"]),
        ((("events", False), ("visitors", True), ("page", True)), ["/c", "/a", "/b", "/"]),
    ],
)
def test_rows_come_in_the_order_asked(store: Store, order: tuple[tuple[str, bool], ...], pages: list[str]) -> None:
    # events / visitors: "/" 2/1, "/a" 1/1, "/b" 2/2, "/c" 1/1
    put(store, *(event(page=page) for page in ["/", "/", "/a", "/b", "/c"]), event(page="/b", visitor="bob"))
    rows = table(store, query("events", "visitors", by="page", order_by=order))
    assert [row[0] for row in rows] == pages


def test_a_long_answer_comes_in_pages(store: Store) -> None:
    put(store, *(event(page=f"/{number:02}") for number in range(25)))
    whole = [row[0] for row in table(store, query("events", by="page"))]
    cut = []
    for offset in range(0, 30, 10):
        result = store.run(query("events", by="page", limit=10, offset=offset))
        assert result.total_rows == 25
        cut += [row.dimensions[0] for row in result.rows]
    assert cut == whole
    assert store.run(query("events", limit=1, offset=1)) == ([], 1)


def test_only_some_rows_can_be_asked_for(shop: Store) -> None:
    """What is counted in them stays the same: one of all three visitors was on /cart."""
    asked = query("events", "percentage", by="page", only=(("/cart",), ("/none",)))
    assert table(shop, asked) == [("/cart", 4, 1 / 3)]
    both = query("events", by=("source", "page"), only=(("Naver", "/"), ("Direct", "/"), ("/", "Naver")))
    assert table(shop, both) == [("Naver", "/", 2), ("Direct", "/", 1)]
    assert table(shop, query("sessions", by="country", only=(("",),))) == [("", 1)]


def test_only_is_applied_before_rows_are_counted_and_cut(shop: Store) -> None:
    asked = query("events", by="event_type", only=(("click",), ("heartbeat",)), limit=1, offset=1)
    assert shop.run(asked) == ([(("heartbeat",), (1,))], 2)


def test_only_of_a_time_keeps_these_parts_empty_ones_too(shop: Store) -> None:
    hours = ((at(0),), (at(60),), (at(1),))  # one minute past noon begins no hour
    assert table(shop, query("events", by="hour", only=hours)) == [(at(0), 7), (at(60), 0)]


def test_only_nothing_is_no_row(shop: Store) -> None:
    assert shop.run(query("events", by="page", only=())) == ([], 0)
    assert shop.run(query("events", only=())) == ([], 0)
    assert table(shop, query("events", only=((),))) == [(7,)]


def test_a_site_without_events_has_zeros(shop: Store) -> None:
    assert table(shop, query("events", "sessions", site_id="nobody.example")) == [(0, 0)]
    assert table(shop, query("events", by="page", site_id="blog.example")) == [("/elsewhere", 1)]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("", None),
        ("text", "text"),
        ('"quoted"', '"quoted"'),
        ("1", "1"),
        (1, "1"),
        (1.0, "1.0"),
        (0.1, "0.1"),
        (-2.5, "-2.5"),
        (1234567.5, "1234567.5"),
        (-0.001, "-0.001"),
        (2**63 - 1, "9223372036854775807"),
        (True, "true"),
        (False, "false"),
    ],
    ids=repr,
)
def test_a_property_is_a_dimension_by_its_text(store: Store, value: object, text: str | None) -> None:
    name = "prop:a.b \"c\" $['d'] 한"
    put(store, event(NOON, site=SITE, properties={name.removeprefix("prop:"): value}), event(properties={"a": "b"}))
    assert table(store, query("events", by=name)) == ([(text, 1)] if text else [])
    assert table(store, query("events", where=(where(name, "is", text or ""),))) == [(1 if text else 2,)]
