"""Journeys, worked out by hand. Minutes are minutes after noon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.stats.period import Period
from tests.factories import DAY, Clock, at, did, event, journey, put, saw, where

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.stats.journey import Journey, Link
    from liveinsight.store.base import Store


def walk(store: Store, session: str, *pages: str, start: float = 0) -> None:
    """A page view a minute."""
    put(store, *(event(at(start + minute), page=page, session=session) for minute, page in enumerate(pages)))


def links(store: Store, asked: Journey) -> list[Link]:
    return store.run(asked).links


def test_where_people_came_from_and_where_they_went(store: Store) -> None:
    walk(store, "1", "/", "/a", "/b")
    walk(store, "2", "/", "/a")
    walk(store, "3", "/a", "/b", "/c")
    walk(store, "4", "/", "/b")  # never saw /a
    flow = store.run(journey("/a", before=1, after=2))
    assert flow.sessions == 3
    assert flow.links == [
        (-1, "/", "/a", 2),
        (-1, None, "/a", 1),  # 3 began there
        (1, "/a", "/b", 2),
        (1, "/a", None, 1),  # 2 ended there
        (2, "/b", None, 1),  # 1
        (2, "/b", "/c", 1),  # 3
    ]
    assert flow.moves == {-1: 3, 1: 3, 2: 2}


def test_steps_before_go_back_in_time(store: Store) -> None:
    walk(store, "1", "/1", "/2", "/3", "/4", "/5", "/6", "/7")
    assert links(store, journey("/4", before=5, after=5)) == [
        (-1, "/3", "/4", 1),
        (-2, "/2", "/3", 1),
        (-3, "/1", "/2", 1),
        (-4, None, "/1", 1),
        (1, "/4", "/5", 1),
        (2, "/5", "/6", 1),
        (3, "/6", "/7", 1),
        (4, "/7", None, 1),
    ]


def test_the_same_page_several_times_running_is_one(store: Store) -> None:
    walk(store, "1", "/", "/", "/a", "/a", "/a", "/")
    assert links(store, journey("/a", before=2, after=2)) == [
        (-1, "/", "/a", 1),
        (-2, None, "/", 1),
        (1, "/a", "/", 1),
        (2, "/", None, 1),
    ]


def test_a_single_view_comes_from_nowhere_and_goes_nowhere(store: Store) -> None:
    walk(store, "1", "/")
    assert store.run(journey("/", before=3, after=3)) == (1, [(-1, None, "/", 1), (1, "/", None, 1)], {-1: 1, 1: 1})


def test_only_page_views_are_steps(store: Store) -> None:
    put(
        store, event(at(0)), event(at(1), "click", "/clicked"), event(at(2), "heartbeat", "/a"), event(at(3), page="/b")
    )
    assert links(store, journey("/", before=1, after=2)) == [(-1, None, "/", 1), (1, "/", "/b", 1), (2, "/b", None, 1)]
    assert store.run(journey("/clicked")) == (0, [], {})


def test_a_session_is_looked_at_from_its_first_view_of_the_page(store: Store) -> None:
    """It came to / three times, and counts once."""
    walk(store, "1", "/", "/a", "/", "/b", "/")
    flow = store.run(journey("/", before=1, after=1))
    assert flow == (1, [(-1, None, "/", 1), (1, "/", "/a", 1)], {-1: 1, 1: 1})


def test_the_first_view_in_the_period_counts_and_the_path_goes_beyond_it(store: Store) -> None:
    walk(store, "1", "/", "/a", "/", "/b", "/c")
    asked = journey("/", before=2, after=2, period=Period(at(2), at(3)))
    assert links(store, asked) == [(-1, "/a", "/", 1), (-2, "/", "/a", 1), (1, "/", "/b", 1), (2, "/b", "/c", 1)]
    assert store.run(journey("/", period=Period(at(3), at(9)))) == (0, [], {})


def test_a_view_again_in_the_period_stands_where_the_page_was_first_seen(store: Store) -> None:
    walk(store, "1", "/a", "/", "/", "/b")
    asked = journey("/", before=1, after=1, period=Period(at(2), at(3)))
    assert links(store, asked) == [(-1, "/a", "/", 1), (1, "/", "/b", 1)]


def test_a_filter_is_about_the_view_of_the_page(store: Store) -> None:
    put(
        store,
        event(at(0), page="/p", page_title="Old", source="Naver"),
        event(at(1), page="/a"),
        event(at(2), page="/p", page_title="New"),
        event(at(3), page="/b"),
    )
    walk(store, "2", "/p", "/b")
    new = journey("/p", before=1, after=1, where=(where("page_title", "is", "New"),))
    assert links(store, new) == [(-1, "/a", "/p", 1), (1, "/p", "/b", 1)]
    assert store.run(journey("/p", where=(where("source", "is", "Naver"),))).sessions == 1
    assert store.run(journey("/p", where=(did(saw("/b")),))).sessions == 2
    assert store.run(journey("/p", where=(did(saw("/a")),))).sessions == 1
    assert store.run(journey("/p", where=(saw("/b"),))).sessions == 0


def test_a_limit_is_of_each_step_and_all_moves_are_told(store: Store) -> None:
    for number, origin in enumerate(["/a", "/b", "/b", "/c"]):
        walk(store, f"s{number}", origin, "/p", f"/{number}")
    assert store.run(journey("/p", before=2, after=1, limit=1)) == (
        4,
        [(-1, "/b", "/p", 2), (-2, None, "/b", 2), (1, "/p", "/0", 1)],
        {-1: 4, -2: 4, 1: 4},
    )


def test_links_go_by_sessions_then_by_code_point_and_nothing_comes_first(store: Store) -> None:
    for number, target in enumerate(["/가", "/é", "/a", "/Z", "/b", "/b"]):
        walk(store, f"s{number}", "/p", target)
    walk(store, "last", "/p")
    found = links(store, journey("/p", before=0, after=1))
    assert [target for _, _, target, _ in found] == ["/b", None, "/Z", "/a", "/é", "/가"]


def test_links_of_a_step_go_by_origin_before_target(store: Store) -> None:
    for number, pages in enumerate([("/y", "/1"), ("/x", "/2"), ("/x", "/1"), ("/y",)]):
        walk(store, f"s{number}", "/p", *pages)
    assert [link for link in links(store, journey("/p", before=0, after=2)) if link[0] == 2] == [
        (2, "/x", "/1", 1),
        (2, "/x", "/2", 1),
        (2, "/y", None, 1),
        (2, "/y", "/1", 1),
    ]


def test_steps_that_were_not_asked_for_are_not_told(store: Store) -> None:
    walk(store, "1", "/a", "/p", "/b")
    assert store.run(journey("/p", before=0, after=0)) == (1, [], {})
    assert links(store, journey("/p", before=0, after=1)) == [(1, "/p", "/b", 1)]
    assert links(store, journey("/p", before=1, after=0)) == [(-1, "/a", "/p", 1)]


def test_a_page_that_nobody_saw_has_no_journeys(store: Store) -> None:
    walk(store, "1", "/")
    assert store.run(journey("/none")) == (0, [], {})
    assert store.run(journey("/", site_id="nobody.example")) == (0, [], {})


def test_views_of_one_millisecond_go_by_their_ids(store: Store) -> None:
    for page, event_id in (("/3", "c"), ("/1", "Z"), ("/2", "a"), ("/4", "é")):
        put(store, event(at(0), page=page, event_id=event_id))
    assert links(store, journey("/2", before=2, after=3)) == [
        (-1, "/1", "/2", 1),
        (-2, None, "/1", 1),
        (1, "/2", "/3", 1),
        (2, "/3", "/4", 1),
        (3, "/4", None, 1),
    ]


def test_after_half_an_hour_a_new_path_begins(store: Store) -> None:
    put(store, event(at(0), page="/a"), event(at(30, ms=1), page="/b"))
    assert links(store, journey("/b", before=1, after=0)) == [(-1, None, "/b", 1)]
    assert links(store, journey("/a", before=0, after=1)) == [(1, "/a", None, 1)]


def test_a_view_that_comes_late_takes_its_place(store: Store) -> None:
    walk(store, "1", "/a")
    walk(store, "1", "/c", start=2)
    assert links(store, journey("/a", before=0, after=1)) == [(1, "/a", "/c", 1)]
    walk(store, "1", "/b", start=1)
    assert links(store, journey("/a", before=0, after=1)) == [(1, "/a", "/b", 1)]


def test_yesterdays_sessions_are_walked_like_todays(store: Store, clock: Clock, reopen: Callable[[], Store]) -> None:
    walk(store, "1", "/p", "/a")
    clock.now = at(0) + DAY
    walk(store, "2", "/p", "/a", start=24 * 60)
    asked = journey("/p", before=0, after=1, period=Period(at(0), at(0) + 2 * DAY))
    assert store.run(asked) == (2, [(1, "/p", "/a", 2)], {1: 2})
    assert reopen().run(asked) == (2, [(1, "/p", "/a", 2)], {1: 2})
