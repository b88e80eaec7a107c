"""Step `device`: browser, system and kind of device, from the user agent and the client hints."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from liveinsight.ingest import kept_lists
from liveinsight.ingest.bot import bot_reason
from liveinsight.ingest.client_hints import Hints
from liveinsight.ingest.draft import Device

if TYPE_CHECKING:
    from liveinsight.ingest.draft import Draft
    from liveinsight.ingest.outcome import Refusal

# The kept list's names, where people know another. What is left loses "Mobile" and the like: `device` says that.
_BROWSERS = {
    "IE": "Internet Explorer",
    "IE Mobile": "Internet Explorer",
    "IE Large Screen": "Internet Explorer",
    "LINE": "Line",
    "Twitter": "X",
    "WeChat Browser": "WeChat",
    "Opera Touch": "Opera",
    "Yandex Browser": "Yandex",
}
_EXTRA = re.compile(r"^Mobile | (?:UI/WKWebView|Mobile WebView|Mobile iOS|Mobile|iOS|HD|Large Screen)$")
_SYSTEMS = {
    "Mac OS X": "macOS",
    "Mac OS": "macOS",
    "Chrome OS": "ChromeOS",
    "Chromium OS": "ChromeOS",
    **dict.fromkeys(
        ("Ubuntu", "Debian", "Fedora", "Gentoo", "Linux Mint", "Mageia", "Mandriva", "Red Hat", "SUSE", "openSUSE"),
        "Linux",
    ),
    **dict.fromkeys(("Arch Linux", "CentOS", "Kubuntu", "Lubuntu", "Slackware", "Puppy", "Lindows"), "Linux"),
}
_BRANDS = {
    "Google Chrome": "Chrome",
    "Microsoft Edge": "Edge",
    "Microsoft Edge WebView2": "Edge",
    "YaBrowser": "Yandex",
    "Brave Browser": "Brave",
}
_NO_BRAND = frozenset({"", "Chromium", "Android WebView"})  # says no more than the user agent
_PLAIN = frozenset({"", "Chrome", "Chromium"})  # a user agent that a browser may hide behind

_WINDOWS_11 = 13  # of Sec-CH-UA-Platform-Version; 1 to 10 are Windows 10, 0 is older


def put_device(draft: Draft) -> Refusal | None:
    """What the event's user agent says, else the request's. Hints are kept only where they say more."""
    plain = draft.device = device_of(draft.user_agent)
    if draft.hints:
        draft.device = device_of(draft.user_agent, draft.hints)
        says_more = draft.device != plain or bot_reason(draft.user_agent, draft.hints) != bot_reason(draft.user_agent)
        draft.hints = draft.hints if says_more else ""
    return None


@lru_cache(maxsize=4096)
def device_of(user_agent: str, hints: str = "") -> Device:
    """Names and major versions; empty where nothing says them. `hints` is the short text of `client_hints`."""
    if not user_agent:
        return Device()
    browser = kept_lists.browsers().extract(user_agent)
    system = kept_lists.systems().extract(user_agent)
    device = Device(
        _browser_name(browser.family) if browser else "",
        browser.major or "" if browser else "",
        *(_system(system.family, system.major or "") if system else ("", "")),
        _kind(user_agent, system.family if system else ""),
    )
    return _corrected(device, Hints.of(hints)) if hints else device


def _browser_name(family: str) -> str:
    return _BROWSERS.get(family) or _EXTRA.sub("", family)


def _system(family: str, version: str) -> tuple[str, str]:
    name = _SYSTEMS.get(family, family)
    return name, "" if name == "Linux" else version


def _kind(user_agent: str, system: str) -> str:
    if found := kept_lists.kinds().extract(user_agent):
        return found.family
    return "tablet" if system == "Android" else "desktop"


def _corrected(device: Device, hints: Hints) -> Device:
    if hints.brand not in _NO_BRAND and device.browser in _PLAIN:
        device = device._replace(
            browser=_BRANDS.get(hints.brand, hints.brand), browser_version=hints.brand_version or device.browser_version
        )
    platform = "" if hints.platform == "Unknown" else hints.platform
    if platform or hints.platform_version:
        system = _SYSTEMS.get(platform, platform) or device.os
        known = device.os_version if device.os == system else ""
        device = device._replace(os=system, os_version=_version(system, hints.platform_version) or known)
    if hints.mobile == "1" and device.device == "desktop":
        return device._replace(device="mobile")
    if hints.mobile == "0" and device.device == "mobile":
        return device._replace(device="tablet" if device.os in {"Android", "iOS"} else "desktop")
    return device


def _version(system: str, version: str) -> str:
    if system != "Windows":
        return "" if system in {"Linux", "ChromeOS"} else version
    number = int(version or 0)
    return ("11" if number >= _WINDOWS_11 else "10") if number else ""
