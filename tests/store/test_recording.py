"""What a store takes: every event once, whole, and accounted for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from liveinsight.ingest.outcome import FILTERED, REJECTED, Tally
from liveinsight.stats.period import Period
from liveinsight.store.base import LedgerRow
from tests.factories import DAY, HOUR, NOON, SITE, THAT_DAY, Clock, at, batch, event, put, query, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.models.events import Scalar
    from liveinsight.store.base import Store


def test_new_events_are_given_back_in_order(store: Store) -> None:
    events = [event(NOON + 2, event_id="c"), event(NOON, event_id="a"), event(NOON + 1, event_id="b")]
    assert put(store, *events) == (["c", "a", "b"], 0)
    assert table(store, query("events")) == [(3,)]


def test_an_id_twice_in_a_batch_counts_once_and_the_first_stays(store: Store) -> None:
    first, again = event(page="/first", event_id="x"), event(page="/again", event_id="x")
    assert put(store, first, again) == (["x"], 1)
    assert table(store, query("events", by="page")) == [("/first", 1)]


def test_a_request_sent_again_counts_once(store: Store) -> None:
    events = [event(), event()]
    put(store, *events)
    assert put(store, *events) == ([], 2)
    assert table(store, query("events")) == [(2,)]


def test_only_the_unknown_events_of_a_batch_are_new(store: Store) -> None:
    known, new = event(event_id="known"), event(event_id="new")
    put(store, known)
    assert put(store, new, known) == (["new"], 1)


def test_an_id_belongs_to_its_site_whatever_the_session(store: Store) -> None:
    here = event(event_id="x", session="one")
    same_site = event(event_id="x", session="two")
    other_site = event(event_id="x", session="one", site="blog.example")
    put(store, here)
    assert put(store, same_site) == ([], 1)
    assert put(store, other_site) == (["x"], 0)


@pytest.mark.parametrize("days", [1, 6, 40])
def test_an_id_is_known_however_long_ago_it_came(
    store: Store, reopen: Callable[[], Store], clock: Clock, days: int
) -> None:
    old = event(NOON)
    put(store, old)
    clock.now += days * DAY
    put(store, event(clock.now, session="later"))
    assert put(store, old, received_at=clock.now) == ([], 1)
    assert put(reopen(), old, received_at=clock.now) == ([], 1)


def test_an_empty_batch_is_fine(store: Store) -> None:
    assert put(store) == ([], 0)
    assert store.ledger(None, THAT_DAY) == []


def test_many_requests_at_once_are_all_answered(store: Store) -> None:
    waiting = [store.record(batch(event(NOON + each, event_id=f"x{each // 2}"))) for each in range(200)]
    answers = [each.result(timeout=60) for each in waiting]
    assert [(len(each.stored), each.duplicates) for each in answers] == [(1, 0), (0, 1)] * 100
    assert table(store, query("events")) == [(100,)]


def test_events_sent_from_many_threads_count_once_each(store: Store) -> None:
    batches = [[event(at(number), event_id=f"x{number}"), event(event_id="same")] for number in range(50)]
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda events: put(store, *events), batches * 3))
    assert sum(len(new) for new, _ in answers) == 51
    assert table(store, query("events", "sessions")) == [(51, 1)]


def test_an_event_comes_back_as_it_went_in(store: Store, reopen: Callable[[], Store]) -> None:
    whole = event(
        NOON + 7,
        "conversion",
        "/상품/커피 한 잔",
        session="세션-😀",
        visitor="~0a1b",
        event_id="이벤트'\"\\%_",
        received_at=NOON + 99,
        page_url="https://shop.example/%EC%83%81%ED%92%88?q=1#x",
        page_title="커피 ☕ — \t\u2028 tab",
        user_agent="Mozilla/5.0 (X11; Linux x86_64)",
        conversion_type="구매",
        value=12900.25,
        currency="KRW",
        sent={"referrer": "https://search.naver.com/?q=커피", "element_text": "담기 \ufffd"},
        properties={"plan": "pro", "n": 1, "x": 1.0, "yes": True, "no": False, "빈": ""},
        hostname="shop.example",
        referrer="search.naver.com/search",
        source="Naver",
        channel="search",
        utm_source="nv",
        utm_medium="cpc",
        utm_campaign="봄",
        utm_term="t",
        utm_content="c",
        country="KR",
        region="서울",
        browser="Whale",
        browser_version="4",
        os="Android",
        os_version="15",
        device="mobile",
        screen="360x780",
        language="ko-KR",
    )
    put(store, whole, received_at=NOON + 99)
    assert repr(store.session_events("세션-😀")) == repr([whole])
    assert repr(reopen().session_events("세션-😀")) == repr([whole])


@pytest.mark.parametrize(
    "value",
    [
        *(2**63 - 1, -(2**63), 2**53 + 1, 0, -1, True, False),
        *(0.1, 1.0, -0.0, 1e22, 1e-7, 5e-324, 1.7976931348623157e308, 123456789.123456789),
        *("", "0", "null", "true", '"', "a\nb", "𝄞", "\x7f", "x" * 500),
    ],
    ids=repr,
)
def test_a_property_keeps_its_value_and_its_type(store: Store, value: Scalar) -> None:
    put(store, event(properties={"p": value, 'odd."name$[0]': value}))
    [kept] = store.session_events("s")
    assert repr(kept.properties) == repr({"p": value, 'odd."name$[0]': value})


@pytest.mark.parametrize("value", [0.0, 0.1, -5.0, 1e300, None])
def test_a_value_is_kept_to_the_last_bit(store: Store, value: float | None) -> None:
    put(store, event(value=value))
    assert repr(store.session_events("s")[0].value) == repr(value)


def test_the_ledger_adds_up_for_every_site_and_hour(store: Store) -> None:
    known = event(NOON, event_id="x")
    bots = Tally(SITE, FILTERED, "bot", 3)
    old = Tally(SITE, REJECTED, "too_old", 1)
    broken = Tally("(unknown)", REJECTED, "invalid_json", 1)
    put(store, known, event(), event(site="blog.example"), refused=(bots, old), received_at=NOON)
    put(store, known, refused=(bots, broken), received_at=NOON + HOUR - 1)
    put(store, known, received_at=NOON + HOUR)
    assert store.ledger(None, THAT_DAY) == [
        LedgerRow("(unknown)", NOON, "rejected", "invalid_json", 1),
        LedgerRow("blog.example", NOON, "stored", "", 1),
        LedgerRow(SITE, NOON, "duplicates", "", 1),
        LedgerRow(SITE, NOON, "filtered", "bot", 6),
        LedgerRow(SITE, NOON, "rejected", "too_old", 1),
        LedgerRow(SITE, NOON, "stored", "", 2),
        LedgerRow(SITE, NOON + HOUR, "duplicates", "", 1),
    ]


def test_the_ledger_counts_by_the_time_of_receipt_not_of_the_event(store: Store) -> None:
    put(store, event(NOON - DAY), received_at=NOON + 5)
    assert store.ledger(SITE, THAT_DAY) == [LedgerRow(SITE, NOON, "stored", "", 1)]


def test_a_request_that_was_refused_as_a_whole_is_in_the_ledger(store: Store) -> None:
    assert put(store, refused=(Tally("(unknown)", REJECTED, "invalid_encoding", 1),)) == ([], 0)
    assert store.ledger(None, THAT_DAY) == [LedgerRow("(unknown)", NOON, "rejected", "invalid_encoding", 1)]


def test_a_ledger_can_be_asked_for_one_site_and_for_the_hours_that_start_in_a_period(store: Store) -> None:
    for hour in range(3):
        for site in ("a.example", "b.example"):
            put(store, event(site=site), received_at=NOON + hour * HOUR + 1)
    first, second = NOON, NOON + HOUR
    assert [row.hour for row in store.ledger("a.example", Period(first, second))] == [first]
    assert [row.hour for row in store.ledger("a.example", Period(first + 1, second + 1))] == [second]
    assert [row.site_id for row in store.ledger(None, Period(first, second))] == ["a.example", "b.example"]
    assert store.ledger("c.example", THAT_DAY) == []
