"""How much traffic blockers hide: what the server saw and the tracker did not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from liveinsight.django.middleware import SEEN
from liveinsight.django.running import analytics
from liveinsight.questions import QueryBody

if TYPE_CHECKING:
    from liveinsight.service import Analytics

_TAGGED = {"dimension": "prop:tagged", "values": ["true"]}
_RAN = {
    "and": [
        {"dimension": "event_type", "values": ["conversion"]},
        {"dimension": "conversion_type", "values": [SEEN]},
    ]
}


class Hidden(NamedTuple):
    """Page views that the server answered with the tracker's tag in them, and those of them where the tracker ran."""

    page_views: int
    seen: int

    @property
    def share(self) -> float | None:
        """The share that the tracker did not see, from 0 to 1; None without a page view.

        An upper bound of what blockers hide: bots that do not say so, and visitors without JavaScript, are in it.
        """
        return None if not self.page_views else max(0.0, 1 - self.seen / self.page_views)


def hidden(server_site: str, period: str = "7d", service: Analytics | None = None) -> Hidden:
    """What the tracker missed on the site of the server's page views, such as `server.shop.example`."""
    service = service or analytics()
    return Hidden(
        _count(service, server_site, period, "page_views", _TAGGED),
        _count(service, server_site, period, "events", _RAN),
    )


def _count(service: Analytics, site: str, period: str, metric: str, condition: dict[str, Any]) -> int:
    question = QueryBody.model_validate(
        {"site_id": site, "metrics": [metric], "filters": [condition], "period": period}
    )
    return int(service.query(question)["rows"][0]["metrics"][0])
