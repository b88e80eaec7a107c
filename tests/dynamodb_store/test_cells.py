"""Reports from cells: the same numbers as from the sessions themselves, whatever is asked and whatever comes late."""

from __future__ import annotations

import random
import sys
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ReadTimeoutError

from liveinsight.errors import InvalidInput
from liveinsight.stats.period import Period, next_part, part_start, zone
from liveinsight.store.dynamodb import DynamoDBStore, keys, reading
from liveinsight.store.dynamodb.cells import crowd
from liveinsight.store.memory import MemoryStore
from tests.dynamodb_local import create_tables, fresh_settings, partition, shared_client
from tests.dynamodb_store.faulty import Killed
from tests.factories import (
    DAY,
    EVERY_METRIC,
    HOUR,
    MINUTE,
    NOON,
    SITE,
    Clock,
    at,
    event,
    local,
    put,
    query,
    table,
    where,
    without,
)
from tests.store.settled import SettledStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from liveinsight.models.events import StoredEvent
    from liveinsight.settings import Settings
    from liveinsight.stats.filters import Condition
    from liveinsight.stats.query import Query
    from liveinsight.store.base import Store

NOW = local("2026-05-03 16:47")
BEGIN = local("2026-03-20 03:00")
ZONES = ("UTC", "Asia/Seoul", "Europe/Paris", "Asia/Kolkata", "America/New_York")
PAGES = ("/", "/a", "/b", "/c")
KINDS = ("page_view", "page_view", "heartbeat", "scroll", "click", "conversion", "page_exit")
PAUSES = (1000, 30_000, 4 * MINUTE, 14 * MINUTE, 29 * MINUTE, 29 * MINUTE, 40 * MINUTE)
DIMENSIONS = ("page", "source", "country", "event_type", "conversion_type", "currency", "exit_page", "prop:plan")


@pytest.fixture
def settings() -> Settings:
    settings = fresh_settings(dynamodb_lanes=3)
    create_tables(settings)
    return settings


@pytest.fixture
def store(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[SettledStore]:
    """A store that may not read sessions to answer."""
    monkeypatch.setattr(reading, "MAX_SESSIONS", 0)
    store = SettledStore(settings, Clock(NOW))
    yield store
    store.close()


def _traffic(chance: random.Random, sessions: int) -> list[StoredEvent]:
    events = []
    for number in range(sessions):
        moment = NOW - chance.randrange(3 * DAY) if chance.random() < 0.4 else chance.randrange(BEGIN, NOW)
        visitor = f"v{chance.randrange(30)}"
        context = {"source": chance.choice(["Google", "Naver"]), "country": chance.choice(["KR", ""])}
        for _ in range(chance.randrange(1, 9)):
            kind, more = chance.choice(KINDS), dict[str, Any](context)
            if kind in {"heartbeat", "page_exit"}:
                more["engaged_ms"] = chance.randrange(60_000)
            if kind in {"scroll", "page_exit"}:
                more["scroll_depth"] = chance.choice([chance.randrange(100), chance.random() * 100])
            if kind == "conversion":
                more |= {"value": chance.choice([None, 19.99, 0.1]), "currency": chance.choice(["KRW", "USD"])}
                more["conversion_type"] = chance.choice(["buy", ""])
            if chance.random() < 0.3:
                more["properties"] = {"plan": chance.choice(["pro", True, 3])}
            if chance.random() < 0.2:
                more["source"] = "Late"
            if moment < NOW:
                events.append(event(moment, kind, chance.choice(PAGES), session=f"s{number}", visitor=visitor, **more))
            moment += chance.choice(PAUSES)
            visitor = visitor if chance.random() < 0.95 else "signed-in"
    chance.shuffle(events)
    return events


def _question(chance: random.Random) -> Query:
    timezone = chance.choice(ZONES)
    start, end = sorted(chance.randrange(BEGIN - 2 * DAY, NOW + 3 * DAY) for _ in range(2))
    dimension = chance.choice([None, *DIMENSIONS])
    interval = chance.choice([None, None, "hour", "day", "week", "month"] + ([] if dimension else ["minute"]))
    if interval in {"hour", "minute"}:
        start = max(start, end - 2 * DAY)
    cut = "hour" if interval == "minute" else chance.choice(["month", "day", "hour"])
    if chance.random() < 0.6:
        start, end = part_start(start, cut, zone(timezone)), next_part(end, cut, zone(timezone))
    else:
        unit = 15 * MINUTE if dimension else MINUTE
        start, end = start - start % unit, end + unit - end % unit
    filters: tuple[Condition, ...] = ()
    by = [name for name in (interval, dimension) if name]
    if dimension and chance.random() < 0.3:
        some = where(dimension, "is", "/a", "KR", "Google", "click", "buy", "KRW", "pro")
        others: list[Condition] = [some, where(dimension, "contains", "o"), without(where(dimension, "is", ""))]
        filters = (chance.choice(others),)
    if filters and dimension in {"source", "country", "exit_page"} and chance.random() < 0.5:
        by.remove(dimension)
    return query(*EVERY_METRIC, by=tuple(by), where=filters, period=Period(start, end), timezone=timezone)


def _agree(store: Store, oracle: Store, asked: Query) -> None:
    found, expected = table(store, asked), table(oracle, asked)
    assert len(found) == len(expected), asked
    for row, other in zip(found, expected, strict=True):
        assert row == tuple(pytest.approx(each) if isinstance(each, float) else each for each in other), asked


@pytest.mark.parametrize("seed", [1, 2])
def test_what_cells_say_is_what_the_sessions_say(store: SettledStore, seed: int) -> None:
    chance, oracle = random.Random(seed), MemoryStore()
    events = _traffic(chance, 120)
    while events:
        size = chance.choice([1, 3, 20, 100])
        for each in (store, oracle):
            put(each, *events[:size], received_at=NOW)
        events = events[size:]
        if chance.random() < 0.3:
            store.settle()
    for _ in range(60):
        _agree(store, oracle, _question(chance))
        if chance.random() < 0.1:  # what was worked out before does not hold any more
            session = f"s{chance.randrange(120)}"
            late = event(chance.randrange(BEGIN, NOW), session=session, visitor="late", source="Late")
            for each in (store, oracle):
                put(each, late, received_at=NOW)
    before = local("2026-04-10 13:20")
    assert store.purge(before) == oracle.purge(before)
    for _ in range(20):
        _agree(store, oracle, _question(chance))


def test_the_same_hour_of_two_days_is_not_mixed_up(store: SettledStore) -> None:
    put(store, event(page="/a"), event(NOON + DAY, page="/b"), received_at=NOW)
    asked = query("events", by=("hour", "page"), period=Period(NOON - HOUR, NOON + DAY + HOUR))
    assert table(store, asked) == [(NOON, "/a", 1), (NOON + DAY, "/b", 1)]


def test_many_visitors_are_told_within_two_percent_and_all_else_exactly(
    store: SettledStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowd, "EXACT", 200)
    visitors = 1600
    views = [
        event(NOON + number * 20_000, session=f"s{number}", visitor=f"v{number}", country="KR" if number % 9 else "JP")
        for number in range(visitors)
    ]
    for start in range(0, visitors, 200):
        put(store, *views[start : start + 200], received_at=NOW)
    whole = Period(local("2026-03-01"), local("2026-04-01"))
    [(events, sessions, found)] = table(store, query("events", "sessions", "visitors", period=whole))
    assert (events, sessions) == (visitors, visitors)
    assert found == pytest.approx(visitors, rel=0.02)
    by_country = query("visitors", "page_views", by="country", period=whole)
    few = len([number for number in range(visitors) if number % 9 == 0])
    (korea, many, views_there), japan = table(store, by_country)
    assert (korea, views_there) == ("KR", visitors - few)
    assert many == pytest.approx(visitors - few, rel=0.02)
    assert japan == ("JP", few, few)
    assert table(store, query("visitors", period=Period(NOON, NOON + HOUR))) == [(180,)]


def test_where_there_is_no_package_of_sketches_a_question_about_many_visitors_is_refused_and_says_why(
    store: SettledStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowd, "EXACT", 5)
    monkeypatch.setitem(sys.modules, "datasketches", None)  # as on a Python that it does not know yet
    put(store, *(event(at(each), session=f"s{each}", visitor=f"v{each}") for each in range(9)), received_at=NOW)
    with pytest.raises(InvalidInput, match=r"run LiveInsight on Python 3\.11 to 3\.13") as refused:
        table(store, query("visitors"))
    assert refused.value.code == "unsupported_query"


def test_an_hour_that_is_added_to_often_is_kept_in_few_items(store: SettledStore, settings: Settings) -> None:
    for number in range(60):
        put(store, event(at(number / 2), session="s", event_id=f"e{number}"), received_at=NOW)
        store.settle()
    assert table(store, query("events", "sessions", "page_views")) == [(60, 1, 60)]
    lane = store._lanes.of(SITE, "s")
    items = partition(settings.stats_table, keys.of_lane("cells", lane, keys.day(NOON)))
    assert 0 < len(items) < 20


def test_what_a_purge_did_not_come_to_remove_goes_when_it_is_finished_by_another(
    store: SettledStore, settings: Settings
) -> None:
    class Lost:
        """The answer to the write that makes the pieces of a day count is lost."""

        def __init__(self) -> None:
            self.lost = 0

        def __getattr__(self, operation: str) -> Any:
            call = getattr(shared_client("dynamodb"), operation)
            return (lambda **asked: self._put(call, asked)) if operation == "put_item" else call

        def _put(self, call: Any, asked: dict[str, Any]) -> Any:
            answer = call(**asked)
            if "hours" in asked["Item"]["pk"]["S"].split(keys.BETWEEN) and not self.lost:
                self.lost += 1
                raise ReadTimeoutError(endpoint_url="dynamodb")
            return answer

    put(store, event(properties={"email": "ann@home.example"}), received_at=NOW)
    assert table(store, query("events", by="prop:email")) == [("ann@home.example", 1)]
    aws = Lost()
    other = SettledStore(settings, Clock(NOW), aws)
    assert other.purge(NOON + HOUR) == (1, 1)
    other.close()
    assert aws.lost == 1
    for lane in store._lanes.of_site(SITE):
        assert partition(settings.stats_table, keys.of_lane("cells", lane, keys.day(NOON))) == []


def test_visitors_who_go_on_to_another_page_are_no_longer_at_the_first_however_many(
    store: SettledStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowd, "EXACT", 100)
    many, stay = 600, 60
    for kind, page, minutes in (("first", "/", 0), ("then", "/next", 2)):
        views = [
            event(
                at(minutes, number), page=page, session=f"s{number}", visitor=f"v{number}", event_id=f"{kind}{number}"
            )
            for number in range(many if kind == "first" else many - stay)
        ]
        for start in range(0, len(views), 75):
            put(store, *views[start : start + 75], received_at=NOW)
            store.settle()
    rows = {
        page: (sessions, visitors)
        for page, sessions, visitors in table(store, query("sessions", "visitors", by="exit_page"))
    }
    assert rows["/"] == (stay, stay)
    assert rows["/next"][1] == pytest.approx(many - stay, rel=0.02)


def test_a_report_that_is_asked_while_events_come_only_grows(store: SettledStore, settings: Settings) -> None:
    def fold() -> None:
        for number in range(40):
            put(store, event(at(number / 2), session="s", event_id=f"e{number}"), received_at=NOW)
            store.settle()

    reader, folding, found = DynamoDBStore(settings, Clock(NOW), shared_client("dynamodb")), Thread(target=fold), [0]
    folding.start()
    while folding.is_alive():
        found += [events for (events,) in table(reader, query("events"))]
    assert found == sorted(found)
    assert table(reader, query("events")) == [(40,)]
    reader.close()


def test_a_day_that_another_process_just_put_together_is_not_empty(store: SettledStore, settings: Settings) -> None:
    class Behind:
        """Shows what was kept of a dimension to those alone who ask for it as it is this moment."""

        def __getattr__(self, operation: str) -> Any:
            call = getattr(shared_client("dynamodb"), operation)
            return (lambda **asked: self._query(call(**asked), asked)) if operation == "query" else call

        def _query(self, answer: Any, asked: dict[str, Any]) -> Any:
            pk, low = (asked["ExpressionAttributeValues"].get(name, {}).get("S", "") for name in (":pk", ":low"))
            if pk.startswith("rollup") and low.startswith("page") and not asked["ConsistentRead"]:
                answer["Items"] = []
            return answer

    put(store, event(page="/a"), received_at=NOW)
    assert table(store, query("events", by="page")) == [("/a", 1)]
    other = DynamoDBStore(settings, Clock(NOW), Behind())
    assert table(other, query("events", by="page")) == [("/a", 1)]
    assert table(other, query("events", by="source")) == [("", 1)]
    other.close()


def test_a_day_over_which_somebody_writes_what_it_was_before_is_put_together_anew(
    store: SettledStore, settings: Settings
) -> None:
    def pages() -> list[tuple[Any, ...]]:
        other = DynamoDBStore(settings, Clock(NOW), shared_client("dynamodb"))
        try:
            return table(other, query("events", by="page"))
        finally:
            other.close()

    put(store, event(page="/a"), received_at=NOW)
    assert table(store, query("events", by="page")) == [("/a", 1)]
    made = partition(settings.stats_table, keys.joined("rollup", SITE, "UTC"))
    [before] = [item for item in made if keys.parts_of(item["sk"])[0] == "page"]
    put(store, event(at(1), page="/b"), received_at=NOW)
    assert table(store, query("events", by="source")) == [("", 2)]
    assert pages() == [("/a", 1), ("/b", 1)]
    store._client.put(settings.stats_table, before)  # it was on its way for long
    assert pages() == pages() == [("/a", 1), ("/b", 1)]


def test_a_purge_that_dies_leaves_no_day_without_its_numbers(store: SettledStore, settings: Settings) -> None:
    class Dying:
        """Dies when it has deleted the first of what was put together."""

        deleted = 0

        def __getattr__(self, operation: str) -> Any:
            call = getattr(shared_client("dynamodb"), operation)
            return (lambda **asked: self._write(call, asked)) if operation == "batch_write_item" else call

        def _write(self, call: Any, asked: dict[str, Any]) -> Any:
            [requests] = asked["RequestItems"].values()
            if "DeleteRequest" in requests[0] and requests[0]["DeleteRequest"]["Key"]["pk"]["S"].startswith("rollup"):
                self.deleted += 1
            if self.deleted > 1:
                raise Killed
            return call(**asked)

    midnight = local("2026-03-11")
    put(store, event(midnight - 5 * MINUTE), event(midnight + 5 * MINUTE), received_at=NOW)
    assert table(store, query("events")) == [(1,)]
    other = SettledStore(settings, Clock(NOW), Dying())
    with pytest.raises(Killed):
        other.purge(midnight)  # the session goes on after it, and stays
    other.close()
    reader = DynamoDBStore(settings, Clock(NOW), shared_client("dynamodb"))
    assert table(reader, query("events")) == [(1,)]
    reader.close()


def test_what_was_purged_is_in_no_cell(store: SettledStore, settings: Settings) -> None:
    put(store, event(visitor="ann"), event(NOON + DAY, session="t"), received_at=NOW)
    april = query("visitors", period=Period(local("2026-03-01"), local("2026-04-01")))
    assert table(store, april) == [(1,)]
    assert store.purge(NOON + HOUR) == (1, 1)
    for lane in store._lanes.of_site(SITE):
        assert partition(settings.stats_table, keys.of_lane("cells", lane, keys.day(NOON))) == []
    made = partition(settings.stats_table, keys.joined("rollup", SITE, "UTC"))
    assert {keys.parts_of(item["sk"])[2] for item in made} == {f"{local('2026-03-11'):015}"}
    assert table(store, april) == [(1,)]
