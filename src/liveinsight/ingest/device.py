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
# Strangers write what these read: every repetition has an upper bound, so that the time grows with the length only.
_BROWSERS = (
    ("KakaoTalk", r"KAKAOTALK[ /](\d{1,5})"),
    ("Naver", r"NAVER\(inapp[^)]{0,80}?; (\d{1,5})"),
    ("Whale", r"Whale/(\d{1,5})"),
    ("Samsung Internet", r"SamsungBrowser/(\d{1,5})"),
    ("Edge", r"Edg(?:e|A|iOS)?/(\d{1,5})"),
    ("Opera", r"(?:OPR|Opera)/(\d{1,5})"),
    ("Firefox", r"(?:Firefox|FxiOS)/(\d{1,5})"),
    ("Chrome", r"(?:Chrome|CriOS)/(\d{1,5})"),
    ("Safari", r"Version/(\d{1,5})(?:\.\d{1,5}){0,4} (?:Mobile/\w{1,20} )?Safari/"),
)
_SYSTEMS = (
    ("iOS", r"(?:iPhone|iPad|iPod)[^)]{0,80}? OS (\d{1,5})"),
    ("Android", r"Android (\d{1,5})"),
    ("Windows", r"Windows NT (\d{1,5})"),
    ("macOS", r"Mac OS X (\d{1,5})"),
    ("ChromeOS", r"CrOS \w{1,20} (\d{1,5})"),
    ("Linux", r"Linux()"),
)
_MOBILE = re.compile(r"Mobile|iPhone|iPod")
_BROWSER_PATTERNS = [(name, re.compile(pattern)) for name, pattern in _BROWSERS]
_SYSTEM_PATTERNS = [(name, re.compile(pattern)) for name, pattern in _SYSTEMS]


def put_device(draft: Draft) -> Refusal | None:
    """What the event's user agent says, else the request's."""
    draft.device = device_of(draft.user_agent)
    return None


@lru_cache(maxsize=4096)
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
    if "iPad" in user_agent or "Tablet" in user_agent:
        return "tablet"
    if _MOBILE.search(user_agent):
        return "mobile"
    return "tablet" if "Android" in user_agent else "desktop"
