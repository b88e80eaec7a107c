"""What the tables must not be asked, and what must not grow."""

from __future__ import annotations

from random import Random
from string import ascii_letters
from typing import TYPE_CHECKING

import pytest

from benchmarks.metered import Metered
from liveinsight.bootstrap import open_dynamodb
from liveinsight.errors import InvalidInput, StoreUnavailable
from liveinsight.service import Analytics
from liveinsight.settings import Settings
from liveinsight.store.dynamodb import DynamoDBStore, keys, reading, visitors
from liveinsight.store.dynamodb.cells.cell import WHOLE, Cell, Segment
from liveinsight.store.dynamodb.cells.crowd import hashed
from liveinsight.store.dynamodb.cells.hours import Hours
from liveinsight.store.dynamodb.chains import State
from liveinsight.store.dynamodb.codec import pack_events
from liveinsight.store.dynamodb.schema import TTL, names
from liveinsight.store.memory import MemoryStore
from tests.dynamodb_local import create_tables, fresh_settings, partition, shared_client
from tests.dynamodb_store.delivered import images
from tests.factories import DAY, HOUR, MINUTE, NOON, SITE, Clock, at, event, local, put, query, sessions_of, table
from tests.store.homes import Home
from tests.store.settled import SettledStore
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from liveinsight.store.base import Store

ITEM_BYTES = 40_000  # a tenth of what DynamoDB allows


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DynamoDBStore]:
    store = Home("dynamodb", tmp_path, Clock()).store
    assert isinstance(store, DynamoDBStore)
    yield store
    store.close()


def test_a_session_of_thousands_of_events_is_kept_in_small_items(store: DynamoDBStore) -> None:
    words = [f"{number:x}" * 60 for number in range(3000)]
    events = [
        event(at(ms=number * 1000), "scroll", event_id=f"e{number}", page_title=w) for number, w in enumerate(words)
    ]
    for start in range(0, len(events), 200):
        put(store, *events[start : start + 200], received_at=at(60))
    put(store, event(at(-1), page="/first", event_id="late"), received_at=at(60))  # into a chunk that is long full
    assert [each.event_id for each in store.session_events("s")] == ["late", *(each.event_id for each in events)]
    chunks = partition(store._client.names.sessions, keys.joined("chain", "s"))
    assert sum(len(each["events"]) for each in chunks) > ITEM_BYTES > max(len(each["events"]) for each in chunks)
    assert table(store, query("events", "sessions", by="entry_page")) == [("/first", 3001, 1)]
    assert store.purge(at(61)) == (3001, 1)
    assert store.session_events("s") == []
    assert put(store, event(at(2), event_id="late"), received_at=at(62)) == (["late"], 0)
    assert table(store, query("events", "sessions")) == [(1, 1)]


def test_a_quarter_of_an_hour_holds_all_visitors_who_come(store: DynamoDBStore) -> None:
    crowd, ann = Cell(), Cell()
    crowd.visitors.see(hashed(f"v{number}") for number in range(60_000))
    ann.visitors.see([hashed("ann")])
    where, lane, hours = (NOON // (15 * MINUTE), WHOLE, ""), keys.Lane(SITE, 0), Hours(store._client)
    for number, cell in enumerate([crowd, *[Cell()] * 6, ann], 1):  # the eighth piece becomes one with the others
        hours.add(lane, number, Segment({where: cell}))
    day = hours.day(lane, keys.day(NOON))
    assert [(piece.number, piece.tier) for piece in day.pieces[12]] == [(8, 1)]
    [found] = hours.read(lane, {(keys.day(NOON), 12): day.pieces[12]}, now=True)
    assert found[where].visitors.counts == crowd.visitors.counts | ann.visitors.counts


def test_events_of_the_greatest_size_come_back(store: Store) -> None:
    properties = {f"{number:02}" * 32: "한" * 500 for number in range(30)}
    large = [
        event(at(ms=number), event_id=f"e{number}", properties=properties, page_title="가" * 500)
        for number in range(40)
    ]
    put(store, *large, received_at=at(1))
    assert store.session_events("s") == [each._replace(received_at=at(1)) for each in large]


def test_who_makes_up_thousands_of_event_types_holds_up_nobody(store: DynamoDBStore) -> None:
    random = Random(1)
    types = ["".join(random.choices(ascii_letters, k=64)) for _ in range(9000)]
    events = [event(at(ms=number * 20), kind, event_id=f"e{number}") for number, kind in enumerate(types)]
    for start in range(0, len(events), 1000):
        store.aggregator.fold([{"id": "", "made": "", "events": pack_events(events[start : start + 1000])}])
    put(store, event(at(2), session="t"), received_at=at(3))
    live = store.live(SITE, at(3))
    assert {each.public_id: each.session.events for each in live.sessions} == {"s": len(events), "t": 1}
    assert live.recent[events[-1].timestamp // 1000, types[-1]] == 1


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


def test_a_session_that_is_long_counts_as_several(store: DynamoDBStore, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, *(event(at(ms=number), page_title="long " * 90) for number in range(200)), received_at=at(1))
    both = query("events", by=("page", "source"))
    assert table(store, both) == [("/", "", 200)]
    monkeypatch.setattr(reading, "MAX_SESSIONS", 4)
    with pytest.raises(InvalidInput, match="shorter period"):
        table(store, both)


def test_many_long_sessions_are_refused_before_all_of_them_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = fresh_settings()
    create_tables(settings)
    meter = Metered(shared_client("dynamodb"), names(settings)._asdict())
    store = DynamoDBStore(settings, Clock(at(60)), meter)
    for number in range(60):
        events = [event(at(ms=each), session=f"s{number}", page_title="long " * 90) for each in range(20)]
        store._chains.add(State(keys.Chain(SITE, f"s{number}"), {}), events, 1)
    long = [keys.Chain(SITE, f"s{number}") for number in range(60)]
    monkeypatch.setattr(store._reading, "chains_of", lambda *_: long)
    monkeypatch.setattr(reading, "MAX_SESSIONS", 20)
    meter.units.clear()
    with pytest.raises(InvalidInput, match="shorter period"):
        table(store, query("events", by=("page", "source")))
    assert meter.units["read", "query sessions"] <= 2 * 16
    store.close()


def test_the_sessions_of_a_visitor_are_found_without_reading_those_of_all_others(
    store: DynamoDBStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MAX_SESSIONS", 0)
    random, oracle = Random(1), MemoryStore()
    people = ["ann", "bob", "~today", "~then"]
    events = []
    for number in range(60):
        visitor, day = random.choice(people), random.randrange(20)
        day = {"~today": 0, "~then": 12 + day % 2}.get(visitor, day)
        begin = NOON - day * DAY + random.randrange(12 * HOUR)
        events.append(event(begin, session=f"s{number % 50}", visitor=visitor, event_id=f"{number}"))
        if random.random() < 0.3:  # somebody logs in, some of them after midnight
            login = begin + 29 * MINUTE
            events.append(event(login, session=f"s{number % 50}", visitor="ann", event_id=f"{number}.2"))
    for each in (store, oracle):
        put(each, *events[:50], received_at=NOON + DAY)
        put(each, *events[50:], received_at=NOON + DAY)
    for visitor in (*people, "nobody"):
        for before, limit in ((NOON + DAY, 2), (local("2026-03-08"), 100)):
            asked = sessions_of(visitor, before=before, limit=limit)
            assert store.run(asked) == oracle.run(asked)
    store.purge(NOON + 3 * DAY)
    for number in range(2):
        for month in ("2026-02", "2026-03"):
            days = keys.of_lane("days", keys.Lane(SITE, number), month)
            assert partition(store._client.names.sessions, days) == []


def test_a_visitor_who_is_everybody_is_refused_and_his_sessions_are_told_all_the_same(
    store: DynamoDBStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitors, "MAX_SESSIONS", 4)
    put(store, *(event(at(number), session=f"s{number}", visitor="guest") for number in range(5)))
    with pytest.raises(InvalidInput, match="send a user_id of its own for each, or none") as refused:
        store.run(sessions_of("guest"))
    assert refused.value.code == "unsupported_query"
    told = Analytics(store, Settings(sites=(SITE,)), Clock(at(9))).session("s4")
    assert (told["session"]["session_id"], len(told["events"]), told["earlier"]) == ("s4", 1, [])


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


def test_a_purge_writes_nothing_for_events_whose_raw_events_went_long_ago() -> None:
    settings = fresh_settings()
    create_tables(settings)
    meter = Metered(shared_client("dynamodb"), names(settings)._asdict())
    store = SettledStore(settings, Clock(at(60)), meter)
    put(store, *(event(at(number), event_id=f"{number}") for number in range(9)))
    store.settle()
    for item in images(settings):
        shared_client("dynamodb").delete_item(TableName=settings.events_table, Key={"id": {"S": item["id"]}})
    meter.units.clear()
    assert store.purge(at(20)) == (9, 1)
    assert meter.total("write") < 9
    store.close()


def test_work_that_outlives_its_store_is_to_be_done_again_by_another(store: DynamoDBStore) -> None:
    put(store, event(), event(session="t"), event(session="u"))
    store.close()
    with pytest.raises(StoreUnavailable):
        store.purge(at(60))


def test_an_hour_of_the_ledger_that_is_counted_again_after_a_purge_stays() -> None:
    settings = fresh_settings(dynamodb_lanes=1)
    create_tables(settings)
    store = SettledStore(settings, Clock(at(2)))
    put(store, event(event_id="1"), received_at=at(0))
    store.settle()
    assert store.purge(NOON + 60 * MINUTE) == (1, 1)
    ledger = keys.of_lane("ledger", keys.Lane(SITE, 0))
    [emptied] = partition(settings.stats_table, ledger)
    assert TTL in emptied
    put(store, event(event_id="2"), received_at=at(0))
    store.settle()
    [counted] = partition(settings.stats_table, ledger)
    assert counted["events"] == 1
    assert TTL not in counted
    store.close()


def test_who_left_is_soon_read_no_more_by_those_who_ask_who_is_there(store: DynamoDBStore) -> None:
    put(store, event(), received_at=at(1))
    assert len(store.live(SITE, at(30)).sessions) == 1
    [item] = partition(store._client.names.active, keys.of_lane("active", store._lanes.of(SITE, "s")))
    assert at(30) < item[TTL] * 1000 <= at(45)


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
        until(lambda: table(store, query("events", "sessions")) == [(2, 1)])
        assert [each.session.events for each in store.live("shop.example", at(1)).sessions] == [2]
    finally:
        store.close()
