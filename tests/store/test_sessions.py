"""How events become sessions, seen through what a store answers. Minutes are minutes after noon."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.factories import MINUTE, SITE, Clock, at, event, put, query, table

if TYPE_CHECKING:
    from liveinsight.models.sessions import Session
    from liveinsight.store.base import Store

SUMMARY = query("sessions", "bounce_rate", "avg_duration", "views_per_session")


def minutes(store: Store, session_id: str) -> list[float]:
    """When the events of a session happened."""
    return [(each.timestamp - at()) / MINUTE for each in store.session_events(session_id)]


def now(store: Store, clock: Clock, site: str = SITE) -> dict[str, Session]:
    """The active sessions by public id."""
    return {each.public_id: each.session for each in store.live(site, clock.now).sessions}


def test_half_an_hour_of_silence_is_still_one_session(store: Store) -> None:
    put(store, event(at(0)), event(at(30)))
    assert table(store, SUMMARY) == [(1, 0.0, 30.0 * MINUTE, 2.0)]


def test_one_millisecond_more_is_two_sessions(store: Store) -> None:
    put(store, event(at(0)), event(at(30, ms=1)))
    assert table(store, SUMMARY) == [(2, 1.0, 0.0, 1.0)]
    assert [len(store.session_events(each)) for each in ("s", "s.2", "s.3", "s.1")] == [1, 1, 0, 0]


def test_a_late_event_joins_the_session_it_belongs_to(store: Store, clock: Clock) -> None:
    put(store, event(at(10), page="/b"))
    put(store, event(at(0), page="/a"))
    put(store, event(at(5), page="/c"))
    assert minutes(store, "s") == [0, 5, 10]
    session = now(store, clock)["s"]
    assert (session.entry_page, session.exit_page, session.duration) == ("/a", "/b", 10 * MINUTE)


def test_a_late_event_just_too_early_is_a_session_of_its_own(store: Store) -> None:
    put(store, event(at(40)))
    put(store, event(at(10, ms=-1)))
    assert minutes(store, "s.2") == [40]


def test_a_late_event_can_bridge_two_sessions(store: Store) -> None:
    put(store, event(at(0)), event(at(60), "click"))
    assert table(store, SUMMARY) == [(2, 0.5, 0.0, 0.5)]
    put(store, event(at(30)))
    assert table(store, SUMMARY) == [(1, 0.0, 60.0 * MINUTE, 2.0)]
    assert minutes(store, "s") == [0, 30, 60]
    assert store.session_events("s.2") == []


def test_a_late_first_session_renumbers_the_later_ones(store: Store, clock: Clock) -> None:
    clock.now = at(200)
    put(store, event(at(100)), event(at(200)))
    assert [minutes(store, each) for each in ("s", "s.2")] == [[100], [200]]
    put(store, event(at(0)))
    assert [minutes(store, each) for each in ("s", "s.2", "s.3")] == [[0], [100], [200]]
    assert list(now(store, clock)) == ["s.3"]


def test_two_tabs_with_one_session_id_are_one_session(store: Store) -> None:
    put(store, event(at(0), page="/tab-1"), event(at(2), page="/tab-1"))
    put(store, event(at(1), page="/tab-2"), event(at(3), "page_exit", page="/tab-2"))
    assert table(store, SUMMARY) == [(1, 0.0, 3.0 * MINUTE, 3.0)]


def test_one_session_id_on_two_sites_is_two_sessions(store: Store) -> None:
    put(store, event(at(0), site="a.example"), event(at(1), site="b.example", page="/b"))
    assert [each.page for each in store.session_events("s", "a.example")] == ["/"]
    assert [each.page for each in store.session_events("s", "b.example")] == ["/b"]
    assert [each.page for each in store.session_events("s")] == ["/b"]  # the later activity
    assert store.session_events("s", "c.example") == []


def test_sessions_as_late_as_each_other_on_two_sites_go_by_the_name_of_the_site(store: Store) -> None:
    put(store, event(at(1), site="b.example"), event(at(1), site="a.example"))
    assert [each.site_id for each in store.session_events("s")] == ["a.example"]


def test_an_id_chosen_by_a_client_goes_before_a_numbered_one(store: Store) -> None:
    put(store, event(at(0)), event(at(60)), event(at(-60), page="/literal", session="s.2"))
    assert [each.page for each in store.session_events("s.2")] == ["/literal"]


@pytest.mark.parametrize("unknown", ["", "t", "s.0", "s.1", "s.02", "s.²", "s.", "s.-2", "S", "s.99999999999999999999"])
def test_what_is_no_id_of_a_session_has_no_events(store: Store, unknown: str) -> None:
    put(store, event(at(0)), event(at(60)))
    assert store.session_events(unknown) == []


@pytest.mark.parametrize(
    ("kinds", "bounce_rate"),
    [
        (["page_view"], 1.0),
        (["page_view", "heartbeat", "scroll", "web_vital", "page_exit"], 1.0),
        (["heartbeat"], 1.0),
        (["page_view", "page_view"], 0.0),
        (["page_view", "click"], 0.0),
        (["conversion"], 0.0),
        (["page_view", "my:own.type"], 0.0),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_a_bounce_is_one_page_at_most_and_nothing_done(store: Store, kinds: list[str], bounce_rate: float) -> None:
    put(store, *(event(at(number), kind) for number, kind in enumerate(kinds)))
    assert table(store, query("bounce_rate")) == [(bounce_rate,)]


def test_entry_and_exit_are_the_first_and_last_page_view(store: Store) -> None:
    put(
        store,
        event(at(0), "click", "/clicked"),
        event(at(1), page="/in"),
        event(at(2), page="/out"),
        event(at(3), "heartbeat", "/beat"),
    )
    assert table(store, query("sessions", by=("entry_page", "exit_page"))) == [("/in", "/out", 1)]


def test_without_a_page_view_the_first_event_says_the_page(store: Store) -> None:
    put(store, event(at(1), "click", "/second"), event(at(0), "click", "/first"))
    assert table(store, query("sessions", by=("entry_page", "exit_page"))) == [("/first", "/first", 1)]


def test_events_of_one_millisecond_go_by_their_ids(store: Store) -> None:
    put(store, event(at(0), page="/b", event_id="b", source="B", visitor="bob"))
    put(store, event(at(0), page="/c", event_id="c", source="C", visitor="cid"))
    put(store, event(at(0), page="/a", event_id="a", source="A", visitor="ann"))
    assert table(store, query("sessions", by=("entry_page", "exit_page"))) == [("/a", "/c", 1)]
    assert table(store, query("events", by="source")) == [("A", 3)]
    assert [each.event_id for each in store.session_events("s")] == ["a", "b", "c"]


def test_ids_are_compared_by_code_point_in_every_alphabet(store: Store) -> None:
    ids = ["Z", "a", "é", "가", "\uffee", "😀"]
    put(store, *(event(at(0), page=f"/{each}", event_id=each) for each in reversed(ids)))
    assert [each.event_id for each in store.session_events("s")] == ids
    assert table(store, query("sessions", by=("entry_page", "exit_page"))) == [("/Z", "/😀", 1)]


def test_what_a_session_is_from_is_said_by_its_first_event_also_when_that_comes_late(store: Store) -> None:
    put(store, event(at(5), source="Direct", country="US"))
    put(store, event(at(0), source="Naver", country="KR"))
    assert table(store, query("sessions", "events", by=("source", "country"))) == [("Naver", "KR", 1, 2)]


def test_the_visitor_of_a_session_is_the_last_known_one(store: Store, clock: Clock) -> None:
    """Someone who logs in during a session is the user from then on."""
    put(store, event(at(1), visitor="user-7"), event(at(0), visitor="~anonymous"))
    clock.now = at(2)
    assert now(store, clock)["s"].visitor_id == "user-7"
