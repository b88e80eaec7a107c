"""GET /healthz: for load balancers and monitors."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from liveinsight import __version__
from liveinsight.handlers.answering import Service, bare, failures
from liveinsight.wire.shapes import Health

router = APIRouter(tags=["health"])


@router.get("/healthz", response_model=Health, responses=failures(405, 500, 503))
@router.head("/healthz", include_in_schema=False)
def health(analytics: Service) -> Response:
    """Process and store are alive. Where others aggregate the events, it says how far behind they are."""
    return bare({"status": "ok", "version": __version__, **analytics.health()})
