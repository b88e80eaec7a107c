"""Client hints: what browsers say in headers of their own since their user agents are frozen.

They are carried as one short text, `brand/version|platform/version|mobile`, such as `Whale/4|Windows/15|0`; each part
may be empty. Only what a header of this kind says beyond the user agent is kept with an event (`client_hints`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

BRANDS = b"sec-ch-ua"
CLIENT_HINTS = "client_hints"  # their name among the fields kept with an event
_LONGEST = 400  # characters of a header; a browser's has about a hundred
_BRAND = re.compile(r'"([^"\\]{1,40})";\s{0,4}v="(\d{1,5})')
# A brand that is made up, so that nobody relies on the list.
_GREASE = re.compile(r"Not[\W_]{0,3}A[\W_]{0,3}Brand", re.IGNORECASE)
_PLATFORM = re.compile(r'"?([A-Za-z][A-Za-z ]{0,20})"?')
_VERSION = re.compile(r'"?(\d{1,5})')
_ANY_CHROMIUM = ("Chromium", "Google Chrome", "Android WebView")  # a browser of its own names itself beside these


class Hints(NamedTuple):
    """`brand` is the most specific one; `mobile` is `1`, `0` or unknown."""

    brand: str = ""
    brand_version: str = ""
    platform: str = ""
    platform_version: str = ""
    mobile: str = ""

    @classmethod
    def of(cls, text: str) -> Hints:
        """From the short text."""
        brand, platform, mobile = text.split("|")
        return cls(*_pair(brand), *_pair(platform), mobile)


def read_hints(headers: Mapping[bytes, bytes]) -> str:
    """The hints of a request as the short text; empty when it has none."""
    brands = headers.get(BRANDS)
    if brands is None:
        return ""
    platform, version = headers.get(b"sec-ch-ua-platform", b""), headers.get(b"sec-ch-ua-platform-version", b"")
    return _text(brands[:_LONGEST], platform[:_LONGEST], version[:_LONGEST], headers.get(b"sec-ch-ua-mobile", b"")[:4])


@lru_cache(maxsize=2048)
def _text(brands: bytes, platform: bytes, version: bytes, mobile: bytes) -> str:
    name = _PLATFORM.fullmatch(platform.decode("latin-1"))
    number = _VERSION.match(version.decode("latin-1"))
    return "|".join(
        (
            "/".join(_most_specific(brands.decode("latin-1"))),
            f"{name[1] if name else ''}/{number[1] if number else ''}",
            {b"?1": "1", b"?0": "0"}.get(mobile, ""),
        )
    )


def _most_specific(brands: str) -> tuple[str, str]:
    found = [(name.replace("|", " ").replace("/", " "), version) for name, version in _BRAND.findall(brands)]
    real = {name: version for name, version in found if not _GREASE.search(name)}
    own = next((name for name in real if name not in _ANY_CHROMIUM), "")
    name = own or next((name for name in reversed(_ANY_CHROMIUM) if name in real), "")
    return name, real.get(name, "")


def _pair(text: str) -> tuple[str, str]:
    name, _, version = text.partition("/")
    return name, version
