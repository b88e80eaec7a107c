"""A request from its bytes to what is stored; and bytes that nobody meant to send."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveinsight.store.base import Batch
from liveinsight.store.memory import MemoryStore
from tests.factories import MINUTE, NOON, Clock
from tests.ingest.tracker import CHROME, post, post_events, sent, stored
from tests.store.homes import HOMES, Home

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from liveinsight.ingest.outcome import Intake
    from liveinsight.store.base import Store


def test_an_event_carries_what_was_sent_and_what_was_found() -> None:
    event = stored(
        event_id="e1",
        event_type="conversion",
        page_url="https://www.shop.example/%EC%83%81%ED%92%88/?utm_campaign=spring",
        page_title="상품",
        referrer="https://search.naver.com/?query=x",
        conversion_type="purchase",
        value=12900,
        currency="krw",
        element_id="buy",
        screen="1920x1080",
        language="ko-KR",
        plan="pro",
        gone=None,
        request_country="KR",
    )
    assert (event.site_id, event.page, event.page_title) == ("shop.example", "/상품", "상품")
    assert (event.conversion_type, event.value, event.currency) == ("purchase", 12900.0, "KRW")
    assert event.properties == {"plan": "pro"}
    assert event.sent["element_id"] == "buy"
    context = event.context
    assert (context.source, context.utm_campaign, context.country) == ("Naver", "spring", "KR")
    assert (context.hostname, context.screen, context.language) == ("shop.example", "1920x1080", "ko-KR")
    assert (context.browser, event.user_agent) == ("Chrome", CHROME)


def test_the_same_content_sent_again_without_an_id_has_the_same_id() -> None:
    first, again = stored(plan="pro"), stored(plan="pro", request_received_at=NOON + MINUTE)
    assert first.event_id == again.event_id
    assert first.event_id != stored(plan="free").event_id
    assert first.event_id != stored(plan="pro", timestamp=NOON + 1).event_id


def test_every_event_of_a_request_is_stored_or_has_its_reason() -> None:
    intake = post_events(
        sent(event_id="1"),
        sent(timestamp="x"),
        sent(user_agent="curl/8"),
        sent(event_id="2"),
        sent(timestamp=1),
        sent(user_agent="curl/8"),
        7,
    )
    assert [each.event_id for each in intake.events] == ["1", "2"]
    assert [each.position for each in intake.refused] == [1, 2, 4, 5, 6]
    assert {tuple(each) for each in intake.tallies()} == {
        ("(unknown)", "rejected", "invalid_event", 2),
        ("shop.example", "filtered", "tool", 2),
        ("shop.example", "rejected", "too_old", 1),
    }


# What strangers send. The fields of an event come up often, with every kind of value.

texts = st.one_of(
    st.text(st.characters(codec=None, exclude_categories=[]), max_size=12),
    st.sampled_from(
        [
            "",
            "s",
            "\0",
            "\ud800",
            "é",
            "https://shop.example/",
            "http://[::1",
            "xn--",
            "http://xn--a/%ff?utm_source=%00",
        ]
    ),
    st.from_regex(r"https?://[^/]{1,12}(/.{0,9})?(\?utm_source=.{0,4})?", fullmatch=True),
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.just(NOON), st.floats(), texts)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=5
)
FIELDS = sorted(
    {*sent(), "event_id", "site_id", "user_id", "page_title", "referrer", "user_agent", "value", "sent_at", "x"}
)
odd_events = st.dictionaries(st.sampled_from(FIELDS) | texts, values, max_size=4).map(lambda odd: {**sent(), **odd})
bodies = st.one_of(
    st.lists(st.one_of(odd_events, odd_events, values), max_size=4),
    st.fixed_dictionaries({"events": values | st.lists(odd_events, max_size=3)}, optional={"sent_at": values}),
    values,
).map(lambda value: json.dumps(value, ensure_ascii=len(str(value)) % 2 == 0).encode("utf-8", "surrogatepass"))


@pytest.fixture(params=HOMES, scope="module")
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder: Path = tmp_path_factory.mktemp("fuzz")
    home = Home(request.param, folder, Clock())
    yield home.store
    home.store.close()


def accounted_for(intake: Intake) -> int:
    return len(intake.events) + sum(each.events for each in intake.tallies())


@given(body=bodies, agent=st.text(max_size=20), region=st.text(max_size=5))
def test_whatever_json_comes_it_is_accounted_for_and_can_be_stored(
    store: Store, body: bytes, agent: str, region: str
) -> None:
    intake, error = post(body, user_agent=agent.replace("\0", ""), country="KR", region=region.replace("\0", ""))
    assert accounted_for(intake) >= 1
    assert error is None or not intake.events
    for refused in intake.refused:
        json.dumps(refused.refusal, ensure_ascii=False).encode()
    stored, _ = store.record(Batch(NOON, intake.events, intake.tallies())).result(timeout=60)
    for each in stored[:1]:
        kept = [
            found for found in store.session_events(each.session_id, each.site_id) if found.event_id == each.event_id
        ]
        assert repr(kept) == repr([each])


@given(body=st.binary(max_size=200) | st.tuples(st.binary(max_size=3), bodies).map(b"".join))
def test_whatever_bytes_come_they_are_accounted_for(body: bytes) -> None:
    intake, _ = post(body)
    assert accounted_for(intake) >= 1
    MemoryStore().record(Batch(NOON, intake.events, intake.tallies())).result()
