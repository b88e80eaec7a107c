"""Stopping and starting: nothing that was answered is lost, nothing is doubled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.factories import THAT_DAY, Clock, at, batch, event, put, query, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.store.base import Store


def test_everything_is_there_after_a_restart(store: Store, reopen: Callable[[], Store]) -> None:
    put(store, event(at(0), page="/a"), event(at(1), "conversion"), event(at(60), visitor="bob"))
    asked = query("events", "page_views", "visitors", "sessions", "avg_duration", "conversion_rate", by="page")
    rows, ledger, events = table(store, asked), store.ledger(None, THAT_DAY), store.session_events("s")
    again = reopen()
    assert table(again, asked) == rows
    assert again.ledger(None, THAT_DAY) == ledger
    assert again.session_events("s") == events


def test_a_retry_after_a_restart_counts_once(store: Store, reopen: Callable[[], Store]) -> None:
    sent = event()
    put(store, sent)
    assert put(reopen(), sent) == ([], 1)


def test_a_session_goes_on_after_a_restart(store: Store, reopen: Callable[[], Store], clock: Clock) -> None:
    put(store, event(at(0), page="/in"))
    again = reopen()
    put(again, event(at(10), page="/out"))
    clock.now = at(10)
    [live] = again.live("shop.example", clock.now).sessions
    assert (live.session.entry_page, live.session.exit_page, live.session.events) == ("/in", "/out", 2)


def test_a_late_event_bridges_sessions_from_before_the_restart(store: Store, reopen: Callable[[], Store]) -> None:
    put(store, event(at(0)), event(at(60)))
    again = reopen()
    put(again, event(at(30)))
    assert table(again, query("sessions", "events")) == [(1, 3)]


def test_many_restarts_change_nothing(store: Store, reopen: Callable[[], Store]) -> None:
    put(store, event(at(0)), event(at(60)))
    for minute in (1, 2, 3):
        store = reopen()
        put(store, event(at(minute)))
    assert table(reopen(), query("sessions", "events")) == [(2, 5)]


def test_what_was_accepted_is_written_when_the_store_closes(store: Store, reopen: Callable[[], Store]) -> None:
    waiting = [store.record(batch(event(at(0, ms=each)))) for each in range(50)]
    again = reopen()
    assert all(each.done() for each in waiting)
    assert table(again, query("events")) == [(50,)]


def test_closing_twice_is_fine(store: Store) -> None:
    store.close()
    store.close()
