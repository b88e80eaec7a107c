"""Step `source`: where the visit came from: campaign tags first, then the referrer, else direct."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from liveinsight.ingest.draft import NO_CAMPAIGN, Campaign
from liveinsight.ingest.site import site_name
from liveinsight.models.events import CUT

if TYPE_CHECKING:
    from liveinsight.ingest.draft import Draft
    from liveinsight.ingest.outcome import Refusal

DIRECT = "Direct"
_LONGEST_TAG = 200

# host suffix -> (source, channel)
_KNOWN = {
    "google": ("Google", "search"),
    "bing.com": ("Bing", "search"),
    "duckduckgo.com": ("DuckDuckGo", "search"),
    "search.yahoo.com": ("Yahoo", "search"),
    "naver.com": ("Naver", "search"),
    "daum.net": ("Daum", "search"),
    "kakao.com": ("Kakao", "social"),
    "facebook.com": ("Facebook", "social"),
    "instagram.com": ("Instagram", "social"),
    "x.com": ("X", "social"),
    "t.co": ("X", "social"),
    "linkedin.com": ("LinkedIn", "social"),
    "reddit.com": ("Reddit", "social"),
    "youtube.com": ("YouTube", "video"),
}
_PAID = frozenset({"cpc", "ppc", "paid", "cpm", "display", "ads"})


def put_source(draft: Draft) -> Refusal | None:
    """Source, channel, campaign tags, and the referrer as host and path: its query may hold what is not ours."""
    if draft.query:
        draft.campaign = _campaign(draft.query)
    referrer = draft.event.referrer
    host, draft.referrer = _referrer(referrer[: CUT["referrer"]]) if referrer else ("", "")
    if host in {draft.hostname, draft.site_id}:
        host = draft.referrer = ""
    draft.source, draft.channel = _source(host, draft.campaign.utm_source, draft.campaign.utm_medium)
    return None


@lru_cache(maxsize=2048)
def _campaign(query: str) -> Campaign:
    if "utm_" not in query:
        return NO_CAMPAIGN
    tags = parse_qs(query, max_num_fields=None, errors="replace")
    return Campaign(*(tags.get(name, [""])[0].replace("\x00", "")[:_LONGEST_TAG] for name in Campaign._fields))


@lru_cache(maxsize=2048)
def _referrer(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
        host = site_name(parts.hostname or "")
    except ValueError:
        return "", ""
    return host, host + parts.path.rstrip("/") if host else ""


@lru_cache(maxsize=2048)
def _source(host: str, utm_source: str, utm_medium: str) -> tuple[str, str]:
    name, channel = _known(host)
    if utm_source:
        name, known_channel = _by_name(utm_source)
        channel = known_channel or channel or "campaign"
    medium = utm_medium.lower()
    if medium in _PAID:
        channel = "paid"
    elif medium == "email":
        channel = "email"
    return name or DIRECT, channel or ("referral" if host else "direct")


def _known(host: str) -> tuple[str, str]:
    for suffix, known in _KNOWN.items():
        if host == suffix or host.endswith("." + suffix) or (suffix == "google" and host.startswith("google.")):
            return known
    if ".google." in host:
        return _KNOWN["google"]
    return host, "referral" if host else ""


def _by_name(utm_source: str) -> tuple[str, str]:
    for name, channel in _KNOWN.values():
        if name.lower() == utm_source.lower():
            return name, channel
    return utm_source, ""
