"""Questions about ways: funnels, retention, journeys, and one page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, NamedTuple
from urllib.parse import urlsplit

from pydantic import Field, TypeAdapter, model_validator

from liveinsight.ingest.page import page_of
from liveinsight.questions.conditions import Filters, SavedId, conditions
from liveinsight.questions.period import DEFAULT_PERIOD, Compare, PeriodQuestion
from liveinsight.questions.saved import Days, StepBody, Steps, named_steps
from liveinsight.questions.stats import Interval
from liveinsight.stats import period as periods
from liveinsight.stats.funnel import Funnel
from liveinsight.stats.journey import MAX_LINKS, MAX_STEPS, Journey
from liveinsight.stats.period import Period
from liveinsight.stats.retention import MAX_LATER, Retention

if TYPE_CHECKING:
    from liveinsight.questions.occasion import Occasion

_STEPS = TypeAdapter(tuple[StepBody, ...])
# A retention table of seven days would be empty: without a period it has this many cohorts.
_COHORTS = {"day": "14d", "week": "56d", "month": "12mo"}


class FilteredQuestion(PeriodQuestion):
    """A question about the events that filters let pass."""

    filters: Filters = ()


class NamedFunnel(NamedTuple):
    """A funnel and what its steps are called."""

    funnel: Funnel
    names: list[str | None]


class FunnelQuestion(FilteredQuestion):
    """The body of `POST /api/query/funnel`: a saved funnel, or steps."""

    funnel: Annotated[SavedId | None, Field(description="The id of a saved funnel.")] = None
    steps: Steps | None = None
    days: Days | None = None

    @model_validator(mode="after")
    def _is_one_funnel(self) -> FunnelQuestion:
        if (self.funnel is None) == (self.steps is None):
            msg = "must have either funnel or steps"
            raise ValueError(msg)
        return self

    def at(self, occasion: Occasion) -> NamedFunnel:
        """The checked question. Raises InvalidInput, and NotFound for a funnel or goal that is none."""
        saved = {} if self.funnel is None else occasion.funnel(self.funnel)
        steps = named_steps(self.steps or _STEPS.validate_python(saved["steps"]), occasion.goal)
        funnel = Funnel(
            site_id=occasion.site_id,
            period=self.period_at(occasion),
            steps=tuple(step for _, step in steps),
            days=saved.get("days", 0) if self.days is None else self.days,
            filters=conditions(self.filters),
        )
        return NamedFunnel(funnel, [name for name, _ in steps])


class RetentionQuestion(FilteredQuestion):
    """The body of `POST /api/query/retention`."""

    interval: Annotated[str, Field(max_length=30, description="day, week or month")] = "week"
    later: Annotated[int, Field(ge=0, le=MAX_LATER, description="How many parts after the first.")] = 8

    def at(self, occasion: Occasion) -> Retention:
        """The checked question, from the start of its first cohort: part of one would look like fewer people."""
        timezone = self.timezone_at(occasion)
        question = Retention(
            site_id=occasion.site_id,
            period=self.period_at(occasion, _COHORTS.get(self.interval, DEFAULT_PERIOD)),
            interval=self.interval,
            later=self.later,
            filters=conditions(self.filters),
            timezone=timezone,
        )
        start = periods.part_start(question.period.start, self.interval, periods.zone(timezone))
        return replace(question, period=Period(start, question.period.end))


class AroundQuestion(FilteredQuestion):
    """A question about the sessions that saw a page."""

    page: Annotated[str, Field(min_length=1, max_length=2048, examples=["/pricing"])]
    limit: Annotated[int, Field(ge=1, le=MAX_LINKS, description="Rows of each list; links of each step.")] = 20

    def journey(self, occasion: Occasion, before: int, after: int) -> Journey:
        """The pages around it. Raises InvalidInput."""
        return Journey(
            site_id=occasion.site_id,
            period=self.period_at(occasion),
            page=page_of(urlsplit(self.page).path),  # as it is kept, also when an address was copied
            before=before,
            after=after,
            filters=conditions(self.filters),
            limit=self.limit,
        )


class JourneyQuestion(AroundQuestion):
    """The body of `POST /api/query/journey`."""

    before: Annotated[int, Field(ge=0, le=MAX_STEPS)] = 2
    after: Annotated[int, Field(ge=0, le=MAX_STEPS)] = 3

    def at(self, occasion: Occasion) -> Journey:
        """The checked question. Raises InvalidInput."""
        return self.journey(occasion, self.before, self.after)


class PageQuestion(AroundQuestion):
    """The body of `POST /api/query/page`."""

    interval: Annotated[Interval | None, Field(description="Of the time series; without it, one that fits.")] = None
    compare: Compare = "none"

    def at(self, occasion: Occasion) -> Journey:
        """The checked question about the pages next to it. Raises InvalidInput."""
        return self.journey(occasion, 1, 1)
