"""What is derived from an event, once more: for events that were stored under older rules or lists.

The same functions as in the steps, on what is stored. What the request alone knew stays as it was: the country that its
address gave, and that its referrer was a page of the site itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.ingest.bot import bot_reason
from liveinsight.ingest.client_hints import CLIENT_HINTS
from liveinsight.ingest.country import NO_PLACE, place_of_zone
from liveinsight.ingest.device import device_of
from liveinsight.ingest.outcome import filtered
from liveinsight.ingest.page import page_parts
from liveinsight.ingest.screen import screen_class
from liveinsight.ingest.source import INTERNAL, app_of, arrival_of

if TYPE_CHECKING:
    from liveinsight.ingest.outcome import Refusal
    from liveinsight.models.events import StoredEvent


def derive(event: StoredEvent) -> StoredEvent | Refusal:
    """The event as today's rules see it; a Refusal where they take it for a bot's. Unchanged rules change nothing."""
    context, sent = event.context, event.sent
    hints = sent.get(CLIENT_HINTS, "")
    if reason := bot_reason(event.user_agent, hints):
        return filtered(reason)
    page_url, page, query = page_parts(event.page_url)
    device = device_of(event.user_agent, hints)
    host = context.referrer.partition("/")[0]
    app = app_of(device.browser, event.event_type)
    arrival = arrival_of(query, host, app, context.channel == INTERNAL)
    place = (context.country, context.region) if context.country else place_of_zone(sent.get("timezone")) or NO_PLACE
    context = context._replace(
        source=arrival.source,
        channel=arrival.channel,
        **arrival.campaign._asdict(),
        country=place[0],
        region=place[1],
        **device._asdict(),
        screen_class=screen_class(context.screen),
    )
    return event._replace(page_url=page_url, page=page, context=context)
