"""The parameters of routes that are no question of `questions`."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from liveinsight.reports.lists import MAX_HOURS
from liveinsight.stats.question import MAX_ROWS

LONGEST_SESSION_ID = 120  # a client's id of 100 characters, and the number of one of its sessions
LONGEST_VISITOR = 200
LONGEST_SAVED_ID = 120  # of a goal, a funnel, a segment
LONGEST_SITE = 253


class NoQuestion(BaseModel):
    """A route without parameters: a misspelt one is an error and not ignored."""

    model_config = ConfigDict(extra="forbid")


class SiteQuestion(NoQuestion):
    """The parameter of routes that only ask for a site."""

    site_id: Annotated[
        str | None, Field(max_length=LONGEST_SITE, description="May be left out while there is one site.")
    ] = None


class ActiveQuestion(SiteQuestion):
    """What `/api/sessions/active/` takes."""

    limit: Annotated[int, Field(ge=1, le=MAX_ROWS)] = 1000


class VisitorQuestion(SiteQuestion):
    """What `/api/visitors/{visitor}/sessions/` takes."""

    limit: Annotated[int, Field(ge=1, le=1000)] = 100


class HourlyQuestion(SiteQuestion):
    """What `/api/statistics/hourly/` takes."""

    hours: Annotated[
        int,
        Field(
            description="How many hours back, this one included.",
            json_schema_extra={"minimum": 1, "maximum": MAX_HOURS},
        ),
    ] = 24
    timezone: Annotated[str | None, Field(max_length=64)] = None
