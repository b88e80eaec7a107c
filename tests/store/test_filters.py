"""Filters joined by and, or, not and did, patterns, and goals. Every number is worked out by hand from `shop`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from liveinsight.stats.period import Period
from tests.factories import at, did, either, event, every, put, query, saw, table, where, without

if TYPE_CHECKING:
    from liveinsight.models.events import StoredEvent
    from liveinsight.stats.filters import Condition
    from liveinsight.store.base import Store

# event  minute  session  visitor  source  what
# 1      0       ann-1    ann      Naver   view /
# 2      1       ann-1    ann      Naver   view /cart
# 3      2       ann-1    ann      Naver   conversion on /cart, 20 USD
# 4      10      bob-1    bob      Direct  view /
# 5      11      bob-1    bob      Direct  click on /, 5 USD
# 6      20      cid-1    cid      Naver   view /cart
SHOP: list[StoredEvent] = [
    event(at(0), session="ann-1", source="Naver"),
    event(at(1), page="/cart", session="ann-1"),
    event(at(2), "conversion", "/cart", session="ann-1", value=20.0, currency="USD"),
    event(at(10), session="bob-1", visitor="bob", source="Direct"),
    event(at(11), "click", session="bob-1", visitor="bob", value=5.0, currency="USD"),
    event(at(20), page="/cart", session="cid-1", visitor="cid", source="Naver"),
]
NAVER = where("source", "is", "Naver")
HOME, CART = saw("/"), saw("/cart")
BUY, CLICK = where("event_type", "is", "conversion"), where("event_type", "is", "click")
COUNTS = ("events", "visitors", "sessions")


@pytest.fixture
def shop(store: Store) -> Store:
    put(store, *SHOP, event(at(0), "conversion", site="blog.example", session="bob-1", visitor="bob"))
    return store


JOINED: dict[str, tuple[Condition, tuple[int, int, int]]] = {  # name -> condition, (events, visitors, sessions)
    "and": (every(HOME, NAVER), (1, 1, 1)),  # 1
    "or": (either(HOME, NAVER), (6, 3, 3)),
    "or of types": (either(CLICK, BUY), (2, 2, 2)),  # 3 5
    "not": (without(CART), (3, 2, 2)),  # 1 4 5
    "not not": (without(without(CART)), (3, 2, 2)),  # 2 3 6
    "and of nots": (every(without(CART), without(CLICK)), (2, 2, 2)),  # 1 4
    "not or": (without(either(CART, CLICK)), (2, 2, 2)),  # 1 4
    "not and": (without(every(CART, BUY)), (5, 3, 3)),  # all but 3
    "or of ands": (either(every(HOME, NAVER), every(CLICK, HOME)), (2, 2, 2)),  # 1 5
    "and of or": (every(either(HOME, CART), NAVER), (4, 2, 2)),  # 1 2 3 6
    "and of one": (every(CART), (3, 2, 2)),  # 2 3 6
    "or of one": (either(CART), (3, 2, 2)),
    "did": (did(BUY), (3, 1, 1)),  # 1 2 3
    "not did": (without(did(BUY)), (3, 2, 2)),  # 4 5 6
    "and did": (every(HOME, did(BUY)), (1, 1, 1)),  # 1
    "did one event": (did(every(CART, BUY)), (3, 1, 1)),  # 1 2 3
    "did no one event": (did(every(HOME, BUY)), (0, 0, 0)),  # ann saw / and bought, not at once
    "did and did": (every(did(HOME), did(BUY)), (3, 1, 1)),  # 1 2 3
    "did but never did": (every(did(HOME), without(did(CART))), (2, 1, 1)),  # 4 5
    "did something else": (did(without(HOME)), (4, 2, 2)),  # 1 2 3 6
    "did nothing else": (without(did(without(HOME))), (2, 1, 1)),  # 4 5
    "did of a source": (did(NAVER), (4, 2, 2)),  # 1 2 3 6
    "or did": (either(CLICK, did(BUY)), (4, 2, 2)),  # 5 1 2 3
    "did one of two": (did(either(CLICK, BUY)), (5, 2, 2)),  # all but 6
}


@pytest.mark.parametrize(("condition", "counts"), JOINED.values(), ids=JOINED)
def test_filters_can_be_joined(shop: Store, condition: Condition, counts: tuple[int, int, int]) -> None:
    assert table(shop, query(*COUNTS, where=(condition,))) == [counts]


def test_a_tree_beside_a_plain_filter_must_hold_too(shop: Store) -> None:
    asked = query("events", by="page", where=(NAVER, either(BUY, HOME)))
    assert table(shop, asked) == [("/", 1), ("/cart", 1)]  # 1 and 3


def test_a_session_did_it_at_any_time_also_beyond_the_period(shop: Store) -> None:
    """Of the minute when ann came, she bought two minutes later."""
    asked = query(*COUNTS, where=(did(BUY),), period=Period(at(0), at(1)))
    assert table(shop, asked) == [(1, 1, 1)]
    asked = query(*COUNTS, where=(without(did(BUY)),), period=Period(at(0), at(1)))
    assert table(shop, asked) == [(0, 0, 0)]


def test_did_is_about_the_session_not_its_visitor_or_the_id_of_the_client(shop: Store) -> None:
    """ann comes back after an hour: another session, which did not buy."""
    put(shop, event(at(62, ms=1), session="ann-1"), event(at(63), session="ann-2"))
    assert table(shop, query(*COUNTS, where=(did(BUY),))) == [(3, 1, 1)]


def test_a_late_event_may_make_that_a_session_did_it(shop: Store) -> None:
    put(shop, event(at(19), "conversion", session="cid-1", visitor="cid"))
    assert table(shop, query(*COUNTS, where=(did(BUY),))) == [(5, 2, 2)]


def test_six_levels_are_answered_too(shop: Store) -> None:
    condition = either(every(without(either(did(BUY), CLICK)), HOME), every(CLICK))
    assert table(shop, query("events", where=(condition,))) == [(2,)]  # 4 and 5


# Patterns

PAGES = [
    *("/", "/blog", "/blog/", "/blog/axb", "/blog/a%b", "/blog/a_b", "/blog/a\\b", "/blog/a.b", "/blog/a*b"),
    *("/blog/a?b", "/blog/a\nb", "/blog/A_B", "/blog/[ab]", "/blog/(a|b)", "/blog/가😀b", "/blog/a'b"),
]
A_TO_B = ["axb", "a%b", "a_b", "a\\b", "a.b", "a*b", "a?b", "a\nb", "a'b"]
PATTERNS: dict[str, list[str]] = {
    "*": PAGES,
    "**": PAGES,
    "/": ["/"],
    "": [],
    "/blog": ["/blog"],
    "/blog*": PAGES[1:],
    "/blog/*": PAGES[2:],
    "*/": ["/", "/blog/"],
    "*/blog": ["/blog"],
    "blog*": [],
    "/blo*og": [],  # no letter serves twice
    "/blog/a*b": [f"/blog/{each}" for each in A_TO_B],
    "/blog/a**b": [f"/blog/{each}" for each in A_TO_B],
    "/b*b": [f"/blog/{each}" for each in [*A_TO_B, "가😀b"]],
    "*a*b*": [f"/blog/{each}" for each in [*A_TO_B, "[ab]", "(a|b)"]],
    "/*/*": PAGES[2:],
    "/*/*/*": [],
    "*%*": ["/blog/a%b"],
    "*_*": ["/blog/a_b", "/blog/A_B"],
    "/blog/a_b": ["/blog/a_b"],
    "/blog/a%b": ["/blog/a%b"],
    "*\\*": ["/blog/a\\b"],
    "*\\b": ["/blog/a\\b"],
    "*[*": ["/blog/[ab]"],
    "*[ab]": ["/blog/[ab]"],
    "*(a|b)": ["/blog/(a|b)"],
    "*.b": ["/blog/a.b"],
    "*?*": ["/blog/a?b"],
    "*'*": ["/blog/a'b"],
    "*\n*": ["/blog/a\nb"],
    "*A*": ["/blog/A_B"],
    "*😀*": ["/blog/가😀b"],
    "/blog/?": [],
    "^/blog$": [],
}


@pytest.mark.parametrize("pattern", PATTERNS, ids=repr)
def test_in_a_pattern_only_the_star_is_special(store: Store, pattern: str) -> None:
    put(store, *(event(at(number), page=page) for number, page in enumerate(PAGES)))
    found = query("events", by="page", where=(where("page", "matches", pattern),))
    assert {row[0] for row in table(store, found)} == set(PATTERNS[pattern])
    others = query("events", where=(without(where("page", "matches", pattern)),))
    assert table(store, others) == [(len(PAGES) - len(PATTERNS[pattern]),)]


def test_a_value_matches_when_it_is_of_any_of_the_patterns(store: Store) -> None:
    put(store, *(event(at(number), page=page) for number, page in enumerate(PAGES)))
    either_pattern = where("page", "matches", "/", "*(*", "/blog")
    assert table(store, query("events", where=(either_pattern,))) == [(3,)]


def test_a_missing_value_is_the_empty_text_for_a_pattern(shop: Store) -> None:
    assert table(shop, query("events", where=(where("prop:plan", "matches", "*"),))) == [(6,)]
    assert table(shop, query("events", where=(where("country", "matches", ""),))) == [(6,)]
    assert table(shop, query("events", where=(where("country", "matches", "*a*"),))) == [(0,)]


def test_patterns_are_about_every_dimension(shop: Store) -> None:
    assert table(shop, query("sessions", by="source", where=(where("source", "matches", "N*r"),))) == [("Naver", 2)]
    assert table(shop, query("events", where=(where("entry_page", "matches", "/c*"),))) == [(1,)]
    assert table(shop, query("events", where=(where("event_type", "matches", "*c*"),))) == [(2,)]


def test_a_pattern_of_many_stars_is_answered_at_once(store: Store) -> None:
    """Trying every way to cut the value would take longer than the universe has."""
    put(store, event(page="/" + "a" * 2000))
    assert table(store, query("events", where=(where("page", "matches", "*a" * 9 + "*b"),))) == [(0,)]
    assert table(store, query("events", where=(where("page", "matches", "*a" * 9 + "*"),))) == [(1,)]


# Goals


def test_with_a_goal_conversions_are_the_events_that_reach_it(shop: Store) -> None:
    """ann twice and cid once were on /cart; the goal filters nothing."""
    asked = query("events", "conversions", "conversion_rate", goal=(CART,))
    assert table(shop, asked) == [(6, 3, 2 / 3)]
    asked = query("sessions", "converted_sessions", "session_conversion_rate", goal=(CART,))
    assert table(shop, asked) == [(3, 2, 2 / 3)]


def test_all_conditions_of_a_goal_are_about_one_event(shop: Store) -> None:
    assert table(shop, query("conversions", goal=(CART, BUY))) == [(1,)]
    assert table(shop, query("conversions", "converted_sessions", goal=(HOME, BUY))) == [(0, 0)]


@pytest.mark.parametrize(
    ("goal", "conversions"),
    [
        (NAVER, 4),  # 1 2 3 6
        (did(BUY), 3),  # 1 2 3
        (either(CLICK, BUY), 2),  # 3 5
        (without(BUY), 5),
        (where("page", "matches", "/c*"), 3),  # 2 3 6
    ],
    ids=repr,
)
def test_a_goal_may_be_any_condition(shop: Store, goal: Condition, conversions: int) -> None:
    assert table(shop, query("conversions", goal=(goal,))) == [(conversions,)]


def test_a_goal_is_counted_among_what_passes_the_filters_but_sessions_convert_as_a_whole(shop: Store) -> None:
    """On / nobody is on /cart; of the two sessions that saw /, ann's reached it."""
    asked = query("conversions", "conversion_rate", "sessions", "converted_sessions", where=(HOME,), goal=(CART,))
    assert table(shop, asked) == [(0, 0.0, 2, 1)]


def test_revenue_of_a_goal_is_the_value_of_the_events_that_reach_it(shop: Store) -> None:
    assert table(shop, query("revenue:USD")) == [(20.0,)]
    assert table(shop, query("revenue:USD", goal=(CLICK,))) == [(5.0,)]
    assert table(shop, query("revenue", by="currency", goal=(either(CLICK, BUY),))) == [("USD", 25.0)]


def test_a_goal_is_reached_per_row(shop: Store) -> None:
    asked = query("conversions", "converted_sessions", by="source", goal=(CART,))
    assert table(shop, asked) == [("Naver", 3, 2), ("Direct", 0, 0)]
