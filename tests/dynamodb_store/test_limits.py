"""What the tables must not be asked, and what must not grow."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from liveinsight.bootstrap import open_dynamodb
from liveinsight.errors import InvalidInput
from liveinsight.store.dynamodb import keys, reading
from liveinsight.store.dynamodb.schema import TTL
from tests.dynamodb_local import create_tables, fresh_settings, partition
from tests.factories import MINUTE, NOON, SITE, Clock, at, event, put, query, table
from tests.store.homes import Home
from tests.store.settled import SettledStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from liveinsight.store.base import Store

ITEM_BYTES = 40_000  # a tenth of what DynamoDB allows


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    home = Home("dynamodb", tmp_path, Clock())
    yield home.store
    home.store.close()


def test_a_session_of_thousands_of_events_is_kept_in_small_items(store: Store) -> None:
    words = [f"{number:x}" * 60 for number in range(3000)]
    events = [
        event(at(ms=number * 1000), "scroll", event_id=f"e{number}", page_title=w) for number, w in enumerate(words)
    ]
    for start in range(0, len(events), 200):
        put(store, *events[start : start + 200], received_at=at(60))
    put(store, event(at(-1), page="/first", event_id="late"), received_at=at(60))  # into a chunk that is long full
    assert [each.event_id for each in store.session_events("s")] == ["late", *(each.event_id for each in events)]
    assert table(store, query("events", "sessions", by="entry_page")) == [("/first", 3001, 1)]
    assert store.purge(at(61)) == (3001, 1)
    assert store.session_events("s") == []
    assert put(store, event(at(2), event_id="late"), received_at=at(62)) == (["late"], 0)
    assert table(store, query("events", "sessions")) == [(1, 1)]


def test_events_of_the_greatest_size_come_back(store: Store) -> None:
    properties = {f"{number:02}" * 32: "한" * 500 for number in range(30)}
    large = [
        event(at(ms=number), event_id=f"e{number}", properties=properties, page_title="가" * 500)
        for number in range(40)
    ]
    put(store, *large, received_at=at(1))
    assert store.session_events("s") == [each._replace(received_at=at(1)) for each in large]


def test_too_many_sessions_for_one_question_are_refused_with_what_to_do(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, *(event(session=f"s{number}") for number in range(5)))
    both = query("sessions", by=("page", "source"))
    assert table(store, both) == [("/", "", 5)]
    monkeypatch.setattr(reading, "MAX_SESSIONS", 4)
    with pytest.raises(InvalidInput, match="shorter period") as refused:
        table(store, both)
    assert refused.value.code == "unsupported_query"
    assert table(store, query("sessions", by="page")) == [("/", 5)]


def test_nothing_of_a_session_goes_of_itself_as_its_site_may_keep_it_for_longer_than_others() -> None:
    settings = fresh_settings(retention_days=1, raw_event_hours=24)
    create_tables(settings)
    store = SettledStore(settings, Clock(at(2)))
    put(store, event())
    assert table(store, query("events")) == [(1,)]
    day = keys.of_lane("days", keys.lane_of(keys.Chain(SITE, "s"), settings.dynamodb_lanes), "2026-03")
    for pk in (keys.joined("chain", "s"), day):
        [item] = partition(settings.sessions_table, pk)
        assert TTL not in item
    assert store.purge(0, {SITE: at(1)}) == (1, 1)
    [emptied] = partition(settings.sessions_table, keys.joined("chain", "s"))
    assert emptied[TTL] > at(1) // 1000
    store.close()


@pytest.mark.parametrize("odd", ["\x1f", "\x1e", "a\x1fb", "\x1eb", "\x1e\x1f", " "])
def test_ids_that_look_like_keys_stay_apart(store: Store, odd: str) -> None:
    names = [odd, f"{odd}{odd}", f"x{odd}", "x"]
    put(store, *(event(session=name, event_id=name, page=f"/{number}") for number, name in enumerate(names)))
    assert [[each.page for each in store.session_events(name)] for name in names] == [["/0"], ["/1"], ["/2"], ["/3"]]
    assert table(store, query("events", "sessions")) == [(4, 4)]


def test_a_store_that_aggregates_needs_nobody_else() -> None:
    settings = fresh_settings(aggregate=True)
    create_tables(settings)
    store = open_dynamodb(settings, Clock(at(1)))
    try:
        put(store, event(NOON), event(NOON + MINUTE))
        until = time.monotonic() + 30
        while table(store, query("events", "sessions")) != [(2, 1)] and time.monotonic() < until:
            time.sleep(0.1)
        assert table(store, query("events", "sessions")) == [(2, 1)]
        assert [each.session.events for each in store.live("shop.example", at(1)).sessions] == [2]
    finally:
        store.close()
