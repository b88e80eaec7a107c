"""A period at a glance, asked for in an address: `/api/stats` and its relatives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from liveinsight.errors import InvalidInput
from liveinsight.questions.period import Compare, PeriodQuestion, compared
from liveinsight.stats.period import DAY_MS
from liveinsight.stats.question import MAX_ROWS

if TYPE_CHECKING:
    from liveinsight.questions.occasion import Occasion
    from liveinsight.stats.period import Period
    from liveinsight.stats.query import Query

Interval = Literal["minute", "hour", "day", "week", "month"]

_HOURLY_UP_TO = 2 * DAY_MS
_DAILY_UP_TO = 100 * DAY_MS


class SummaryQuestion(PeriodQuestion):
    """What `/api/statistics/summary` takes."""

    compare: Compare = "none"

    def compared_at(self, occasion: Occasion) -> Period | None:
        """The period to compare with, if any. Raises InvalidInput."""
        return compared(self.compare, self.period_at(occasion), occasion, self.timezone_at(occasion))


class ListQuestion(PeriodQuestion):
    """What the lists of `/api/statistics/` take."""

    limit: Annotated[int, Field(ge=1, le=MAX_ROWS)] = 100


class StatsQuestion(SummaryQuestion, ListQuestion):
    """What `/api/stats` takes."""

    interval: Annotated[Interval | None, Field(description="Of the time series; without it, one that fits.")] = None


def fitting_interval(period: Period) -> Interval:
    """The interval that gives a time series of a readable number of points."""
    length = period.end - period.start
    if length <= _HOURLY_UP_TO:
        return "hour"
    return "day" if length <= _DAILY_UP_TO else "month"


def check_series(series: Query) -> None:
    """Raises InvalidInput for a time series that would not be whole."""
    if (points := len(series.parts())) > MAX_ROWS:
        msg = f"The time series would have {points} points, and {MAX_ROWS} is the limit: ask for a longer interval."
        raise InvalidInput(msg, code="too_many_rows")
