"""Made-up traffic: the same every time, and like a shop's."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from liveinsight.errors import SettingError
from liveinsight.seed import Plan, batches
from tests.factories import DAY, NOON, SECOND

if TYPE_CHECKING:
    from liveinsight.models.events import StoredEvent

PLAN = Plan("demo.example", 12_000, 14, NOON)


@pytest.fixture(scope="module")
def events() -> list[StoredEvent]:
    return [event for batch in batches(PLAN) for event in batch.events]


def test_there_are_as_many_events_as_asked_for_each_with_its_own_id(events: list[StoredEvent]) -> None:
    assert len(events) == PLAN.events
    assert len({event.event_id for event in events}) == PLAN.events


def test_the_same_plan_gives_the_same_events(events: list[StoredEvent]) -> None:
    assert [event for batch in batches(PLAN) for event in batch.events] == events


@pytest.mark.parametrize(
    ("site", "example"), [("my shop", "shop.example"), ("https://www.tea.example/", "tea.example")]
)
def test_a_site_that_cannot_be_is_not_filled(site: str, example: str) -> None:
    with pytest.raises(SettingError, match=f"is not the name of a site. Write it such as '{example}'"):
        Plan(site, 10, 1, NOON)


def test_events_come_in_order_and_were_received_when_they_happened(events: list[StoredEvent]) -> None:
    assert events == sorted(events, key=lambda event: event.timestamp)
    assert all(event.timestamp == event.received_at for event in events)


def test_they_fill_the_days_up_to_a_few_seconds_ago(events: list[StoredEvent]) -> None:
    assert PLAN.end - 15 * DAY < events[0].timestamp < PLAN.end - 13 * DAY
    assert PLAN.end - 10 * SECOND < events[-1].timestamp < PLAN.end


def test_somebody_is_there_now(events: list[StoredEvent]) -> None:
    last = {event.session_id: event for event in events}
    assert (
        sum(PLAN.end - event.timestamp < 100 * SECOND and event.event_type != "page_exit" for event in last.values())
        >= 5
    )


def test_nights_are_quiet(events: list[StoredEvent]) -> None:
    hours = Counter(datetime.fromtimestamp(event.timestamp / 1000, UTC).hour for event in events)
    assert hours[4] * 4 < hours[20]


def test_people_come_back_and_look_at_several_pages(events: list[StoredEvent]) -> None:
    sessions = {event.session_id for event in events}
    assert len({event.visitor_id for event in events}) < len(sessions) < len(events) / 4
    assert all(
        event.event_type == "page_view" for event in {event.session_id: event for event in events[::-1]}.values()
    )


def test_they_are_of_many_kinds(events: list[StoredEvent]) -> None:
    assert {event.event_type for event in events} >= {"page_view", "click", "heartbeat", "page_exit", "conversion"}
    assert {event.context.source for event in events} >= {"Google", "Naver", "KakaoTalk", "Direct", "newsletter"}
    assert {event.context.device for event in events} == {"desktop", "mobile", "tablet"}
    assert {"KR", "US"} <= {event.context.country for event in events}
    assert {"온다 찻집", "Onda Tea"} <= {event.page_title for event in events}
    assert any(event.value for event in events)
