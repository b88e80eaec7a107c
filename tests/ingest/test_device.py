"""Browser, system and kind of device."""

from __future__ import annotations

import pytest

from liveinsight.ingest.bot import bot_reason
from liveinsight.ingest.device import device_of
from tests.ingest.tracker import CHROME, stored

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
ANDROID = "Mozilla/5.0 (Linux; Android 15; SM-S931N) AppleWebKit/537.36 (KHTML, like Gecko)"
WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        (CHROME, ("Chrome", "142", "Windows", "10", "desktop")),
        (f"{WINDOWS} Edg/142.0.0.0", ("Edge", "142", "Windows", "10", "desktop")),
        (f"{WINDOWS} Whale/4.33.325.17", ("Whale", "4", "Windows", "10", "desktop")),
        (f"{WINDOWS} OPR/124.0.0.0", ("Opera", "124", "Windows", "10", "desktop")),
        (f"{IPHONE} Version/18.5 Mobile/15E148 Safari/604.1", ("Safari", "18", "iOS", "18", "mobile")),
        (f"{IPHONE} CriOS/142.0 Mobile/15E148 Safari/604.1", ("Chrome", "142", "iOS", "18", "mobile")),
        (f"{IPHONE} Mobile/15E148 KAKAOTALK/25.4.1 (INAPP)", ("KakaoTalk", "25", "iOS", "18", "mobile")),
        (f"{IPHONE} NAVER(inapp; search; 2010; 12.14.1; 16PRO)", ("Naver", "12", "iOS", "18", "mobile")),
        (f"{ANDROID} Chrome/142.0.0.0 Mobile Safari/537.36", ("Chrome", "142", "Android", "15", "mobile")),
        (
            f"{ANDROID} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
            ("Samsung Internet", "28", "Android", "15", "mobile"),
        ),
        (f"{ANDROID} Chrome/142.0.0.0 Safari/537.36", ("Chrome", "142", "Android", "15", "tablet")),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
            ("Firefox", "144", "Linux", "", "desktop"),
        ),
        (
            f"{ANDROID} Chrome/142.0.0.0 Mobile Safari/537.36;KAKAOTALK 2410410",
            ("KakaoTalk", "", "Android", "15", "mobile"),
        ),
        (f"{IPHONE} Mobile/15E148 Instagram 361.0.0.35 (iPhone17,1)", ("Instagram", "361", "iOS", "18", "mobile")),
        (f"{IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/498.0.0.50]", ("Facebook", "498", "iOS", "18", "mobile")),
        (f"{IPHONE} Mobile/15E148 Safari Line/15.4.0", ("Line", "15", "iOS", "18", "mobile")),
        (f"{ANDROID} Chrome/142.0.0.0 Mobile Safari/537.36 BAND/15.1.0", ("Band", "15", "Android", "15", "mobile")),
        (f"{IPHONE} Mobile/15E148 DaumApps/8.7.1", ("Daum", "8", "iOS", "18", "mobile")),
        (f"{IPHONE} EdgiOS/142.0 Version/18.0 Mobile/15E148 Safari/604.1", ("Edge", "142", "iOS", "18", "mobile")),
        (f"{IPHONE} FxiOS/144.0 Mobile/15E148 Safari/605.1.15", ("Firefox", "144", "iOS", "18", "mobile")),
        (
            (
                "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 "
                "Mobile/15E148 Safari/604.1"
            ),
            ("Safari", "18", "iOS", "18", "tablet"),
        ),
        (
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 "
                "Safari/605.1.15"
            ),
            ("Safari", "18", "macOS", "10", "desktop"),
        ),
        (
            (
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 "
                "Safari/537.36"
            ),
            ("Chrome", "142", "ChromeOS", "14541", "desktop"),
        ),
        (
            "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
            ("Firefox", "144", "Linux", "", "desktop"),
        ),
        (
            (
                "Mozilla/5.0 (Linux; Android 14; BRAVIA 4K VH2) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/142.0.0.0 Safari/537.36"
            ),
            ("Chrome", "142", "Android", "14", "desktop"),
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Trident/7.0; rv:11.0) like Gecko",
            ("Internet Explorer", "11", "Windows", "10", "desktop"),
        ),
        ("", ("", "", "", "", "")),
    ],
)
def test_a_user_agent_has_names_people_know(user_agent: str, expected: tuple[str, ...]) -> None:
    context = stored(request_user_agent=user_agent).context
    assert (context.browser, context.browser_version, context.os, context.os_version, context.device) == expected


def test_the_event_s_own_user_agent_goes_before_the_request_s() -> None:
    assert stored(user_agent=f"{WINDOWS} Edg/142.0.0.0", request_user_agent=CHROME).context.browser == "Edge"


HOSTILE = {
    "digits": "Version/" + "1" * 1_000_000,
    "versions": "Version/1.1" * 90_000,
    "apps": "NAVER(inapp; " * 80_000,
    "phones": "iPhone" * 160_000,
    "tablets": "Android" * 140_000 + " Mobile",
    "bots": "cubot" * 200_000,
}


# These have no deadline: with a pattern whose work grows with the square of the length they do not end.
@pytest.mark.parametrize("user_agent", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_user_agent_is_an_event_like_any_other(user_agent: str) -> None:
    assert len(stored(user_agent=user_agent).user_agent) == 500
    assert len(stored(request_user_agent=user_agent).user_agent) == 500


@pytest.mark.parametrize("user_agent", HOSTILE.values(), ids=HOSTILE)
def test_reading_a_user_agent_takes_time_in_proportion_to_its_length(user_agent: str) -> None:
    device_of.__wrapped__(user_agent)
    bot_reason.__wrapped__(user_agent)
