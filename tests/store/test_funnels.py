"""Funnels, worked out by hand. Minutes are minutes after noon."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from liveinsight.stats.period import Period
from tests.factories import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    THAT_DAY,
    Clock,
    at,
    did,
    event,
    funnel,
    put,
    saw,
    where,
    without,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.stats.funnel import Funnel
    from liveinsight.store.base import Store

HOME, CART = saw("/"), saw("/cart")
BUY = where("event_type", "is", "conversion")
TO_CART = funnel(HOME, CART)


def reached(store: Store, asked: Funnel) -> list[int]:
    return [step.reached for step in store.run(asked)]


def visit(store: Store, session: str, *pages: tuple[int, str], visitor: str = "ann") -> None:
    """Page views so many minutes after noon."""
    put(store, *(event(at(minute), page=page, session=session, visitor=visitor) for minute, page in pages))


def test_sessions_go_from_step_to_step(store: Store) -> None:
    visit(store, "1", (0, "/"), (2, "/cart"))
    put(store, event(at(5), "conversion", "/cart", session="1"))
    visit(store, "2", (10, "/"), (14, "/cart"))
    visit(store, "3", (20, "/"))
    visit(store, "4", (30, "/cart"))
    # to the cart in 2 and 4 minutes, from there to the conversion in 3
    assert store.run(funnel(HOME, CART, BUY)) == [(3, 0.0), (2, 3.0 * MINUTE), (1, 3.0 * MINUTE)]


def test_a_funnel_that_nobody_enters_has_zeros(store: Store) -> None:
    asked = funnel(HOME, CART, BUY)
    assert store.run(asked) == [(0, 0.0)] * 3
    visit(store, "1", (0, "/cart"))
    assert store.run(asked) == [(0, 0.0)] * 3
    assert [type(number) for number in store.run(asked)[0]] == [int, float]


def test_a_step_comes_after_the_one_before(store: Store) -> None:
    visit(store, "1", (0, "/cart"), (1, "/"))
    assert reached(store, TO_CART) == [1, 0]
    visit(store, "1", (2, "/other"), (3, "/cart"))  # with something in between
    assert store.run(TO_CART) == [(1, 0.0), (1, 2.0 * MINUTE)]


def test_a_step_left_out_ends_the_attempt(store: Store) -> None:
    """From the start straight to the conversion: it never came to the cart."""
    visit(store, "1", (0, "/"))
    put(store, event(at(1), "conversion", session="1"))
    assert reached(store, funnel(HOME, CART, BUY)) == [1, 0, 0]


def test_events_of_one_millisecond_go_by_their_ids(store: Store) -> None:
    put(store, event(at(0), event_id="1"), event(at(0), page="/cart", event_id="2"))
    assert store.run(TO_CART) == [(1, 0.0), (1, 0.0)]
    put(store, event(at(0), page="/cart", session="t", event_id="3"), event(at(0), session="t", event_id="4"))
    assert reached(store, TO_CART) == [2, 1]


def test_ids_are_compared_by_code_point(store: Store) -> None:
    put(store, event(at(0), event_id="Z"), event(at(0), page="/cart", event_id="a"))
    put(store, event(at(0), session="t", event_id="\uffee"), event(at(0), page="/cart", session="t", event_id="😀"))
    assert reached(store, TO_CART) == [2, 2]


def test_one_event_is_one_step(store: Store) -> None:
    """A view of the cart is a view and the cart, but not both one after the other."""
    visit(store, "1", (0, "/cart"))
    view = where("event_type", "is", "page_view")
    assert reached(store, funnel(view, CART)) == [1, 0]
    assert reached(store, funnel(CART, CART)) == [1, 0]


def test_a_step_may_come_again(store: Store) -> None:
    """Nine views of the same page reach nine of ten such steps."""
    visit(store, "1", *((minute, "/") for minute in range(9)))
    assert store.run(funnel(*[HOME] * 10)) == [(1, 0.0), *[(1, 1.0 * MINUTE)] * 8, (0, 0.0)]


def test_the_earliest_of_the_attempts_that_get_furthest_counts(store: Store) -> None:
    """From the first view of the start, not from the last one before the cart."""
    visit(store, "1", (0, "/"), (5, "/"), (6, "/cart"), (9, "/cart"))
    assert store.run(TO_CART) == [(1, 0.0), (1, 6.0 * MINUTE)]


def test_a_session_counts_once_however_often_it_goes_through(store: Store) -> None:
    visit(store, "1", (0, "/"), (1, "/cart"), (2, "/"), (3, "/cart"))
    assert reached(store, TO_CART) == [1, 1]


@pytest.mark.parametrize(
    ("waits", "median"),
    [([7], 7.0), ([1, 9], 5.0), ([1, 2, 60], 2.0), ([10, 4, 1, 2], 3.0), ([1, 2], 1.5), ([0, 0, 5], 0.0)],
)
def test_the_median_is_the_middle_one_or_the_mean_of_two(store: Store, waits: list[int], median: float) -> None:
    for number, wait in enumerate(waits):
        session = f"s{number}"
        put(store, event(at(number), session=session), event(at(number, wait), page="/cart", session=session))
    assert store.run(TO_CART) == [(len(waits), 0.0), (len(waits), median)]


def test_an_attempt_begins_in_the_period_and_may_end_beyond_it(store: Store) -> None:
    period = Period(at(0), at(10))
    visit(store, "before", (-1, "/"), (1, "/cart"))
    visit(store, "first", (0, "/"), (1, "/cart"))
    visit(store, "last", (9, "/"), (11, "/cart"))
    visit(store, "after", (10, "/"), (11, "/cart"))
    assert store.run(funnel(HOME, CART, period=period)) == [(2, 0.0), (2, 1.5 * MINUTE)]


def test_a_filter_is_about_the_first_step_only(store: Store) -> None:
    """The cart is not the start, and the second session was not sent by Naver."""
    for session, source in (("1", "Naver"), ("2", "Direct")):
        put(store, event(at(0), session=session, source=source), event(at(1), page="/cart", session=session))
    assert reached(store, funnel(HOME, CART, where=(HOME,))) == [2, 2]
    assert reached(store, funnel(HOME, CART, where=(CART,))) == [0, 0]
    assert reached(store, funnel(HOME, CART, where=(where("source", "is", "Naver"),))) == [1, 1]
    assert reached(store, funnel(HOME, CART, where=(did(CART), without(BUY)))) == [2, 2]


def test_the_first_event_that_passes_the_filter_begins(store: Store) -> None:
    pro = where("prop:plan", "is", "pro")
    visit(store, "1", (0, "/"), (1, "/cart"))
    put(store, event(at(2), session="1", properties={"plan": "pro"}))
    visit(store, "1", (5, "/cart"))
    assert store.run(funnel(HOME, CART)) == [(1, 0.0), (1, 1.0 * MINUTE)]
    assert store.run(funnel(HOME, CART, where=(pro,))) == [(1, 0.0), (1, 3.0 * MINUTE)]


def test_all_conditions_of_a_step_hold_for_one_event(store: Store) -> None:
    visit(store, "1", (0, "/"), (1, "/cart"))
    put(store, event(at(2), "conversion", session="1"))
    steps = ((HOME,), (CART, BUY))
    assert reached(store, funnel(steps=steps)) == [1, 0]
    put(store, event(at(3), "conversion", "/cart", session="1"))
    assert store.run(funnel(steps=steps)) == [(1, 0.0), (1, 3.0 * MINUTE)]


def test_a_session_does_not_go_on_after_half_an_hour_but_a_visitor_does(store: Store) -> None:
    put(store, event(at(0)), event(at(30, ms=1), page="/cart"))
    put(store, event(at(0), session="t", visitor="bob"), event(at(30), page="/cart", session="t", visitor="bob"))
    assert store.run(TO_CART) == [(2, 0.0), (1, 30.0 * MINUTE)]
    assert store.run(funnel(HOME, CART, days=1)) == [(2, 0.0), (2, 30.0 * MINUTE + 0.5)]


def test_a_visitor_counts_once_in_all_sessions(store: Store) -> None:
    visit(store, "1", (0, "/"), (1, "/cart"))
    visit(store, "2", (60, "/"), (62, "/cart"))
    assert store.run(TO_CART) == [(2, 0.0), (2, 1.5 * MINUTE)]
    assert store.run(funnel(HOME, CART, days=7)) == [(1, 0.0), (1, 1.0 * MINUTE)]


@pytest.mark.parametrize(
    ("days", "late", "carts"), [(1, 0, 1), (1, 1, 0), (2, 0, 1), (2, 1, 0), (90, 0, 1), (90, 1, 0)]
)
def test_days_are_24_hours_to_the_millisecond(store: Store, clock: Clock, days: int, late: int, carts: int) -> None:
    end = at(0) + days * DAY + late
    put(store, event(at(0)))
    clock.now = end
    put(store, event(end, page="/cart", session="t"))
    median = float(days * DAY) if carts else 0.0
    assert store.run(funnel(HOME, CART, days=days)) == [(1, 0.0), (carts, median)]


def test_the_days_are_counted_from_the_first_step_not_from_the_one_before(store: Store, clock: Clock) -> None:
    clock.now = at(0) + DAY + SECOND
    put(store, event(at(0)), event(at(0) + 20 * HOUR, page="/cart", session="t"))
    put(store, event(at(0) + DAY + 1, "conversion", "/cart", session="u"))
    assert reached(store, funnel(HOME, CART, BUY, days=1)) == [1, 1, 0]
    assert reached(store, funnel(HOME, CART, BUY, days=2)) == [1, 1, 1]


def test_a_later_attempt_may_get_further(store: Store, clock: Clock) -> None:
    """The first one is at the cart after an hour, and then too slow; the second one does it all in three hours."""
    clock.now = at(0) + 33 * HOUR
    put(store, event(at(0)), event(at(60), page="/cart", session="t"))
    put(store, event(at(0) + 30 * HOUR, session="u"))
    put(store, event(at(0) + 32 * HOUR, page="/cart", session="v"))
    put(store, event(at(0) + 33 * HOUR, "conversion", "/cart", session="w"))
    asked = funnel(HOME, CART, BUY, days=1, period=Period(at(0), at(0) + 2 * DAY))
    assert store.run(asked) == [(1, 0.0), (1, 2.0 * HOUR), (1, 1.0 * HOUR)]
    # that attempt begins on the next day: of the day alone, the first one is all there is
    assert store.run(funnel(HOME, CART, BUY, days=1, period=Period(at(0), at(0) + DAY))) == [
        (1, 0.0),
        (1, 1.0 * HOUR),
        (0, 0.0),
    ]


def test_what_a_session_is_from_is_asked_of_the_session_of_each_step(store: Store) -> None:
    put(store, event(at(0), session="1", source="Naver"), event(at(60), session="2", source="Direct"))
    steps = (where("source", "is", "Naver"), where("source", "is", "Direct"))
    assert store.run(funnel(*steps, days=1)) == [(1, 0.0), (1, 60.0 * MINUTE)]
    assert reached(store, funnel(*steps)) == [1, 0]


def test_did_in_a_step_is_about_the_session_of_its_event(store: Store) -> None:
    put(store, event(at(0), session="1"), event(at(60), session="2"), event(at(61), "conversion", session="2"))
    assert reached(store, funnel(HOME, did(BUY), days=1)) == [1, 1]
    assert reached(store, funnel(did(BUY), HOME, days=1)) == [1, 1]  # both of the second session
    assert reached(store, funnel(did(BUY), HOME, BUY, days=1)) == [1, 1, 0]


def test_someone_who_logs_in_is_two_visitors_and_one_session(store: Store) -> None:
    put(store, event(at(0), visitor="~anonymous"), event(at(1), page="/cart", visitor="user-7"))
    assert reached(store, TO_CART) == [1, 1]
    assert reached(store, funnel(HOME, CART, days=1)) == [1, 0]


def test_sites_have_nothing_to_do_with_each_other(store: Store) -> None:
    put(store, event(at(0)), event(at(1), page="/cart", site="blog.example"))
    assert reached(store, funnel(HOME, CART, days=1)) == [1, 0]
    assert reached(store, funnel(HOME, CART, days=1, site_id="blog.example")) == [0, 0]
    assert reached(store, funnel(HOME, CART, days=1, site_id="nobody.example")) == [0, 0]


def test_an_event_that_comes_late_takes_its_place(store: Store) -> None:
    visit(store, "1", (2, "/cart"))
    assert reached(store, TO_CART) == [0, 0]
    visit(store, "1", (0, "/"))
    assert store.run(TO_CART) == [(1, 0.0), (1, 2.0 * MINUTE)]


def test_yesterdays_sessions_are_walked_like_todays(store: Store, clock: Clock, reopen: Callable[[], Store]) -> None:
    visit(store, "1", (0, "/"), (2, "/cart"))
    clock.now = at(0) + DAY
    put(store, event(clock.now, session="2"), event(clock.now + MINUTE, page="/cart", session="2"))
    asked = funnel(HOME, CART, period=Period(THAT_DAY.start, THAT_DAY.end + DAY))
    assert store.run(asked) == [(2, 0.0), (2, 1.5 * MINUTE)]
    assert reopen().run(asked) == [(2, 0.0), (2, 1.5 * MINUTE)]
