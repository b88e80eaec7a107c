"""What each metric counts at its edges, worked out by hand. Minutes are minutes after noon."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from liveinsight.stats.period import Period
from tests.factories import DAY, MINUTE, Clock, at, event, put, query, table, where

if TYPE_CHECKING:
    from liveinsight.models.events import StoredEvent
    from liveinsight.store.base import Store

CONVERSIONS = where("event_type", "is", "conversion")
VIEWS = where("event_type", "is", "page_view")


def sale(
    minutes: float, value: float | None, currency: str = "", *, session: str = "s", page: str = "/"
) -> StoredEvent:
    return event(at(minutes), "conversion", page, session=session, value=value, currency=currency)


# The share of visitors


def test_a_visitor_on_two_pages_is_in_the_share_of_both(store: Store) -> None:
    """ann saw / and /a, bob only /: 2 of 2 and 1 of 2, more than all together."""
    put(store, event(at(0)), event(at(1), page="/a"), event(at(2), session="t", visitor="bob"))
    assert table(store, query("percentage", by="page")) == [("/", 1.0), ("/a", 0.5)]


def test_the_share_is_of_all_who_pass_the_filters_also_of_those_in_no_row(store: Store) -> None:
    """Three visitors, two of Korea; of these one converted, and the other has no conversion type."""
    put(
        store,
        event(at(0), "conversion", session="1", visitor="ann", conversion_type="buy", country="KR"),
        event(at(0), session="2", visitor="bob", country="KR"),
        event(at(0), "conversion", session="3", visitor="cid", conversion_type="buy", country="US"),
    )
    assert table(store, query("percentage", by="conversion_type")) == [("buy", 2 / 3)]
    korean = where("country", "is", "KR")
    assert table(store, query("percentage", by="conversion_type", where=(korean,))) == [("buy", 1 / 2)]
    assert table(store, query("percentage", by="hour", period=Period(at(-60), at(60)))) == [
        (at(-60), 0.0),
        (at(0), 1.0),
    ]


# Entries and exits


def test_the_first_page_view_is_the_entry_and_the_last_one_the_exit(store: Store) -> None:
    put(
        store,
        event(at(0), "click", "/clicked"),  # before any page view: no entry
        event(at(1), page="/in"),
        event(at(2), page="/in"),  # again: a page view, no entry
        event(at(3), page="/out"),
        event(at(4), "heartbeat", "/in"),  # after the last page view: no exit
    )
    put(store, event(at(0), page="/in", session="t", visitor="bob"))  # one view is both
    assert table(store, query("page_views", "entries", "exits", "exit_rate", by="page")) == [
        ("/in", 3, 2, 1, 1 / 3),
        ("/out", 1, 0, 1, 1.0),
        ("/clicked", 0, 0, 0, 0.0),
    ]


def test_a_session_without_a_page_view_has_neither_entry_nor_exit(store: Store) -> None:
    put(store, event(at(0), "click"), event(at(1), "heartbeat"))
    assert table(store, query("entries", "exits", "exit_rate")) == [(0, 0, 0.0)]


def test_entries_and_exits_are_those_of_the_whole_session_wherever_it_is_cut(store: Store) -> None:
    put(store, event(at(0), page="/1"), event(at(10), page="/2"), event(at(20), page="/3"))
    asked = query("page_views", "entries", "exits", period=Period(at(5), at(20)))
    assert table(store, asked) == [(1, 0, 0)]  # /2 is neither, though it is the only one of the period
    assert table(store, query("entries", "exits", where=(where("page", "is", "/3"),))) == [(0, 1)]
    assert table(store, query("entries", "exits", by="minute", period=Period(at(20), at(21)))) == [(at(20), 0, 1)]


def test_the_exit_moves_on_while_the_session_does_and_the_entry_when_an_event_comes_late(store: Store) -> None:
    put(store, event(at(10), page="/b"))
    assert table(store, query("entries", "exits", by="page")) == [("/b", 1, 1)]
    put(store, event(at(20), page="/c"))
    put(store, event(at(0), page="/a"))
    assert table(store, query("page_views", "entries", "exits", by="page")) == [
        ("/a", 1, 1, 0),
        ("/b", 1, 0, 0),
        ("/c", 1, 0, 1),
    ]


def test_of_two_page_views_in_one_millisecond_the_first_by_id_is_the_entry(store: Store) -> None:
    put(store, event(at(0), page="/z", event_id="2"), event(at(0), page="/y", event_id="1"))
    assert table(store, query("entries", "exits", by="page")) == [("/y", 1, 0), ("/z", 0, 1)]


# Money


def test_revenue_is_the_value_of_conversions_in_one_currency(store: Store) -> None:
    put(
        store,
        sale(0, 12.5, "USD"),
        sale(1, 7.5, "USD"),
        sale(2, -5.0, "USD"),  # money back
        sale(3, None, "USD"),  # a conversion without a value
        sale(4, 10_000.0, "KRW"),
        sale(5, 99.0),  # of no currency
        event(at(6), "click", value=50.0, currency="USD"),  # no conversion
    )
    asked = query("revenue:USD", "revenue:KRW", "revenue:EUR", "conversions")
    assert table(store, asked) == [(15.0, 10_000.0, 0.0, 6)]
    assert [type(number) for number in table(store, asked)[0]] == [float, float, float, int]


def test_revenue_by_currency_adds_up_each(store: Store) -> None:
    put(store, sale(0, 12.5, "USD"), sale(1, 7.5, "USD"), sale(2, 10_000.0, "KRW"), sale(3, 99.0))
    put(store, event(at(4), "click", value=50.0, currency="EUR"))  # a row, for there is an event, without revenue
    assert table(store, query("revenue", "conversions", by="currency")) == [
        ("KRW", 10_000.0, 1),
        ("USD", 20.0, 2),
        ("EUR", 0.0, 0),
    ]
    assert table(store, query("revenue", by=("currency", "page"), order_by=(("currency", False),))) == [
        ("EUR", "/", 0.0),
        ("KRW", "/", 10_000.0),
        ("USD", "/", 20.0),
    ]


def test_revenue_of_the_one_currency_that_a_filter_leaves(store: Store) -> None:
    put(store, sale(0, 12.5, "USD"), sale(1, 7.5, "USD", page="/b"), sale(2, 10_000.0, "KRW"), sale(3, 99.0))
    assert table(store, query("revenue", by="page", where=(where("currency", "is", "USD"),))) == [
        ("/", 12.5),
        ("/b", 7.5),
    ]
    assert table(store, query("revenue", where=(where("currency", "is", ""),))) == [(99.0,)]


def test_revenue_stands_in_the_hour_of_the_conversion_and_in_the_source_of_its_session(store: Store) -> None:
    put(store, event(at(50), source="Naver"), sale(70, 3.0, "KRW"))
    hours = query("revenue:KRW", by="hour", period=Period(at(0), at(120)))
    assert table(store, hours) == [(at(0), 0.0), (at(60), 3.0)]
    assert table(store, query("revenue:KRW", by="source")) == [("Naver", 3.0)]


def test_small_change_adds_up_to_the_last_digits_that_count(store: Store) -> None:
    put(store, *(sale(number, 0.1, "USD", session=f"s{number}") for number in range(10)))
    [(revenue,)] = table(store, query("revenue:USD"))
    assert revenue == pytest.approx(1.0, rel=1e-9)


# Converted sessions


def test_a_session_converted_when_it_did_so_at_any_time(store: Store) -> None:
    """s converts after the period; t never does; u did before it began to match."""
    put(store, event(at(0)), sale(20, None))
    put(store, event(at(1), session="t", visitor="bob"))
    put(store, sale(2, None, session="u", page="/b"), event(at(3), session="u"))
    asked = ("sessions", "converted_sessions", "session_conversion_rate", "conversions")
    assert table(store, query(*asked, period=Period(at(0), at(10)))) == [(3, 2, 2 / 3, 1)]
    assert table(store, query(*asked, where=(VIEWS,))) == [(3, 2, 2 / 3, 0)]
    assert table(store, query(*asked, where=(CONVERSIONS,))) == [(2, 2, 1.0, 2)]
    assert table(store, query(*asked, by="page")) == [("/", 3, 2, 2 / 3, 1), ("/b", 1, 1, 1.0, 1)]


def test_a_session_that_began_before_the_period_is_none_of_it_also_when_it_converts_there(store: Store) -> None:
    put(store, event(at(0)), sale(20, None))
    asked = query("conversions", "converted_sessions", "session_conversion_rate", period=Period(at(10), at(30)))
    assert table(store, asked) == [(1, 0, 0.0)]


# Time on page and scroll depth


def test_time_on_page_is_what_a_session_spent_on_a_page_in_all(store: Store) -> None:
    put(
        store,
        event(at(0), page="/a"),
        event(at(1), "heartbeat", "/a", engaged_ms=10_000),
        event(at(2), page="/b"),
        event(at(3), "page_exit", "/b", engaged_ms=4_000),
        event(at(4), page="/a"),  # back again: the same page visit goes on
        event(at(5), "page_exit", "/a", engaged_ms=5_000),
        event(at(0), page="/a", session="t", visitor="bob"),
        event(at(1), "page_exit", "/a", session="t", visitor="bob", engaged_ms=1_000),
        event(at(0), page="/a", session="u", visitor="cid"),  # said nothing: does not count
    )
    # s was on /a for 15 s and on /b for 4 s, t on /a for 1 s
    assert table(store, query("time_on_page", by="page")) == [("/a", 8000.0), ("/b", 4000.0)]
    assert table(store, query("time_on_page")) == [(20_000 / 3,)]
    assert table(store, query("time_on_page", where=(VIEWS,))) == [(0.0,)]


def test_nought_is_a_report_and_nothing_is_none(store: Store) -> None:
    put(store, event(at(0), "heartbeat", "/a", engaged_ms=0, scroll_depth=0))
    put(store, event(at(1), "heartbeat", "/b", engaged_ms=3000, scroll_depth=30))
    put(store, event(at(2), "heartbeat", "/c"))
    assert table(store, query("time_on_page", "scroll_depth")) == [(1500.0, 15.0)]


def test_only_the_time_that_was_told_in_the_period_counts(store: Store) -> None:
    put(store, *(event(at(minute), "heartbeat", engaged_ms=1000 * minute) for minute in (1, 2, 4)))
    assert table(store, query("time_on_page", period=Period(at(2), at(4)))) == [(2000.0,)]
    by_minute = query("time_on_page", by="minute", period=Period(at(1), at(5)))
    assert table(store, by_minute) == [(at(1), 1000.0), (at(2), 2000.0), (at(3), 0.0), (at(4), 4000.0)]


def test_scroll_depth_is_the_farthest_a_session_got_on_a_page(store: Store) -> None:
    put(
        store,
        event(at(0), "scroll", "/a", scroll_depth=75),
        event(at(1), "scroll", "/a", scroll_depth=25),  # scrolled back
        event(at(2), "page_exit", "/b", scroll_depth=100),
        event(at(0), "page_exit", "/a", session="t", visitor="bob", scroll_depth=50),
    )
    assert table(store, query("scroll_depth", by="page", order_by=(("page", False),))) == [("/a", 62.5), ("/b", 100.0)]
    assert table(store, query("scroll_depth")) == [(75.0,)]  # of 75, 100 and 50


def test_page_visits_of_two_sessions_that_are_called_alike_are_two(store: Store) -> None:
    """The second session of `s` is s.2, and a client has chosen that very name."""
    put(store, event(at(0)), event(at(60), "heartbeat", engaged_ms=1000, scroll_depth=10))
    put(store, event(at(60), "heartbeat", session="s.2", visitor="bob", engaged_ms=3000, scroll_depth=90))
    assert table(store, query("time_on_page", "scroll_depth")) == [(2000.0, 50.0)]


def test_page_visits_are_means_per_source_too(store: Store) -> None:
    put(store, event(at(0), "heartbeat", session="s", source="Naver", engaged_ms=1000))
    put(store, event(at(0), "heartbeat", session="t", source="Direct", engaged_ms=5000))
    put(store, event(at(1), "heartbeat", "/b", session="t", engaged_ms=2000))
    assert table(store, query("time_on_page", by="source")) == [("Direct", 3500.0), ("Naver", 1000.0)]


# The newer dimensions


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ({"element_tag": "button", "element_id": "buy", "element_text": "Buy now"}, 'button#buy "Buy now"'),
        ({"element_tag": "a", "element_text": '"so"'}, 'a ""so""'),
        ({"element_id": "buy"}, "#buy"),
        ({"element_text": "담기"}, '"담기"'),
        ({"element_tag": "a", "element_class": "big"}, "a"),
        ({"element_tag": "", "element_id": "", "element_text": "x"}, '"x"'),
        ({"element_class": "big", "screen": "1x1"}, None),
        ({}, None),
    ],
    ids=repr,
)
def test_an_element_is_named_by_what_is_known_of_it(store: Store, sent: dict[str, str], name: str | None) -> None:
    put(store, event(at(0), "click", sent=sent), event(at(1), "click", sent={"element_tag": "other"}))
    rows = [("other", 1), (name, 1)] if name else [("other", 1)]
    assert sorted(table(store, query("events", by="element"))) == sorted(rows)
    assert table(store, query("events", where=(where("element", "is", name or ""),))) == [(1,)]


def test_screens_go_by_class_and_by_size(store: Store) -> None:
    for number, (size, name) in enumerate([("360x780", "phone"), ("390x844", "phone"), ("", "")]):
        put(store, event(at(number), session=f"s{number}", screen=size, screen_class=name))
    assert table(store, query("sessions", by="screen_class")) == [("phone", 2), ("", 1)]
    assert table(store, query("sessions", by="screen", where=(where("screen_class", "is", "phone"),))) == [
        ("360x780", 1),
        ("390x844", 1),
    ]


def test_numbers_of_a_day_long_gone_are_the_same_as_those_of_today(store: Store, clock: Clock) -> None:
    """After a day the sessions are finished, and may be kept elsewhere."""
    put(store, event(at(0), engaged_ms=500, scroll_depth=25), sale(1, 2.5, "USD", page="/b"))
    metrics = ("entries", "exits", "revenue:USD", "converted_sessions", "time_on_page", "scroll_depth", "avg_duration")
    today = table(store, query(*metrics))
    assert today == [(1, 1, 2.5, 1, 500.0, 25.0, 1.0 * MINUTE)]
    clock.now = at(0) + DAY
    put(store, event(clock.now, session="later"))
    assert table(store, query(*metrics)) == today
