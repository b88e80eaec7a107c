"""Copying between two stores, with a destination that is busy at times, or late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from liveinsight.copying import Copy, patience, patient
from liveinsight.copying import copy as copying
from liveinsight.errors import InvalidInput, StoreUnavailable
from liveinsight.stats.period import Period
from liveinsight.store.memory import MemoryStore
from tests.factories import DAY, MINUTE, NOON, SITE, at, event, put, query, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from liveinsight.stats.question import Question, R
    from liveinsight.store.base import Arrivals, LedgerRow, Store


def nothing(_done: int, _total: int) -> None:
    pass


def copied(source: Store, destination: Store) -> dict[str, tuple[int, int]]:
    """Copy the site; gives what both say afterwards."""
    copy = Copy(source, destination)
    copy.documents(SITE, "here", is_mixed=False)
    found = copy.events(SITE, nothing)
    copy.settle(SITE, found, nothing, is_mixed=False)
    copy.ledger(SITE, found, nothing, is_mixed=False)
    return {name: (one, other) for name, one, other, _ in copy.compare(SITE, found)}


@pytest.fixture
def source() -> MemoryStore:
    store = MemoryStore()
    for day in range(5):
        put(store, event(NOON - day * DAY, session=f"s{day}"), event(NOON - day * DAY + 1, "click", session=f"s{day}"))
    return store


def test_a_store_that_is_busy_is_asked_again(source: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    class Busy(MemoryStore):
        """Takes and answers every second time only."""

        calls = 0

        def restore(self, arrived: Arrivals, ledger: Sequence[LedgerRow] = ()) -> None:
            self._refuse()
            super().restore(arrived, ledger)

        def run(self, question: Question[R]) -> R:
            self._refuse()
            return super().run(question)

        def _refuse(self) -> None:
            self.calls += 1
            if self.calls % 2:
                raise StoreUnavailable(retry_after=0)

    told = copied(source, patient(Busy()))
    assert told["events"] == (10, 10)
    assert told["stored"] == (10, 10)
    monkeypatch.setattr(patience, "PATIENCE_S", -1)
    with pytest.raises(StoreUnavailable):
        copied(source, patient(Busy()))


def test_what_cannot_be_asked_at_once_is_asked_in_parts(source: MemoryStore) -> None:
    class Narrow(MemoryStore):
        """Answers about two days at most."""

        def run(self, question: Question[R]) -> R:
            period: Period = question.period  # type: ignore[attr-defined]
            if period.end - period.start > 2 * DAY:
                msg = "That is too much."
                raise InvalidInput(msg, code="unsupported_query")
            return super().run(question)

    told = copied(source, Narrow())
    assert told["events"] == (10, 10)
    assert told["sessions"] == (5, 5)
    assert told["visitors, added up"] == (4, 4)


def test_the_totals_are_asked_by_the_minute_as_some_stores_can_tell_no_more(source: MemoryStore) -> None:
    class Counting(MemoryStore):
        """Answers from what it counts by the minute."""

        def run(self, question: Question[R]) -> R:
            period: Period = question.period  # type: ignore[attr-defined]
            if period.start % MINUTE or period.end % MINUTE:
                msg = "That is too much."
                raise InvalidInput(msg, code="unsupported_query")
            return super().run(question)

    put(source, event(NOON - 7 * DAY - 1, session="first"), event(NOON + 1, session="last", page="/last"))
    told = copied(source, Counting())
    assert (told["events"], told["sessions"], told["visitors"]) == ((12, 12), (7, 7), (1, 1))


def test_what_comes_while_it_copies_is_counted_once_when_it_is_run_again() -> None:
    class Busy(MemoryStore):
        """Gets another event when it has just told what it has."""

        def arrivals(self, site_id: str) -> Iterator[Arrivals]:
            yield from super().arrivals(site_id)
            put(self, event(session="new"), received_at=at(10))

    source, destination = Busy(), MemoryStore()
    put(source, event(), received_at=at(10))
    assert copied(source, destination)["stored"] == (2, 1)
    assert copied(source, destination)["stored"] == (3, 2)
    assert destination.ledger(SITE, Period(NOON, NOON + DAY))[0].events == 2


def test_a_source_to_which_visitors_keep_coming_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    class Visited(MemoryStore):
        """Gets an event each time it is looked at."""

        looks = 0

        def ledger(self, site_id: str | None, period: Period) -> list[LedgerRow]:
            self.looks += 1
            assert self.looks < 1000
            put(self, event(event_id=f"e{self.looks}"))
            return super().ledger(site_id, period)

    monkeypatch.setattr(copying, "_LOOK_EVERY_S", 0.001)
    monkeypatch.setattr(copying, "_SOURCE_PATIENCE_S", 0.1)
    source = Visited()
    Copy(source, MemoryStore()).let_source_settle(NOON)
    assert source.looks > 1


def test_a_difference_is_found(source: MemoryStore) -> None:
    class Forgetful(MemoryStore):
        """Loses an event."""

        def restore(self, arrived: Arrivals, ledger: Sequence[LedgerRow] = ()) -> None:
            super().restore(arrived._replace(events=arrived.events[1:]), ledger)

    told = copied(source, Forgetful())
    assert told["events"] == (10, 9)
    assert told["page views"] == (5, 4)


def test_an_aggregator_that_does_not_get_on_is_told(source: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "PATIENCE_S", 0.2)
    monkeypatch.setattr(copying, "_LOOK_EVERY_S", 0.01)
    copy = Copy(source, MemoryStore(), is_late=True)
    found = copy.events(SITE, nothing)
    copy.settle(SITE, found, nothing, is_mixed=False)
    found.hours[NOON] += 3
    with pytest.raises(StoreUnavailable, match=r"but 3 of its events are not counted there yet"):
        copy.settle(SITE, found, nothing, is_mixed=False)


def test_in_a_site_that_was_there_stored_events_are_those_that_are_new(source: MemoryStore) -> None:
    destination = MemoryStore()
    [first, *_] = next(source.arrivals(SITE)).events
    put(destination, first, received_at=at(70))  # both had it, in different hours
    copy = Copy(source, destination)
    found = copy.events(SITE, nothing)
    copy.ledger(SITE, found, nothing, is_mixed=True)
    assert sum(found.hours.values()) == 10
    assert sum(row.events for row in destination.ledger(SITE, Period(0, NOON + DAY))) == 10
    assert table(destination, query("events", period=Period(0, NOON + DAY))) == [(10,)]
