"""Programs that say what they are are not visitors: counted, and not stored."""

from __future__ import annotations

import pytest

from tests.ingest.test_device import ANDROID, IPHONE, WINDOWS
from tests.ingest.tracker import post_events, sent


@pytest.mark.parametrize(
    "user_agent",
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; Yeti/1.1; +https://naver.me/spd)",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        "Mozilla/5.0 (compatible; Daum/4.1; +http://cs.daum.net/faq/15/4118.html?faqId=28966) Spider",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/142.0.0.0 Safari/537.36",
        "curl/8.5.0",
        "python-requests/2.32",
        "facebookexternalhit/1.1",
    ],
)
def test_a_bot_is_filtered_and_in_the_ledger(user_agent: str) -> None:
    intake = post_events(sent(), user_agent=user_agent)
    assert intake.events == []
    assert [tuple(each) for each in intake.tallies()] == [("shop.example", "filtered", "bot", 1)]


@pytest.mark.parametrize(
    "user_agent", [WINDOWS, IPHONE, ANDROID, f"{ANDROID} CUBOT X30", "", "Mozilla/5.0 Robotics-Browser/1.0"]
)
def test_people_are_no_bots(user_agent: str) -> None:
    assert len(post_events(sent(), user_agent=user_agent).events) == 1
