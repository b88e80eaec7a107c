"""The functions that answer HTTP, as Lambda calls them. Each takes the service; `handlers` opens it.

`proof` is what CloudFront shows (see `handlers.cloudfront`); None where anything else is in front, or nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mangum import Mangum

from liveinsight.handlers.cloudfront import CloudFront
from liveinsight.handlers.refreshing import Refreshing

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.collection import Counts
    from liveinsight.service import Analytics


def collector(analytics: Analytics, count: Callable[[Counts], None] | None = None, proof: str | None = None) -> Mangum:
    """POST /api/events, without a web framework: half of what the other functions need to start."""
    from liveinsight.handlers.event_collector import EventCollector
    from liveinsight.handlers.only_collector import OnlyCollector
    from liveinsight.wire.loop_bridge import LoopBridge

    return _called(OnlyCollector(EventCollector(analytics, analytics.settings, LoopBridge(), count)), analytics, proof)


def realtime(analytics: Analytics, token: str, proof: str | None = None) -> Mangum:
    """What open dashboards ask every few seconds."""
    from liveinsight.handlers import realtime_api, sessions_api

    return _reading(analytics, token, proof, [realtime_api.router, sessions_api.router])


def stats(analytics: Analytics, token: str, proof: str | None = None) -> Mangum:
    """Everything that readers ask, and the pages."""
    from liveinsight.handlers.readers import routers

    return _reading(analytics, token, proof, routers(analytics.settings))


def _reading(analytics: Analytics, token: str, proof: str | None, its_routers: list[Any]) -> Mangum:
    from liveinsight.handlers.api import Api, fastapi_app
    from liveinsight.handlers.realtime_api import polled_router

    app = fastapi_app(analytics, analytics.settings, token, [polled_router, *its_routers])
    return _called(Api(app), analytics, proof)


def _called(app: Any, analytics: Analytics, proof: str | None) -> Mangum:
    """Mangum would run the app's lifespan for every request."""
    app = Refreshing(app, analytics)
    return Mangum(app if proof is None else CloudFront(app, proof), lifespan="off")
