"""Step `source`: where the visit came from.

In this order: campaign tags; the parameter of a paid click; the referrer; the parameter of any click; for a page view,
the app whose browser it is; else direct. A page of the site itself is no source: its channel is `internal`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs, urlsplit

from liveinsight.ingest.draft import NO_CAMPAIGN, Campaign
from liveinsight.ingest.site import site_name
from liveinsight.ingest.source_table import APPS, CAMPAIGN, MEDIUMS, PAID, PAID_CLICKS, PLAIN_CLICKS, REFERRAL
from liveinsight.ingest.sources import Source, source_of_host, source_of_name
from liveinsight.models.events import CUT, PAGE_VIEW

if TYPE_CHECKING:
    from liveinsight.ingest.draft import Draft
    from liveinsight.ingest.outcome import Refusal

DIRECT = "Direct"
INTERNAL = "internal"
_LONGEST_TAG = 200
_PAID_CLICK, _PLAIN_CLICK = (re.compile(rf"(?:^|&)({'|'.join(names)})=[^&]") for names in (PAID_CLICKS, PLAIN_CLICKS))
_BETWEEN_WORDS = re.compile(r"[^a-z0-9]+")


class Arrival(NamedTuple):
    """What an event says of where its visit came from."""

    source: str
    channel: str
    campaign: Campaign


def put_source(draft: Draft) -> Refusal | None:
    """Source, channel, campaign tags, and the referrer as host and path: its query may hold what is not ours."""
    referrer = draft.event.referrer
    host, draft.referrer = _referrer(referrer[: CUT["referrer"]]) if referrer else ("", "")
    internal = False
    if host and (host == draft.hostname or host == draft.site_id):  # noqa: PLR1714  a set is made for each event
        internal, host, draft.referrer = True, "", ""
    app = app_of(draft.device.browser, draft.event.event_type)
    draft.source, draft.channel, draft.campaign = arrival_of(draft.query, host, app, internal)
    return None


def app_of(browser: str, event_type: str) -> str:
    """The app that opened a page in its own browser. Only a page view arrives from somewhere."""
    return browser if browser in APPS and event_type == PAGE_VIEW else ""


@lru_cache(maxsize=2048)
def _referrer(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
        host = site_name(parts.hostname or "").partition("/")[0]
    except ValueError:
        return "", ""
    return host, host + parts.path.rstrip("/") if host else ""


@lru_cache(maxsize=2048)
def arrival_of(query: str, host: str, app: str = "", internal: bool = False) -> Arrival:  # noqa: FBT001, FBT002  cached
    """From the page's query, the referrer's host, the app, and whether the referrer was the site itself (no host)."""
    campaign = _campaign(query)
    found = _linked(query, host)
    if campaign != NO_CAMPAIGN:
        return Arrival(*_with_tags(campaign, found), campaign)
    if internal and not found:
        return Arrival(DIRECT, INTERNAL, campaign)
    return Arrival(*(found or _opened(query, app) or (DIRECT, "direct")), campaign)


def _linked(query: str, host: str) -> Source | None:
    if click := _PAID_CLICK.search(query):
        return Source(PAID_CLICKS[click[1]], PAID)
    return source_of_host(host) or Source(host, REFERRAL) if host else None


def _opened(query: str, app: str) -> Source | None:
    if click := _PLAIN_CLICK.search(query):
        return source_of_name(PLAIN_CLICKS[click[1]])
    return Source(*APPS[app]) if app else None


def _with_tags(campaign: Campaign, found: Source | None) -> Source:
    name, channel = found or Source(DIRECT, "")
    if campaign.utm_source:
        known = source_of_name(campaign.utm_source)
        name = known.name if known else campaign.utm_source
        if channel != PAID:  # a click that was paid for stays so, whatever its tags call it
            channel = known.channel if known else channel
    said = _said(campaign.utm_medium.lower())
    if said == REFERRAL or not said:
        return Source(name, channel if channel not in {"", REFERRAL} else said or CAMPAIGN)
    return Source(name, said)


def _said(medium: str) -> str:
    """The channel that `utm_medium` says, paid before all others: `paid_social` is paid."""
    words = [medium, *_BETWEEN_WORDS.split(medium)]
    said = [MEDIUMS[word] for word in words if word in MEDIUMS]
    return PAID if PAID in said else next(iter(said), "")


def _campaign(query: str) -> Campaign:
    if "utm_" not in query:
        return NO_CAMPAIGN
    tags = parse_qs(query, max_num_fields=None, errors="replace")
    return Campaign(*(tags.get(name, [""])[0].replace("\x00", "")[:_LONGEST_TAG] for name in Campaign._fields))
