"""Client hints: what browsers say beside their frozen user agents."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveinsight.ingest.client_hints import read_hints
from liveinsight.ingest.device import device_of
from tests.ingest.test_device import ANDROID, IPHONE
from tests.ingest.tracker import CHROME, stored

BRANDS = '"Chromium";v="142", "Google Chrome";v="142", "Not_A Brand";v="99"'
PHONE = f"{ANDROID} Chrome/142.0.0.0 Mobile Safari/537.36"


def hints(brands: str = BRANDS, mobile: str = "?0", platform: str = '"Windows"', version: str = "") -> str:
    headers = {
        b"sec-ch-ua": brands.encode(),
        b"sec-ch-ua-mobile": mobile.encode(),
        b"sec-ch-ua-platform": platform.encode(),
    }
    if version:
        headers[b"sec-ch-ua-platform-version"] = version.encode()
    return read_hints(headers)


def chromium(brand: str, version: int = 4) -> str:
    return f'"{brand}";v="{version}", "Not:A-Brand";v="24", "Chromium";v="142"'


@pytest.mark.parametrize(
    ("user_agent", "sent", "expected"),
    [
        (CHROME, hints(), ("Chrome", "142", "Windows", "10", "desktop")),
        (CHROME, hints(version='"15.0.0"'), ("Chrome", "142", "Windows", "11", "desktop")),
        (CHROME, hints(version='"10.0.0"'), ("Chrome", "142", "Windows", "10", "desktop")),
        (CHROME, hints(chromium("Brave", 142)), ("Brave", "142", "Windows", "10", "desktop")),
        (CHROME, hints(chromium("Whale")), ("Whale", "4", "Windows", "10", "desktop")),
        (CHROME, hints(chromium("Microsoft Edge", 142)), ("Edge", "142", "Windows", "10", "desktop")),
        (CHROME, hints(platform='"macOS"', version='"15.5.0"'), ("Chrome", "142", "macOS", "15", "desktop")),
        (CHROME, hints(platform='"Chrome OS"'), ("Chrome", "142", "ChromeOS", "", "desktop")),
        (PHONE, hints(mobile="?1", platform='"Android"', version='"16"'), ("Chrome", "142", "Android", "16", "mobile")),
        (
            PHONE,
            hints(chromium("Samsung Internet", 28), "?1", '"Android"'),
            ("Samsung Internet", "28", "Android", "15", "mobile"),
        ),
        (
            f"{PHONE};KAKAOTALK 2410410",
            hints(chromium("Android WebView", 142), "?1", '"Android"'),
            ("KakaoTalk", "", "Android", "15", "mobile"),
        ),
        # "Request desktop site" on a phone: the user agent is a desktop's, the hint is not.
        (CHROME.replace("Windows NT 10.0; Win64; x64", "X11; Linux x86_64"), hints(mobile="?1", platform='"Android"'),
         ("Chrome", "142", "Android", "", "mobile")),
    ],
)  # fmt: skip
def test_hints_correct_what_the_user_agent_hides(user_agent: str, sent: str, expected: tuple[str, ...]) -> None:
    assert device_of(user_agent, sent) == expected
    context = stored(request_user_agent=user_agent, request_client_hints=sent).context
    assert (context.browser, context.browser_version, context.os, context.os_version, context.device) == expected


def test_hints_are_kept_only_where_they_say_more_than_the_user_agent() -> None:
    assert "client_hints" not in stored(request_client_hints=hints()).sent
    assert (
        stored(request_client_hints=hints(version='"15.0.0"')).sent["client_hints"] == "Google Chrome/142|Windows/15|0"
    )


def test_hints_of_a_server_say_nothing_of_the_browser_whose_event_it_passes_on() -> None:
    event = stored(user_agent=IPHONE, request_client_hints=hints(chromium("Whale"), version='"15.0.0"'))
    assert event.context.os == "iOS"
    assert "client_hints" not in event.sent


def test_an_event_that_repeats_the_request_s_user_agent_is_that_browser_s() -> None:
    assert stored(user_agent=CHROME, request_client_hints=hints(version='"15.0.0"')).context.os_version == "11"


def test_a_request_without_hints_has_none() -> None:
    assert read_hints({b"user-agent": CHROME.encode(), b"sec-ch-ua-mobile": b"?1"}) == ""


@given(
    brands=st.binary(max_size=60), mobile=st.binary(max_size=4), platform=st.binary(max_size=30), version=st.binary()
)
def test_whatever_hints_come_they_are_short_and_can_be_read(
    brands: bytes, mobile: bytes, platform: bytes, version: bytes
) -> None:
    text = read_hints(
        {
            b"sec-ch-ua": brands,
            b"sec-ch-ua-mobile": mobile,
            b"sec-ch-ua-platform": platform,
            b"sec-ch-ua-platform-version": version,
        }
    )
    assert len(text) < 100
    device_of.__wrapped__(CHROME, text)


def test_a_hostile_hint_is_read_in_time() -> None:
    for text in ('"' * 60_000, '"a";' * 20_000, '"a"; ' + " " * 60_000, "a" * 60_000):
        assert len(hints(text, text, text, text)) < 100
