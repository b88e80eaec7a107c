"""What an owner sets for a site."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from liveinsight.errors import InvalidInput
from liveinsight.ingest.site import is_site_name, site_in
from liveinsight.stats import period as periods

MOST_DAYS = 36_500

_LONGEST_ADDRESS = 2048


class SiteChange(BaseModel):
    """What to set for a site. null: as the settings have it. What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    timezone: Annotated[str | None, Field(max_length=64, description="Of its reports.", examples=["Asia/Seoul"])] = None
    retention_days: Annotated[
        int | None, Field(ge=0, le=MOST_DAYS, description="Days to keep its events and sessions. 0: for ever.")
    ] = None

    def settings(self) -> dict[str, Any]:
        """What is kept of it. Raises InvalidInput for a time zone that is none."""
        if self.timezone is not None:
            periods.zone(self.timezone)
        return self.model_dump(include={"timezone", "retention_days"}, exclude_unset=True)


class SiteBody(SiteChange):
    """A site to save. `site_id` is its host; an address of it will do."""

    site_id: Annotated[str, Field(min_length=1, max_length=_LONGEST_ADDRESS, examples=["example.com"])]

    def name(self) -> str:
        """The one spelling of the site. Raises InvalidInput."""
        name = site_in(self.site_id)
        if not is_site_name(name):
            msg = "site_id must be a host such as example.com, or letters, digits and _ . : -."
            raise InvalidInput(msg, code="invalid_site")
        return name
