"""The general question: `POST /api/query`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from liveinsight.questions.conditions import Filters, Goal, conditions, goal_conditions
from liveinsight.questions.period import Compare, PeriodQuestion, compared
from liveinsight.stats.query import MAX_METRICS, Query
from liveinsight.stats.question import MAX_ROWS
from liveinsight.stats.vocabulary import INTERVALS

if TYPE_CHECKING:
    from liveinsight.questions.occasion import Occasion
    from liveinsight.stats.period import Period

_LIMIT = 100

_Name = Annotated[str, Field(max_length=80)]


class OrderBody(BaseModel):
    """Part of a query: what to sort by."""

    model_config = ConfigDict(extra="forbid")

    by: _Name
    descending: bool = False


class Compared(NamedTuple):
    """A query and the period that each row is compared with, if any."""

    query: Query
    compare: Compare
    period: Period | None


class QueryBody(PeriodQuestion):
    """The body of `POST /api/query`."""

    metrics: Annotated[tuple[_Name, ...], Field(min_length=1, max_length=MAX_METRICS)]
    dimensions: Annotated[tuple[_Name, ...], Field(max_length=4)] = ()
    filters: Filters = ()
    goal: Annotated[
        Goal | None, Field(description="What counts as a conversion: the id of a goal, or filters for an event.")
    ] = None
    compare: Annotated[Compare, Field(description="With the period before, or the same of last year.")] = "none"
    order_by: Annotated[tuple[OrderBody, ...], Field(max_length=4)] = ()
    limit: Annotated[
        int | None, Field(ge=1, le=MAX_ROWS, description="Without it 100; all parts of a time when only that is asked.")
    ] = None
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0

    def at(self, occasion: Occasion) -> Compared:
        """The checked query. Raises InvalidInput, and NotFound for a goal that is none."""
        query = Query(
            site_id=occasion.site_id,
            metrics=self.metrics,
            dimensions=self.dimensions,
            filters=conditions(self.filters),
            goal=() if self.goal is None else goal_conditions(self.goal, occasion),
            period=self.period_at(occasion),
            order_by=tuple((each.by, each.descending) for each in self.order_by),
            limit=self.limit or (MAX_ROWS if self.dimensions and set(self.dimensions) <= set(INTERVALS) else _LIMIT),
            offset=self.offset,
            timezone=self.timezone_at(occasion),
        )
        is_series = query.interval is not None
        has_rows = bool(query.dimensions or query.filters)
        earlier = compared(self.compare, query.period, occasion, query.timezone, whole=is_series, rows=has_rows)
        return Compared(query, self.compare, earlier)
