"""The kept lists of user agents, each made once, when first needed, into one native pattern engine.

The engine (Rust's, behind ua-parser) reads a text in time linear to its length, whoever wrote it, and knows no
backtracking. Making all takes about 0.2 s, a text 1 to 6 microseconds each: callers cache.
"""

from __future__ import annotations

from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ua_parser_rs import OSExtractor, UserAgentExtractor

_FIELDS = attrgetter("regex", "family", "major", "minor", "patch", "patch_minor")

# Apps that the kept list takes for the web view they are built on. Each: name, then a pattern whose second group is
# the major version.
_APPS = (
    ("KakaoTalk", r"(KAKAOTALK)[ /](\d{1,3})\."),
    ("KakaoTalk", r"KAKAOTALK"),  # on Android: a build number, not a version
    ("Naver", r"(NAVER)\(inapp; [^;)]*; [^;)]*; (\d+)"),
    ("Naver", r"NAVER\(inapp"),
    ("Daum", r"(DaumApps)/(\d+)"),
    ("Band", r"\b(BAND)/(\d+)"),
    ("KakaoStory", r"(?i)\b(KAKAOSTORY)/(\d+)"),
    ("Threads", r"\b(Barcelona) (\d+)"),
    ("LinkedIn", r"(LinkedInApp)\]?/(\d+)"),
    ("LinkedIn", r"LinkedInApp"),
    ("Snapchat", r"\b(Snapchat)/(\d+)"),
    ("Google app", r"\b(GSA)/(\d+)"),
    ("Yandex", r"(YaSearchBrowser|YandexSearchBrowser)/(\d+)"),
)

# No list says it of a user agent alone, so here is what makers put there; the first that matches. Android without any
# of it is a tablet, everything else a desktop: of the three kinds, the one for what is neither held nor carried.
_KINDS = (
    (
        "desktop",
        r"\bTV\b|[Ss]mart-?TV|SMART-TV|SmartHub|AppleTV|GoogleTV|HbbTV|NetCast|Web0S|BRAVIA|\bAFT[A-Z]|CrKey|Roku",
    ),
    ("tablet", r"iPad|Tablet|PlayBook|Kindle|\bTAB\b|Touch; rv|KF[A-Z]{2,5} Build"),
    ("mobile", r"Mobi|iPhone|iPod|Windows (?:Phone|CE)|Opera Mini|BlackBerry|\bBB10\b|Symbian|SymbOS|MIDP|webOS/[12]"),
    ("mobile", r"Series ?[346]0|NetFront|UP\.Browser|J2ME|^Nokia|^SAMSUNG-|^SonyEricsson|^LG[-/]|^MOT-|MAUI"),
)

# Entries of the list of crawlers that real phones and browsers carry too, seen in the public test data of browsers.
_NOT_ONLY_BOTS = frozenset(
    {
        r"AP3A\.240617\.008",  # a build of Android 15
        "Sogou",  # a browser; its crawler says "spider"
        "Sonic",  # ViewSonic
        "Butterfly",  # a phone of HTC
        "Fever",  # a phone
        "Fluid",  # a browser for single pages
        "Expanse",  # a phone
        r"008\/",  # the end of a model's number
    }
)
# What no list can know by name: the words that crawlers use of themselves, and the address of an explanation.
_WORDS = (
    r"(?i)(?:^|[^u])bot(?:[/;:),+]|-v?\d|$)",  # not "Cubot", "M bot 54": those are phones
    r"(?i)crawler|spider|slurp|archiver|transcoder|scraper|scanner|fetch|checker|validator|monitor|preview|parser",
    r"(?i)\brss\b|feed|subscriber",
    r"(?i)https?://|[a-z]@[a-z0-9-]+\.[a-z]{2}",
    r"\$\{|\{\{",  # somebody looks for a hole
)
# tag of the list -> reason in the ledger; a crawler with none of these is a "bot"
_REASONS = {"ai-crawler": "ai_bot", "browser-automation": "headless", "http-library": "tool"}
_ANYBODYS = frozenset({"headless", "tool"})  # what names itself as well is counted under its name
BOT = "bot"


@cache
def browsers() -> UserAgentExtractor:
    """Browser and major version of a user agent."""
    from ua_parser_builtins.lazy import MATCHERS
    from ua_parser_rs import UserAgentExtractor

    apps = ((pattern, name, None, None, None, None) for name, pattern in _APPS)
    return UserAgentExtractor([*apps, *map(_FIELDS, MATCHERS[0])])


@cache
def systems() -> OSExtractor:
    """Operating system and major version of a user agent."""
    from ua_parser_builtins.lazy import MATCHERS
    from ua_parser_rs import OSExtractor

    return OSExtractor(map(_FIELDS, MATCHERS[1]))


@cache
def kinds() -> UserAgentExtractor:
    """The `family` is the kind of device, where the user agent says it."""
    return _engine((name, pattern) for name, pattern in _KINDS)


@cache
def bots() -> UserAgentExtractor:
    """The `family` of a bot's user agent is its reason: what is named comes before tools that anybody may use."""
    from crawleruseragents import CRAWLER_USER_AGENTS_DATA  # type: ignore[import-untyped]

    listed = [
        (_reason(each["tags"]), each["pattern"])
        for each in CRAWLER_USER_AGENTS_DATA
        if each["pattern"] not in _NOT_ONLY_BOTS
    ]
    listed.sort(key=lambda each: each[0] in _ANYBODYS)
    return _engine([*listed, *((BOT, word) for word in _WORDS)])


def _reason(tags: list[str]) -> str:
    return next((reason for tag, reason in _REASONS.items() if tag in tags), BOT)


def _engine(patterns: Iterable[tuple[str, str]]) -> UserAgentExtractor:
    """The `family` that the engine extracts is the name of the first pattern that matches."""
    from ua_parser_rs import UserAgentExtractor

    return UserAgentExtractor((pattern, name, None, None, None, None) for name, pattern in patterns)
