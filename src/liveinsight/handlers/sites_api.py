"""The sites: /api/sites."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Query, Request
from fastapi.responses import Response

from liveinsight.handlers.answering import UNCHANGED, Service, failures, if_changed, reader_router, success
from liveinsight.handlers.json_body import json_body, writing
from liveinsight.questions import SiteBody, SiteChange
from liveinsight.wire.parameters import LONGEST_SITE, NoQuestion
from liveinsight.wire.shapes import Site, SiteList, Success

router = reader_router("sites", failures(413))

_Id = Annotated[str, Path(max_length=LONGEST_SITE)]


@router.get("/sites", response_model=Success[SiteList], responses=UNCHANGED)
def sites(request: Request, analytics: Service, _question: Annotated[NoQuestion, Query()]) -> Response:
    """The sites that have events, are saved, or are named in the settings, busiest first."""
    return if_changed(request, success(analytics.sites.all()))


@router.post("/sites", response_model=Success[Site], openapi_extra=json_body(SiteBody))
def add_site(analytics: Service, body: Annotated[SiteBody, Depends(writing(SiteBody))]) -> Response:
    """Save a site: from now on its events are accepted, whatever LIVEINSIGHT_SITES names."""
    return success(analytics.sites.add(body))


@router.put("/sites/{site_id}", response_model=Success[Site], openapi_extra=json_body(SiteChange))
def change_site(
    site_id: _Id, analytics: Service, body: Annotated[SiteChange, Depends(writing(SiteChange))]
) -> Response:
    """Change its time zone or how long its events are kept. A site that was not saved is from now on.

    The answer has what holds now. Events older than that go with the next maintenance, within the hour.
    """
    return success(analytics.sites.change(site_id, body))


@router.delete("/sites/{site_id}", response_model=Success[Site])
def remove_site(site_id: _Id, analytics: Service, _question: Annotated[NoQuestion, Query()]) -> Response:
    """Forget what is set for a site. Its events are now kept as long as the server's settings say.

    The answer has that number of days. Older events go with the next maintenance, within the hour.
    """
    return success(analytics.sites.remove(site_id))
