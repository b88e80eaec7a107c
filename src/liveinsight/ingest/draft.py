"""The event on its way: what the request carried (`Delivery`) and what the steps have found so far (`Draft`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from liveinsight.models.events import CUT

if TYPE_CHECKING:
    from liveinsight.models.events import Event


class Delivery(NamedTuple):
    """One request to the collector. `address` is the client's IP: it is hashed or thrown away, never kept.

    `country` and `region` are what a trusted proxy said; `client_hints` as in the module of that name; `received_at`
    is in ms.
    """

    body: bytes
    received_at: int
    address: str = ""
    user_agent: str = ""
    country: str = ""
    region: str = ""
    client_hints: str = ""


class Device(NamedTuple):
    """What a user agent says."""

    browser: str = ""
    browser_version: str = ""
    os: str = ""
    os_version: str = ""
    device: str = ""


class Campaign(NamedTuple):
    """The five campaign tags of an address."""

    utm_source: str = ""
    utm_medium: str = ""
    utm_campaign: str = ""
    utm_term: str = ""
    utm_content: str = ""


_LONGEST_USER_AGENT = CUT["user_agent"]

NO_CAMPAIGN = Campaign()
NO_DEVICE = Device()


@dataclass(slots=True)
class Draft:
    """An event between validation and store. Each step fills the fields it is named after."""

    event: Event
    delivery: Delivery
    sent_at: int | None
    site_id: str = ""
    hostname: str = ""
    timestamp: int = 0
    clock: str = ""
    page_url: str = ""
    page: str = ""
    query: str = ""
    referrer: str = ""
    source: str = ""
    channel: str = ""
    campaign: Campaign = NO_CAMPAIGN
    country: str = ""
    region: str = ""
    device: Device = NO_DEVICE
    visitor_id: str = ""
    session_id: str = field(init=False)
    user_agent: str = field(init=False)
    hints: str = field(init=False)

    def __post_init__(self) -> None:
        own, delivery = self.event.user_agent, self.delivery
        self.session_id = self.event.session_id
        # Cut before anything looks at it: what a stranger may make as long as they like is searched and cached.
        self.user_agent = (own or delivery.user_agent)[:_LONGEST_USER_AGENT]
        # A server that passes on somebody's event has hints of its own, which say nothing of that browser.
        self.hints = delivery.client_hints if not own or own == delivery.user_agent else ""
