"""Filters as they come in JSON: lists of nodes, all of which must hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from liveinsight.models.events import PRESENCE_TYPES
from liveinsight.stats.filters import MAX_FILTER_VALUES, MAX_FILTERS, AllOf, AnyOf, Did, Filter, Not, inside

if TYPE_CHECKING:
    from collections.abc import Iterable

    from liveinsight.questions.occasion import Occasion
    from liveinsight.stats.filters import Condition

_LONGEST_NAME = 80
_LONGEST_VALUE = 2048
_LONGEST_ID = 120

_NO_PRESENCE = Filter("event_type", "is_not", tuple(sorted(PRESENCE_TYPES)))

# Tags tell the kinds of a value apart. Pydantic puts them into the place of an error, where nobody sent them: whoever
# answers leaves out what is in angle brackets.
_ID, _LIST = "<id>", "<filters>"


class FilterBody(BaseModel):
    """A condition on an event and its session: exactly one of dimension, and, or, not, did.

    {"dimension": "page", "operator": "starts_with", "values": ["/blog"]}: any of the values (`is_not`: none of them).
    {"did": {...}}: the same session has an event, at any time, for which the inner condition holds.
    """

    model_config = ConfigDict(extra="forbid")

    dimension: Annotated[str | None, Field(max_length=_LONGEST_NAME)] = None
    operator: Annotated[
        str | None, Field(max_length=30, description="is (the default), is_not, contains, starts_with, matches")
    ] = None
    values: Annotated[
        tuple[Annotated[str, Field(max_length=_LONGEST_VALUE)], ...] | None,
        Field(min_length=1, max_length=MAX_FILTER_VALUES),
    ] = None
    all_of: Annotated[Filters | None, Field(alias="and", min_length=1, description="All of them hold.")] = None
    any_of: Annotated[Filters | None, Field(alias="or", min_length=1, description="At least one of them holds.")] = None
    none_of: Annotated[FilterBody | None, Field(alias="not", description="It does not hold.")] = None
    did: FilterBody | None = None

    @model_validator(mode="after")
    def _is_one_condition(self) -> FilterBody:
        kinds = (self.dimension, self.all_of, self.any_of, self.none_of, self.did)
        if sum(kind is not None for kind in kinds) != 1:
            msg = "must have exactly one of dimension, and, or, not, did"
            raise ValueError(msg)
        if self.dimension is None and (self.operator or self.values):
            msg = "must not have operator or values: they belong to a dimension"
            raise ValueError(msg)
        if self.dimension is not None and not self.values:
            msg = "must have values: a list of what to compare the dimension with"
            raise ValueError(msg)
        return self

    def condition(self) -> Condition:
        """The condition that it describes."""
        if self.all_of is not None:
            return AllOf(conditions(self.all_of))
        if self.any_of is not None:
            return AnyOf(conditions(self.any_of))
        if self.none_of is not None:
            return Not(self.none_of.condition())
        if self.did is not None:
            return Did(self.did.condition())
        return Filter(self.dimension or "", self.operator or "is", self.values or ())


Filters = Annotated[tuple[FilterBody, ...], Field(max_length=MAX_FILTERS)]
FilterBody.model_rebuild()  # it holds lists of itself


def _kind(value: object) -> str:
    return _ID if isinstance(value, str) else _LIST


SavedId = Annotated[str, Field(min_length=1, max_length=_LONGEST_ID)]
# What may stand for a goal: the id of a saved one, or the filters themselves.
Goal = Annotated[
    Annotated[SavedId, Tag(_ID)] | Annotated[Filters, Field(min_length=1), Tag(_LIST)], Discriminator(_kind)
]


def conditions(filters: Iterable[FilterBody]) -> tuple[Condition, ...]:
    """The conditions that filters describe."""
    return tuple(each.condition() for each in filters)


def reached_by(filters: Iterable[FilterBody]) -> tuple[Condition, ...]:
    """What has to hold for an event to reach a goal or a step.

    Presence events do only when the filters speak of event types: somebody who reads on reaches no page again.
    """
    found = conditions(filters)
    return found if _speaks_of_types(found) else (*found, _NO_PRESENCE)


def goal_conditions(goal: str | tuple[FilterBody, ...], occasion: Occasion) -> tuple[Condition, ...]:
    """What has to hold for an event to reach a goal. Raises NotFound."""
    if isinstance(goal, str):
        return saved_conditions(occasion.goal(goal))
    return reached_by(goal)


def saved_conditions(goal: dict[str, Any]) -> tuple[Condition, ...]:
    """What has to hold for an event to reach a goal that was saved."""
    return reached_by(FilterBody.model_validate(each) for each in goal["filters"])


def _speaks_of_types(found: Iterable[Condition]) -> bool:
    """Whether the event's own type matters: what the session did otherwise is another event's."""
    for each in found:
        if isinstance(each, Filter):
            if each.dimension == "event_type":
                return True
        elif not isinstance(each, Did) and _speaks_of_types(inside(each)):
            return True
    return False


def nodes(found: Iterable[Condition]) -> list[dict[str, Any]]:
    """Conditions as JSON filters, every default filled in."""
    return [_node(each) for each in found]


def _node(condition: Condition) -> dict[str, Any]:
    if isinstance(condition, AllOf):
        return {"and": nodes(condition.conditions)}
    if isinstance(condition, AnyOf):
        return {"or": nodes(condition.conditions)}
    if isinstance(condition, Not):
        return {"not": _node(condition.condition)}
    if isinstance(condition, Did):
        return {"did": _node(condition.condition)}
    return {"dimension": condition.dimension, "operator": condition.operator, "values": list(condition.values)}
