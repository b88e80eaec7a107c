"""Programs that say what they are are not visitors: counted, and not stored."""

from __future__ import annotations

import pytest

from tests.ingest.test_device import ANDROID, IPHONE, WINDOWS
from tests.ingest.tracker import post_events, sent


@pytest.mark.parametrize(
    ("user_agent", "reason"),
    [
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot"),
        ("Mozilla/5.0 (compatible; Yeti/1.1; +https://naver.me/spd)", "bot"),
        ("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", "bot"),
        ("Mozilla/5.0 (compatible; Daum/4.1; +http://cs.daum.net/faq/15/4118.html?faqId=28966) Spider", "bot"),
        ("facebookexternalhit/1.1", "bot"),
        ("Mozilla/5.0 (compatible; OurOwnThing/1.0; +https://somebody.example/why)", "bot"),
        ("some-new-crawler", "bot"),
        (
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
            "ai_bot",
        ),
        ("Mozilla/5.0 (compatible; ClaudeBot/1.0; +claudebot@anthropic.com)", "ai_bot"),
        ("Mozilla/5.0 AppleWebKit/537.36 (compatible; ChatGPT-User/1.0; +https://openai.com/bot)", "ai_bot"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/142.0.0.0 Safari/537.36", "headless"),
        ("curl/8.5.0", "tool"),
        ("python-requests/2.32", "tool"),
    ],
)
def test_a_bot_is_filtered_and_in_the_ledger_with_its_reason(user_agent: str, reason: str) -> None:
    intake = post_events(sent(), user_agent=user_agent)
    assert intake.events == []
    assert [tuple(each) for each in intake.tallies()] == [("shop.example", "filtered", reason, 1)]


def test_a_headless_browser_with_another_s_user_agent_is_told_by_its_hints() -> None:
    [refused] = post_events(sent(), user_agent=WINDOWS, client_hints="HeadlessChrome/142|Linux/|0").refused
    assert refused.refusal.reason == "headless"


@pytest.mark.parametrize(
    "user_agent",
    [
        WINDOWS,
        IPHONE,
        ANDROID,
        f"{ANDROID} CUBOT X30",
        "",
        "Mozilla/5.0 Robotics-Browser/1.0",
        # Android 15 as Oppo built it: the kept list takes its number for a scanner's.
        "Mozilla/5.0 (Linux; Android 15; CPH2655 Build/AP3A.240617.008) Chrome/142.0.0.0 Mobile Safari/537.36",
    ],
)
def test_people_are_no_bots(user_agent: str) -> None:
    assert len(post_events(sent(), user_agent=user_agent).events) == 1
