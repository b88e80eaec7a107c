"""What a tracker would send, and the pipeline that takes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from liveinsight.ingest.draft import Delivery
from liveinsight.ingest.pipeline import Pipeline
from liveinsight.ingest.site import Sites
from liveinsight.ingest.visitor import Visitors
from tests.factories import NOON

if TYPE_CHECKING:
    from liveinsight.errors import InvalidInput
    from liveinsight.ingest.country import Countries
    from liveinsight.ingest.outcome import Intake
    from liveinsight.models.events import StoredEvent

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)


class DailySalts:
    """A salt for each UTC day, as the store keeps them."""

    def salt(self, at: int) -> bytes:
        return (at // 86_400_000).to_bytes(32, "big")


def sent(**fields: Any) -> dict[str, Any]:
    """A good event, with some fields changed; `...` leaves one out."""
    event = {
        "session_id": "s",
        "timestamp": NOON,
        "event_type": "page_view",
        "page_url": "https://www.shop.example/",
        **fields,
    }
    return {name: value for name, value in event.items() if value is not ...}


def delivery(*events: Any, **request: Any) -> Delivery:
    """A request that holds these events."""
    fields = {"received_at": NOON, "address": "203.0.113.7", "user_agent": CHROME, **request}
    return Delivery(json.dumps(list(events)).encode(), **fields)


def post(body: bytes, sites: tuple[str, ...] = ("*",), **delivery: Any) -> tuple[Intake, InvalidInput | None]:
    """A request to the collector, received at noon."""
    request = {"received_at": NOON, "address": "203.0.113.7", "user_agent": CHROME, **delivery}
    return Pipeline.of(Sites.of(sites), Visitors(DailySalts())).run(Delivery(body, **request))


def post_events(*events: Any, sites: tuple[str, ...] = ("*",), **delivery: Any) -> Intake:
    """A request that holds these events."""
    intake, error = post(json.dumps(list(events)).encode(), sites, **delivery)
    assert error is None
    return intake


def stored(**fields: Any) -> StoredEvent:
    """A good event after the pipeline; fields of the request begin with `request_`."""
    request = {name.removeprefix("request_"): fields.pop(name) for name in list(fields) if name.startswith("request_")}
    intake = post_events(sent(**fields), **request)
    assert intake.refused == []
    return intake.events[0]


def stored_with(countries: Countries, delivery: Delivery) -> StoredEvent:
    """The one event of a request, after a pipeline that knows countries as these do."""
    intake, error = Pipeline.of(Sites.of("*"), Visitors(DailySalts()), countries).run(delivery)
    assert error is None
    [event] = intake.events
    return event
