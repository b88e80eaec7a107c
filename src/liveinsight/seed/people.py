"""Who visits the made-up shop: countries, languages, devices, and where people come from."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TypeVar

T = TypeVar("T")

# (choice, how often): country, region, language
_PLACES = (
    (("KR", "Seoul", "ko-KR"), 38),
    (("KR", "Busan", "ko-KR"), 12),
    (("US", "California", "en-US"), 14),
    (("JP", "Tokyo", "ja-JP"), 9),
    (("DE", "Berlin", "de-DE"), 7),
    (("FR", "Paris", "fr-FR"), 5),
    (("GB", "London", "en-GB"), 6),
    (("IN", "Karnataka", "en-IN"), 5),
    (("BR", "São Paulo", "pt-BR"), 4),
)
_CHROME = "AppleWebKit/537.36 (KHTML, like Gecko)"
_SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1"
_WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
_ANDROID = "Mozilla/5.0 (Linux; Android 15; SM-S931N)"
_IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X)"
_IPAD = "Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X)"
_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
_LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0)"
# (user agent, screen)
_DEVICES = (
    ((f"{_WINDOWS} {_CHROME} Chrome/142.0.0.0 Safari/537.36", "1920x1080"), 26),
    ((f"{_ANDROID} {_CHROME} Chrome/142.0.0.0 Mobile Safari/537.36", "384x832"), 18),
    ((f"{_IPHONE} {_SAFARI} Mobile/15E148 Safari/604.1", "393x852"), 20),
    ((f"{_MAC} {_SAFARI} Safari/605.1.15", "1512x982"), 12),
    ((f"{_ANDROID} {_CHROME} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36", "412x915"), 9),
    ((f"{_WINDOWS} {_CHROME} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "1536x864"), 6),
    ((f"{_LINUX} Gecko/20100101 Firefox/145.0", "2560x1440"), 4),
    ((f"{_IPAD} {_SAFARI} Mobile/15E148 Safari/604.1", "820x1180"), 5),
)
# (referrer, query of the entry page)
_SOURCES = (
    (("", ""), 30),
    (("https://www.google.com/", ""), 18),
    (("https://search.naver.com/search.naver", ""), 16),
    (("https://m.search.daum.net/search", ""), 5),
    (("https://pf.kakao.com/_onda/posts", ""), 7),
    (("https://www.instagram.com/", ""), 6),
    (("https://www.youtube.com/watch", ""), 3),
    (("https://news.example/tea-in-autumn", ""), 4),
    (("https://www.google.com/", "utm_source=google&utm_medium=cpc&utm_campaign=autumn_tea"), 6),
    (("", "utm_source=newsletter&utm_medium=email&utm_campaign=first_leaves"), 5),
)


@dataclass(frozen=True, slots=True)
class Person:
    """A visitor who may come back: always from the same place, with the same device."""

    user_id: str
    country: str
    region: str
    language: str
    user_agent: str
    screen: str

    @property
    def reads_korean(self) -> bool:
        return self.language.startswith("ko")


def person(key: str, number: int) -> Person:
    """The visitor of that number in the traffic named `key`."""
    rng = Random(f"{key}/person/{number}")  # noqa: S311  made-up people, not secrets
    return Person(f"{rng.getrandbits(64):016x}", *pick(rng, _PLACES), *pick(rng, _DEVICES))


def source(rng: Random) -> tuple[str, str]:
    """Where a visit comes from: referrer, and the query of its first page."""
    return pick(rng, _SOURCES)


def pick(rng: Random, weighted: tuple[tuple[T, int], ...]) -> T:
    """One of the choices, as often as its weight says."""
    return rng.choices([choice for choice, _ in weighted], [weight for _, weight in weighted])[0]
