"""Step `device`: browser, system and kind of device, from the user agent."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from liveinsight.ingest.draft import Device

if TYPE_CHECKING:
    from liveinsight.ingest.draft import Draft
    from liveinsight.ingest.outcome import Refusal

# The first pattern that matches names the program: those that pretend to be others come before the others.
_BROWSERS = (
    ("KakaoTalk", r"KAKAOTALK[ /](\d+)"),
    ("Naver", r"NAVER\(inapp.*?; (\d+)"),
    ("Whale", r"Whale/(\d+)"),
    ("Samsung Internet", r"SamsungBrowser/(\d+)"),
    ("Edge", r"Edg(?:e|A|iOS)?/(\d+)"),
    ("Opera", r"(?:OPR|Opera)/(\d+)"),
    ("Firefox", r"(?:Firefox|FxiOS)/(\d+)"),
    ("Chrome", r"(?:Chrome|CriOS)/(\d+)"),
    ("Safari", r"Version/(\d+)[\d.]* (?:Mobile/\w+ )?Safari/"),
)
_SYSTEMS = (
    ("iOS", r"(?:iPhone|iPad|iPod).*? OS (\d+)"),
    ("Android", r"Android (\d+)"),
    ("Windows", r"Windows NT (\d+)"),
    ("macOS", r"Mac OS X (\d+)"),
    ("ChromeOS", r"CrOS \w+ (\d+)"),
    ("Linux", r"Linux()"),
)
_TABLET = re.compile(r"iPad|Tablet|Android(?!.*Mobile)")
_MOBILE = re.compile(r"Mobile|iPhone|iPod|Android")
_BROWSER_PATTERNS = [(name, re.compile(pattern)) for name, pattern in _BROWSERS]
_SYSTEM_PATTERNS = [(name, re.compile(pattern)) for name, pattern in _SYSTEMS]


def put_device(draft: Draft) -> Refusal | None:
    """What the event's user agent says, else the request's."""
    draft.device = device_of(draft.user_agent)
    return None


@lru_cache(maxsize=8192)
def device_of(user_agent: str) -> Device:
    """Names and major versions; empty where the user agent does not say."""
    if not user_agent:
        return Device()
    return Device(*_first(_BROWSER_PATTERNS, user_agent), *_first(_SYSTEM_PATTERNS, user_agent), _kind(user_agent))


def _first(patterns: list[tuple[str, re.Pattern[str]]], user_agent: str) -> tuple[str, str]:
    for name, pattern in patterns:
        if match := pattern.search(user_agent):
            return name, match[1]
    return "", ""


def _kind(user_agent: str) -> str:
    if _TABLET.search(user_agent):
        return "tablet"
    return "mobile" if _MOBILE.search(user_agent) else "desktop"
