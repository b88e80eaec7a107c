"""Who is there now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.factories import MINUTE, NOON, SECOND, SITE, Clock, at, event, put

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.store.base import Live, Store


def live(store: Store, clock: Clock, now: int, site: str = SITE) -> Live:
    clock.now = now
    return store.live(site, now)


def active(store: Store, clock: Clock, now: int) -> list[str]:
    return [each.public_id for each in live(store, clock, now).sessions]


def online(store: Store, clock: Clock, now: int) -> list[str]:
    return [each.public_id for each in live(store, clock, now).sessions if each.session.is_online(now)]


def test_a_session_is_active_for_half_an_hour_after_its_last_event(store: Store, clock: Clock) -> None:
    put(store, event(at(0)))
    assert active(store, clock, at(0)) == ["s"]
    assert active(store, clock, at(30)) == ["s"]
    assert active(store, clock, at(30, ms=1)) == []


def test_a_visitor_is_online_for_five_minutes_after_the_last_event(store: Store, clock: Clock) -> None:
    put(store, event(at(0)), event(at(1), "heartbeat"))
    assert online(store, clock, at(6)) == ["s"]
    assert online(store, clock, at(6, ms=1)) == []


def test_a_visitor_who_left_is_offline_after_ten_seconds(store: Store, clock: Clock) -> None:
    put(store, event(at(0)), event(at(1), "page_exit"))
    assert online(store, clock, at(1) + 10 * SECOND) == ["s"]
    assert online(store, clock, at(1) + 10 * SECOND + 1) == []
    assert active(store, clock, at(1) + 10 * SECOND + 1) == ["s"]


def test_leaving_one_page_for_the_next_is_not_leaving(store: Store, clock: Clock) -> None:
    put(store, event(at(0)), event(at(1), "page_exit"), event(at(1, ms=200), page="/next"))
    assert online(store, clock, at(2)) == ["s"]


def test_an_exit_that_arrives_late_does_not_hide_who_came_back(store: Store, clock: Clock) -> None:
    put(store, event(at(2), page="/back"))
    put(store, event(at(1), "page_exit"))
    assert online(store, clock, at(3)) == ["s"]


def test_the_page_someone_is_on_is_the_last_one_viewed(store: Store, clock: Clock) -> None:
    put(store, event(at(0), page="/a"), event(at(1), page="/b"), event(at(2), "click", "/c"))
    [here] = live(store, clock, at(3)).sessions
    assert here.session.current_page == "/b"


def test_sessions_come_latest_activity_first_then_by_id(store: Store, clock: Clock) -> None:
    put(
        store,
        event(at(1), session="b"),
        event(at(1), session="a"),
        event(at(2), session="z"),
        event(at(0), session="c"),
    )
    assert active(store, clock, at(2)) == ["z", "a", "b", "c"]


def test_a_session_shows_what_it_holds(store: Store, clock: Clock) -> None:
    put(
        store,
        event(at(0), page="/a", source="Naver"),
        event(at(1), "click"),
        event(at(2), "conversion"),
        event(at(3), "scroll"),
        event(at(4), page="/b"),
    )
    [(_, session)] = live(store, clock, at(4)).sessions
    assert (session.started_at, session.last_activity, session.duration) == (at(0), at(4), 4 * MINUTE)
    assert (session.events, session.page_views, session.interactions, session.conversions) == (5, 2, 2, 1)
    assert (session.visitor_id, session.context.source, session.last_type) == ("ann", "Naver", "page_view")


def test_each_site_sees_its_own_visitors(store: Store, clock: Clock) -> None:
    put(store, event(at(0), session="here"), event(at(0), session="there", site="blog.example"))
    there = live(store, clock, at(1), "blog.example")
    assert [each.public_id for each in there.sessions] == ["there"]
    assert sum(there.recent.values()) == 1
    assert live(store, clock, at(1), "nobody.example") == ([], {})


def test_recent_events_are_counted_by_second_and_type(store: Store, clock: Clock) -> None:
    put(store, event(NOON), event(NOON + 999), event(NOON + 999, "click"), event(NOON + 1000))
    second = NOON // 1000
    assert live(store, clock, NOON + 1000).recent == {
        (second, "page_view"): 2,
        (second, "click"): 1,
        (second + 1, "page_view"): 1,
    }


@pytest.mark.parametrize("session", ["same", "other"])
def test_recent_is_three_hundred_whole_seconds(store: Store, clock: Clock, session: str) -> None:
    now = at(10, ms=500)
    last = now // SECOND
    put(store, event((last - 300) * SECOND + 999), event((last - 299) * SECOND), event(now, session=session))
    put(store, event(last * SECOND + 999, session=session), event((last + 1) * SECOND, session=session))
    assert live(store, clock, now).recent == {(last - 299, "page_view"): 1, (last, "page_view"): 2}


def test_late_events_count_in_the_second_when_they_happened(store: Store, clock: Clock) -> None:
    put(store, event(at(9)))
    put(store, event(at(6)), event(at(1)), received_at=at(9))
    assert live(store, clock, at(9)).recent == {(at(9) // 1000, "page_view"): 1, (at(6) // 1000, "page_view"): 1}


def test_a_restart_changes_nothing_about_now(store: Store, reopen: Callable[[], Store], clock: Clock) -> None:
    put(store, event(at(-100)), event(at(-20), session="t"), event(at(0)), event(at(1), "page_exit"))
    before = live(store, clock, at(2))
    assert [each.public_id for each in before.sessions] == ["s.2", "t"]
    assert live(reopen(), clock, at(2)) == before
