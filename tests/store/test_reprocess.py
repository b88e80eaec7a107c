"""After a rule has changed: what is stored is derived anew, and the numbers are as if the rule had always been so."""

from __future__ import annotations

from collections import Counter
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liveinsight.ingest.outcome import FILTERED, Refusal, Tally
from liveinsight.ingest.outcome import filtered as filter_out
from liveinsight.stats.period import Period
from liveinsight.store.base import LedgerRow, Reprocessed
from liveinsight.store.memory import MemoryStore
from tests.factories import HOUR, NOON, SITE, THAT_DAY, Clock, at, event, put, query, table
from tests.store.homes import REPROCESSING, Home
from tests.store.keeping import filtered, keep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from liveinsight.models.events import StoredEvent
    from liveinsight.store.base import Store

COUNTS = query("events", "page_views", "visitors", "sessions", "avg_duration")
NOTHING = {"changed": 0, "fields": {}, "filtered": {}, "restored": 0, "duplicates": 0, "refiltered": {}}


@pytest.fixture(params=REPROCESSING)
def home(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Home]:
    home = Home(request.param, tmp_path, clock)
    yield home
    home.store.close()


def as_it_is(event: StoredEvent) -> StoredEvent:
    return event


def from_naver(event: StoredEvent) -> StoredEvent:
    return event._replace(context=event.context._replace(source="Naver", channel="search"))


def without_bots(event: StoredEvent) -> StoredEvent | Refusal:
    return filter_out("bot") if "bot" in event.user_agent else event


def reprocess(store: Store, derive: Callable[[StoredEvent], StoredEvent | Refusal], **more: Any) -> Reprocessed:
    asked = {"keep_filtered": True, "progress": lambda *_: None, "agree": lambda _: True, **more}
    return store.reprocess(derive, **asked)


def _now_and_later(store: Store, reopen: Callable[[], Store]) -> Iterator[Store]:
    """The store as it is, then as the next process finds it."""
    yield store
    yield reopen()


def outcomes(store: Store) -> dict[tuple[str, str], int]:
    counts: Counter[tuple[str, str]] = Counter()
    for row in store.ledger(None, THAT_DAY):
        assert row.events > 0
        counts[row.outcome, row.reason] += row.events
    return dict(counts)


def test_events_get_what_the_rules_make_of_them_now(store: Store, reopen: Callable[[], Store]) -> None:
    put(store, event(at(0), source="Direct"), event(at(1), source="Naver", channel="search"), event(at(2), session="t"))
    found = reprocess(store, from_naver)
    assert found == (3, 2, {"source": 2, "channel": 2}, {}, 0, 0, {})
    for each in _now_and_later(store, reopen):
        assert table(each, query("events", by="source")) == [("Naver", 3)]
        assert table(each, query("sessions", by=("source", "channel"))) == [("Naver", "search", 2)]
        assert table(each, COUNTS) == [(3, 3, 1, 2, 30_000.0)]


def test_a_change_within_a_session_that_stays_the_same_is_counted_too(store: Store) -> None:
    put(store, *(event(at(minute), page=page) for minute, page in enumerate(["/in", "/old", "/out"])))
    reprocess(store, lambda each: each._replace(page="/new") if each.page == "/old" else each)
    assert table(store, query("events", by="page")) == [("/in", 1), ("/new", 1), ("/out", 1)]


def test_the_same_again_changes_nothing_and_says_so(store: Store) -> None:
    put(store, event(at(0)), event(at(1)), event(at(2), session="t", user_agent="bot"))
    keep(store, "tool", event(at(3), user_agent="bot"), event(at(4)))

    def both(each: StoredEvent) -> StoredEvent | Refusal:
        return without_bots(from_naver(each))

    assert not reprocess(store, both).is_nothing
    again = reprocess(store, both, agree=pytest.fail)
    assert again._asdict() == {**NOTHING, "events": 5}
    assert again.is_nothing


def test_an_empty_store_has_nothing_to_change(store: Store) -> None:
    assert reprocess(store, from_naver).is_nothing


def test_all_else_stays_as_it_was(store: Store, reopen: Callable[[], Store], clock: Clock) -> None:
    whole = event(
        at(5),
        "conversion",
        "/주문",
        session="세션",
        event_id="order-1",
        user_agent="Mozilla",
        conversion_type="buy",
        value=12.25,
        currency="KRW",
        sent={"clock": "ahead", "screen": "1x1"},
        properties={"plan": "pro", "n": 1, "x": 1.0, "yes": True},
        engaged_ms=5,
        scroll_depth=12,
        browser="Whale",
    )
    put(store, event(at(0), session="세션"), whole, event(at(90), session="세션"), received_at=at(90))
    clock.now = at(91)
    ledger, live = store.ledger(None, THAT_DAY), store.live(SITE, clock.now)
    reprocess(store, from_naver)
    expected = repr(from_naver(whole._replace(received_at=at(90))))
    for each in _now_and_later(store, reopen):
        assert repr(each.session_events("세션")[1]) == expected
        assert each.ledger(None, THAT_DAY) == ledger
        now = each.live(SITE, clock.now)
        assert now.recent == live.recent
        assert [(one.public_id, one.session.events) for one in now.sessions] == [("세션.2", 1)]
        assert [one.session.context.source for one in now.sessions] == ["Naver"]


def test_sessions_go_on_after_it(store: Store, clock: Clock) -> None:
    put(store, event(at(0), page="/in"), event(at(60), page="/again"))
    clock.now = at(61)
    reprocess(store, from_naver)
    put(store, event(at(62), page="/out"), event(at(30)))
    [live] = store.live(SITE, at(62)).sessions
    assert (live.session.entry_page, live.session.exit_page, live.session.events) == ("/in", "/out", 4)
    assert table(store, query("sessions", "events")) == [(1, 4)]


def test_ids_are_still_known_after_it(store: Store) -> None:
    known = event(event_id="x")
    put(store, known)
    reprocess(store, from_naver)
    assert put(store, known) == ([], 1)


@pytest.mark.parametrize("keep_filtered", [True, False])
def test_what_is_filtered_now_leaves_and_the_ledger_follows(
    store: Store, reopen: Callable[[], Store], keep_filtered: bool
) -> None:
    put(store, event(at(0), event_id="b", user_agent="bot"), event(at(1)), received_at=at(1))
    put(store, event(at(2), session="t", user_agent="a bot"), received_at=at(70))
    put(store, event(at(0), event_id="b", user_agent="bot"), received_at=at(70))  # a retry: a duplicate, as it was
    found = reprocess(store, without_bots, keep_filtered=keep_filtered)
    assert found._asdict() == {**NOTHING, "events": 3, "filtered": {"bot": 2}}
    for each in _now_and_later(store, reopen):
        assert table(each, COUNTS) == [(1, 1, 1, 1, 0.0)]
        assert each.session_events("t") == []
        assert each.ledger(None, THAT_DAY) == [
            LedgerRow(SITE, NOON, "filtered", "bot", 1),
            LedgerRow(SITE, NOON, "stored", "", 1),
            LedgerRow(SITE, NOON + HOUR, "duplicates", "", 1),
            LedgerRow(SITE, NOON + HOUR, "filtered", "bot", 1),
        ]
        kept = [(one.reason, one.event.user_agent) for one in filtered(each)]
        assert kept == ([("bot", "a bot"), ("bot", "bot")] if keep_filtered else [])


def test_an_event_that_left_no_longer_makes_its_id_known(store: Store) -> None:
    put(store, event(event_id="x", user_agent="bot"))
    reprocess(store, without_bots)
    assert put(store, event(event_id="x")) == (["x"], 0)


def test_a_session_falls_apart_without_the_event_that_bridged_it(store: Store, clock: Clock) -> None:
    put(store, event(at(0)), event(at(30), user_agent="bot"), event(at(60)))
    clock.now = at(61)
    assert table(store, query("sessions")) == [(1,)]
    reprocess(store, without_bots)
    assert table(store, query("sessions", "events")) == [(2, 2)]
    assert [one.public_id for one in store.live(SITE, clock.now).sessions] == ["s.2"]


def test_kept_ones_that_are_not_filtered_now_come_in(store: Store, reopen: Callable[[], Store], clock: Clock) -> None:
    put(store, event(at(0)))
    keep(store, "bot", event(at(30), event_id="k"), received_at=at(31))
    put(store, event(at(60)))
    clock.now = at(61)
    found = reprocess(store, from_naver)
    assert found == (3, 2, {"source": 2, "channel": 2}, {}, 1, 0, {})
    for each in _now_and_later(store, reopen):
        assert table(each, query("events", "sessions", by="source")) == [("Naver", 3, 1)]
        assert [one.event_id for one in each.session_events("s")][1] == "k"
        assert [one.public_id for one in each.live(SITE, clock.now).sessions] == ["s"]
        assert outcomes(each)["stored", ""] == 3
        assert filtered(each) == []
        assert put(each, event(at(30), event_id="k")) == ([], 1)


def test_a_kept_event_whose_id_is_stored_was_a_duplicate(store: Store, reopen: Callable[[], Store]) -> None:
    keep(store, "bot", event(event_id="x"))
    put(store, event(event_id="x", page="/stored"))
    found = reprocess(store, as_it_is)
    assert found._asdict() == {**NOTHING, "events": 2, "duplicates": 1}
    for each in _now_and_later(store, reopen):
        assert table(each, query("events", by="page")) == [("/stored", 1)]
        assert outcomes(each) == {("stored", ""): 1, ("duplicates", ""): 1}
        assert filtered(each) == []
        assert reprocess(each, as_it_is).is_nothing


def test_of_kept_events_with_one_id_the_first_comes_in(store: Store) -> None:
    keep(store, "bot", event(event_id="x", page="/first"))
    keep(store, "bot", event(event_id="x", page="/second"), event(event_id="x", site="b.example"))
    found = reprocess(store, as_it_is)
    assert (found.restored, found.duplicates) == (2, 1)
    assert table(store, query("events", by="page")) == [("/first", 1)]
    assert outcomes(store) == {("stored", ""): 2, ("duplicates", ""): 1}


def test_a_kept_event_takes_the_place_of_one_that_leaves(store: Store) -> None:
    put(store, event(event_id="x", user_agent="bot"))
    keep(store, "bot", event(event_id="x", user_agent="browser"))
    found = reprocess(store, without_bots)
    assert (found.filtered, found.restored, found.duplicates) == ({"bot": 1}, 1, 0)
    assert [one.event.user_agent for one in filtered(store)] == ["bot"]
    assert outcomes(store) == {("stored", ""): 1, ("filtered", "bot"): 1}


def test_a_kept_event_may_be_filtered_for_another_reason(store: Store, reopen: Callable[[], Store]) -> None:
    keep(store, "tool", event(user_agent="bot"), event(user_agent="bot"))
    put(store, event())
    found = reprocess(store, without_bots)
    assert found._asdict() == {**NOTHING, "events": 3, "refiltered": {"bot": 2}}
    for each in _now_and_later(store, reopen):
        assert [one.reason for one in filtered(each)] == ["bot", "bot"]
        assert outcomes(each) == {("stored", ""): 1, ("filtered", "bot"): 2}


def test_filtered_events_that_were_not_kept_stay_counted(store: Store) -> None:
    put(store, refused=(Tally(SITE, FILTERED, "bot", 5),))
    keep(store, "bot", event())
    reprocess(store, as_it_is)
    assert outcomes(store) == {("stored", ""): 1, ("filtered", "bot"): 5}


def test_an_hour_that_the_ledger_has_forgotten_stays_forgotten(store: Store) -> None:
    put(store, event(at(0), user_agent="bot"), received_at=at(1))
    keep(store, "bot", event(at(58), event_id="k"), received_at=at(1))
    put(store, event(at(30)), event(at(58)), event(at(70), user_agent="bot"), received_at=at(70))
    store.purge(NOON + HOUR - 2)
    store.purge(NOON + HOUR - 1)
    keep(store, "bot", event(at(61), event_id="l"), received_at=at(62))
    put(store, event(at(61), session="t"), received_at=at(2))  # the clock was put back: an hour that was over
    store.purge(NOON + HOUR)
    found = reprocess(store, without_bots)
    assert found.filtered == {"bot": 2}
    assert outcomes(store) == {("stored", ""): 3, ("filtered", "bot"): 1}


def test_when_one_does_not_agree_nothing_is_written(store: Store, reopen: Callable[[], Store]) -> None:
    put(store, event(at(0), user_agent="bot"), event(at(1)))
    keep(store, "tool", event(at(2), user_agent="bot"))
    before = (table(store, COUNTS), store.ledger(None, THAT_DAY), filtered(store))
    seen: list[Reprocessed] = []
    found = reprocess(store, lambda each: without_bots(from_naver(each)), agree=seen.append)
    assert seen == [found]
    assert (found.changed, found.filtered, found.refiltered) == (1, {"bot": 1}, {"bot": 1})
    for each in _now_and_later(store, reopen):
        assert (table(each, COUNTS), each.ledger(None, THAT_DAY), filtered(each)) == before


def test_progress_runs_up_to_the_end(store: Store) -> None:
    put(store, *(event(at(minute)) for minute in range(9)), event(user_agent="bot"))
    keep(store, "bot", event())
    seen: list[tuple[int, int]] = []
    reprocess(
        store, lambda each: without_bots(from_naver(each)), progress=lambda done, total: seen.append((done, total))
    )
    assert (11, 11) in seen
    assert all(0 < done <= total for done, total in seen)
    assert seen[-1][0] == seen[-1][1]


def test_a_rule_that_fails_changes_nothing(store: Store) -> None:
    put(store, event(at(0)), event(at(1), page="/bad"))

    def fail(each: StoredEvent) -> StoredEvent:
        if each.page == "/bad":
            raise ZeroDivisionError
        return from_naver(each)

    with pytest.raises(ZeroDivisionError):
        reprocess(store, fail)
    assert table(store, query("events", by="source")) == [("", 2)]
    put(store, event(at(2)))
    assert reprocess(store, from_naver).changed == 3


def test_what_is_recorded_while_it_looks_is_kept_and_counted_once(store: Store) -> None:
    put(store, event(at(0)))
    keep(store, "bot", event(at(1), event_id="x"))

    def agree(_: Reprocessed) -> bool:
        put(store, event(at(2), event_id="x"), event(at(3), event_id="y"))
        return True

    # As when somebody is asked: the collector goes on.
    found = reprocess(store, from_naver, agree=agree)
    assert found.restored + found.duplicates == 1
    assert put(store, event(event_id="x"), event(event_id="y")) == ([], 2)
    total = sum(outcomes(store).values())
    assert total == 6
    assert outcomes(store)["stored", ""] == table(store, query("events"))[0][0]


AGENTS = ["browser", "bot", "tool"]
EVENTS: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    minute=st.sampled_from([0, 1, 29, 31, 60, 95]),
    session=st.sampled_from(["s", "t"]),
    site=st.sampled_from([SITE, "b.example"]),
    event_id=st.sampled_from(["1", "2", "3", "4", "5"]),
    user_agent=st.sampled_from(AGENTS),
    kind=st.sampled_from(["page_view", "click"]),
    kept_for=st.sampled_from([None, None, "bot", "tool"]),
    received=st.sampled_from([95, 130]),
)
RULES = st.lists(
    st.dictionaries(st.sampled_from(AGENTS), st.sampled_from(["bot", "tool", "/other"]), max_size=3),
    min_size=1,
    max_size=3,
)


@pytest.mark.parametrize("kind", REPROCESSING)
def test_any_rules_end_the_same_in_every_store(kind: str, tmp_path: Path) -> None:
    home = Home(kind, tmp_path, Clock(at(100)))

    @settings(max_examples=settings().max_examples // 3)  # each writes to the disk many times
    @given(sent=st.lists(EVENTS, max_size=12), rules=RULES, keep_filtered=st.booleans(), later=st.booleans())
    def compare(sent: list[dict[str, Any]], rules: list[dict[str, str]], keep_filtered: bool, later: bool) -> None:
        oracle = MemoryStore()
        home.store.purge(2 * NOON)
        # Not every store knows which came first of what was received at the same time, once it was stored.
        for number, each in enumerate(sorted(sent, key=itemgetter("received"))):
            for store in (home.store, oracle):
                _send(store, number, **each)
        for rule in rules:
            derive = partial(_by_agent, rule)
            found = reprocess(home.store, derive, keep_filtered=keep_filtered)
            assert found == reprocess(oracle, derive, keep_filtered=keep_filtered)
            assert _all_of(home.store) == _all_of(oracle)
        again = home.reopen() if later else home.store
        assert _all_of(again) == _all_of(oracle)
        assert reprocess(again, derive, keep_filtered=keep_filtered).is_nothing

    compare()
    home.store.close()


def _send(store: Store, number: int, *, minute: int, received: int, kept_for: str | None, **fields: Any) -> None:
    one = event(at(minute), **fields)
    moment = at(received, ms=number)
    if kept_for:
        keep(store, kept_for, one, received_at=moment)
    else:
        put(store, one, received_at=moment)


def _by_agent(rule: dict[str, str], each: StoredEvent) -> StoredEvent | Refusal:
    """`rule` says for a user agent which page its events have, or why they are filtered."""
    verdict = rule.get(each.user_agent, each.page)
    return each._replace(page=verdict) if verdict.startswith("/") else filter_out(verdict)


def _all_of(store: Store) -> list[Any]:
    """Everything that one can see."""
    ever = Period(0, 2 * NOON)
    sites = (SITE, "b.example")
    asked = [query("events", "sessions", "avg_duration", "bounce_rate", by="page", site_id=site) for site in sites]
    names = [f"{name}{number}" for name in ("s", "t") for number in ("", ".2", ".3", ".4")]
    return [
        [table(store, one) for one in asked],
        [store.session_events(name, site) for name in names for site in sites],
        [store.live(site, at(100)) for site in sites],
        store.ledger(None, ever),
        filtered(store, period=ever),
    ]
