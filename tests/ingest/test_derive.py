"""What is derived from an event can be derived again from what is stored."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveinsight.ingest.derive import derive
from liveinsight.ingest.outcome import FILTERED, Refusal
from liveinsight.models.events import StoredEvent
from tests.ingest.test_device import ANDROID, IPHONE
from tests.ingest.test_source import REFERRERS, TAGS
from tests.ingest.tracker import CHROME, post_events, sent, stored

AGENTS = [
    CHROME,
    "",
    f"{IPHONE} Mobile/15E148 KAKAOTALK/25.4.1 (INAPP)",
    f"{ANDROID} Chrome/142.0.0.0 Mobile Safari/537.36",
    "x" * 600,
]
HINTS = ["", "Google Chrome/142|Windows/15|0", "Whale/4|Windows/|0", "Google Chrome/142|Windows/|0"]
URLS = ["https://www.shop.example/", "https://a:b@shop.example:8443/%EA%B0%80/?x=1#y", "http://[2001:db8::1]/x"]


def again(event: StoredEvent) -> StoredEvent:
    derived = derive(event)
    assert isinstance(derived, StoredEvent)
    return derived


@pytest.mark.parametrize("referrer", REFERRERS)
@pytest.mark.parametrize("user_agent", AGENTS)
def test_under_the_same_rules_nothing_changes(referrer: str, user_agent: str) -> None:
    event = stored(referrer=referrer, request_user_agent=user_agent)
    assert again(event) == event


@pytest.mark.parametrize("tags", TAGS)
@pytest.mark.parametrize("referrer", ["", "https://www.shop.example/x", "https://www.google.com/"])
def test_tags_are_read_again_from_the_address(tags: str, referrer: str) -> None:
    event = stored(page_url=f"https://shop.example/?{tags}", referrer=referrer)
    assert again(event) == event


odd = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
fields = st.fixed_dictionaries(
    {},
    optional={
        "event_type": st.sampled_from(["page_view", "click", "heartbeat"]),
        "page_url": st.sampled_from(URLS) | st.sampled_from(TAGS).map("https://shop.example/?{}".format),
        "referrer": st.one_of(
            st.sampled_from(REFERRERS),
            odd,
            odd.map("https://{}/x".format),
            odd.map("https://shop.example/{}".format),
            odd.map("https://xn--{}.example".format),
        ),
        "user_agent": st.sampled_from(AGENTS) | odd,
        "timezone": st.sampled_from(["Asia/Seoul", "UTC", "nowhere"]) | odd,
        "screen": st.sampled_from(["390x844", "1920x1080", "x"]),
        "language": odd,
        "user_id": st.just("ann"),
        "site_id": st.sampled_from(["shop.example", "www.google.com"]),
        "plan": odd,
    },
)


@given(
    event=fields,
    agent=st.sampled_from(AGENTS) | odd,
    hints=st.sampled_from(HINTS),
    address=st.sampled_from(["203.0.113.7", "211.231.100.15", ""]),
    place=st.sampled_from([("", ""), ("KR", "11"), ("XX", "x")]),
)
def test_whatever_the_pipeline_makes_is_made_again_from_what_is_stored(
    event: dict[str, Any], agent: str, hints: str, address: str, place: tuple[str, str]
) -> None:
    country, region = place
    intake = post_events(
        sent(**event), user_agent=agent, client_hints=hints, address=address, country=country, region=region
    )
    for each in intake.events:
        assert again(each) == each


def test_older_rules_are_replaced_by_today_s() -> None:
    event = stored(referrer="https://chatgpt.com/", page_url="https://shop.example/%EA%B0%80/?utm_campaign=spring")
    old = event._replace(
        page="/%EA%B0%80",
        context=event.context._replace(source="chatgpt.com", channel="referral", browser="?", utm_campaign=""),
    )
    assert again(old) == event


def test_a_bot_that_was_not_known_yet_is_filtered() -> None:
    event = stored()._replace(user_agent="Mozilla/5.0 (compatible; NewBot/1.0)")
    refusal = derive(event)
    assert isinstance(refusal, Refusal)
    assert (refusal.outcome, refusal.reason) == (FILTERED, "bot")


def test_a_country_that_is_known_stays_and_one_that_is_not_comes_from_the_time_zone() -> None:
    event = stored(timezone="Europe/Paris", request_country="KR", request_region="11")
    assert (again(event).context.country, again(event).context.region) == ("KR", "11")
    unknown = event._replace(context=event.context._replace(country="", region=""))
    assert (again(unknown).context.country, again(unknown).context.region) == ("FR", "")
