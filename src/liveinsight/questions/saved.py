"""What a site's owner saves: goals, funnels and segments."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from liveinsight.questions.conditions import Filters, SavedId, conditions, nodes, reached_by, saved_conditions
from liveinsight.stats.filters import check_filters
from liveinsight.stats.funnel import FEWEST_STEPS, MAX_DAYS, MOST_STEPS, Funnel
from liveinsight.stats.period import Period

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from liveinsight.stats.filters import Condition

MOST_GOALS = 50  # on one site: a list of all goals is a query for each
MOST_FUNNELS = 50
MOST_SEGMENTS = 50

_TURNING = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # they turn the text around them
_ANY_PERIOD = Period(0, 1)


def _one_line(name: str) -> str:
    text = " ".join(unicodedata.normalize("NFC", name).split())
    if not text or any(unicodedata.category(each) == "Cc" or each in _TURNING for each in text):
        msg = "must be text, without control characters"
        raise ValueError(msg)
    return text


Name = Annotated[str, Field(max_length=100), AfterValidator(_one_line)]
Days = Annotated[
    int, Field(ge=0, le=MAX_DAYS, description="0: all steps in one session. Else by one visitor, within so many days.")
]


class SavedBody(BaseModel):
    """What goals, funnels and segments have in common."""

    model_config = ConfigDict(extra="forbid")

    site_id: Annotated[str | None, Field(max_length=253, description="May be left out while there is one site.")] = None
    name: Name


class _FiltersBody(SavedBody):
    filters: Annotated[Filters, Field(min_length=1)]

    def content(self) -> dict[str, Any]:
        """What is kept of it. Raises InvalidInput for filters that mean nothing."""
        found = conditions(self.filters)
        check_filters(found)
        return {"name": self.name, "filters": nodes(found)}


class GoalBody(_FiltersBody):
    """A goal: an event for which all filters hold reaches it.

    Heartbeats and other presence events reach it only when a filter names `event_type`.
    """


class SegmentBody(_FiltersBody):
    """A segment: the filters of a question, to be used again."""


class StepBody(BaseModel):
    """A step of a funnel: filters, or the id of a goal."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    filters: Annotated[Filters | None, Field(min_length=1)] = None
    goal: SavedId | None = None

    @model_validator(mode="after")
    def _is_one_step(self) -> StepBody:
        if (self.filters is None) == (self.goal is None):
            msg = "must have either filters or goal"
            raise ValueError(msg)
        return self

    def content(self) -> dict[str, Any]:
        """What is kept of it. A goal is kept by its id: when the goal changes, so does the step."""
        what = {"goal": self.goal} if self.goal is not None else {"filters": nodes(conditions(self.filters or ()))}
        return what if self.name is None else {"name": self.name, **what}


Steps = Annotated[tuple[StepBody, ...], Field(min_length=FEWEST_STEPS, max_length=MOST_STEPS)]


class FunnelBody(SavedBody):
    """A funnel: 2 to 10 steps, one after the other."""

    steps: Steps
    days: Days = 0

    def content(self, goal: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
        """What is kept of it. Raises InvalidInput for steps that mean nothing, NotFound for a goal that is none."""
        steps = tuple(step for _, step in named_steps(self.steps, goal))
        Funnel(site_id="", period=_ANY_PERIOD, steps=steps, days=self.days)  # checks them
        return {"name": self.name, "steps": [step.content() for step in self.steps], "days": self.days}


def named_steps(
    steps: Iterable[StepBody], goal: Callable[[str], dict[str, Any]]
) -> list[tuple[str | None, tuple[Condition, ...]]]:
    """The name of each step, if it has one, and its conditions; a goal lends its name. Raises NotFound."""
    found = []
    for step in steps:
        if step.goal is not None:
            saved = goal(step.goal)
            found.append((step.name or saved["name"], saved_conditions(saved)))
        else:
            found.append((step.name, reached_by(step.filters or ())))
    return found
