"""Questions as they come over HTTP, checked and turned into the questions of `stats`. Pydantic at the edge."""

from __future__ import annotations

from liveinsight.questions.flows import FunnelQuestion, JourneyQuestion, PageQuestion, RetentionQuestion
from liveinsight.questions.period import PeriodQuestion
from liveinsight.questions.query import QueryBody
from liveinsight.questions.saved import FunnelBody, GoalBody, SegmentBody
from liveinsight.questions.site import SiteBody, SiteChange
from liveinsight.questions.stats import ListQuestion, StatsQuestion, SummaryQuestion

__all__ = [
    "FunnelBody",
    "FunnelQuestion",
    "GoalBody",
    "JourneyQuestion",
    "ListQuestion",
    "PageQuestion",
    "PeriodQuestion",
    "QueryBody",
    "RetentionQuestion",
    "SegmentBody",
    "SiteBody",
    "SiteChange",
    "StatsQuestion",
    "SummaryQuestion",
]
