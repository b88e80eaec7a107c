"""The sessions of one visitor. Minutes are minutes after noon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.factories import DAY, HOUR, MINUTE, SITE, Clock, at, event, put, sessions_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.store.base import Store


def ids(store: Store, visitor: str, **more: Any) -> list[str]:
    return [each.public_id for each in store.run(sessions_of(visitor, **more))]


@pytest.fixture
def shop(store: Store) -> Store:
    """ann came three times, twice with one client id; bob once in between."""
    put(store, event(at(0)), event(at(1), page="/a"), event(at(60), page="/b"))
    put(store, event(at(30), session="t"), event(at(20), session="u", visitor="bob"))
    return store


def test_the_latest_session_comes_first_by_its_public_id(shop: Store) -> None:
    assert ids(shop, "ann") == ["s.2", "t", "s"]
    assert ids(shop, "bob") == ["u"]
    assert ids(shop, "nobody") == []


def test_a_session_is_told_whole(shop: Store) -> None:
    put(shop, event(at(2), "conversion", "/a", source="Naver"))
    session = shop.run(sessions_of("ann", before=at(1)))[0].session
    assert (session.site_id, session.session_id, session.visitor_id) == (SITE, "s", "ann")
    assert (session.started_at, session.last_activity, session.duration) == (at(0), at(2), 2 * MINUTE)
    assert (session.entry_page, session.exit_page, session.last_type) == ("/", "/a", "conversion")
    assert (session.events, session.page_views, session.interactions, session.conversions) == (3, 2, 1, 1)
    assert session.context.source == ""  # of its first event


def test_only_sessions_that_started_before_a_time(shop: Store) -> None:
    assert ids(shop, "ann", before=at(30)) == ["s"]
    assert ids(shop, "ann", before=at(30, ms=1)) == ["t", "s"]
    assert ids(shop, "ann", before=at(0)) == []


def test_a_long_list_comes_in_pages(store: Store) -> None:
    put(store, *(event(at(number), session=f"s{number:02}") for number in range(25)))
    pages, before = [], at(100)
    for _ in range(4):
        found = store.run(sessions_of("ann", before=before, limit=10))
        pages.append([each.public_id for each in found])
        before = found[-1].session.started_at if found else before
    assert [len(page) for page in pages] == [10, 10, 5, 0]
    assert [each for page in pages for each in page] == [f"s{number:02}" for number in range(24, -1, -1)]


def test_sessions_that_start_at_once_go_by_public_id(store: Store) -> None:
    put(store, *(event(at(60), session=session) for session in ["b", "é", "Z", "a", "가"]))
    put(store, event(at(0), session="b"))
    assert ids(store, "ann") == ["Z", "a", "b.2", "é", "가", "b"]
    assert ids(store, "ann", limit=2) == ["Z", "a"]


def test_the_number_counts_all_sessions_of_the_client_whoever_it_was(store: Store) -> None:
    put(store, event(at(0), visitor="ann"), event(at(60), visitor="bob"), event(at(120), visitor="ann"))
    assert ids(store, "ann") == ["s.3", "s"]
    assert ids(store, "bob") == ["s.2"]


def test_a_session_is_of_the_visitor_that_is_known_last(store: Store) -> None:
    """Someone who logs in during a session has been there as the user."""
    put(store, event(at(0), visitor="~anonymous"), event(at(1), visitor="user-7"))
    assert ids(store, "user-7") == ["s"]
    assert ids(store, "~anonymous") == []


def test_a_site_has_its_own_visitors(shop: Store) -> None:
    put(shop, event(at(5), session="x", site="blog.example"))
    assert ids(shop, "ann", site_id="blog.example") == ["x"]
    assert ids(shop, "ann", site_id="nobody.example") == []


def test_an_event_that_comes_late_may_join_two_sessions_or_number_them_anew(shop: Store) -> None:
    put(shop, event(at(31)))  # between 0..1 and 60
    assert ids(shop, "ann") == ["t", "s"]
    put(shop, event(at(-60)))
    assert ids(shop, "ann") == ["t", "s.2", "s"]


def test_sessions_that_are_over_are_told_like_those_that_go_on(
    shop: Store, clock: Clock, reopen: Callable[[], Store]
) -> None:
    clock.now = at(0) + DAY
    put(shop, event(clock.now))
    everything = {"before": clock.now + 1}
    assert ids(shop, "ann", **everything) == ["s.3", "s.2", "t", "s"]
    assert ids(reopen(), "ann", **everything) == ["s.3", "s.2", "t", "s"]


def test_a_session_begun_an_hour_ago_is_numbered_after_one_of_last_week(store: Store, clock: Clock) -> None:
    """Also when memory holds only the later one."""
    put(store, event(at(0)))
    clock.now = at(0) + 7 * DAY - HOUR
    put(store, event(clock.now, session="other", visitor="bob"))
    clock.now += HOUR
    put(store, event(clock.now))
    assert ids(store, "ann", before=clock.now + 1) == ["s.2", "s"]


def test_what_was_purged_is_no_session_any_more(shop: Store) -> None:
    shop.purge(at(30))
    assert ids(shop, "ann") == ["s", "t"]  # s.2 is the first one now
