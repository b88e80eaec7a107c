"""A period at a glance, asked for in an address: `/api/stats` and its relatives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from liveinsight.errors import InvalidInput
from liveinsight.questions.period import Compare, PeriodQuestion, compared
from liveinsight.stats.period import DAY_MS, Period
from liveinsight.stats.question import MAX_ROWS

if TYPE_CHECKING:
    from liveinsight.questions.occasion import Occasion
    from liveinsight.stats.query import Query

Interval = Literal["minute", "hour", "day", "week", "month"]

EVER = Period(0, 4_102_444_800_000)  # everything that is kept
_HOURLY_UP_TO = 2 * DAY_MS
_DAILY_UP_TO = 100 * DAY_MS


class StatsQuestion(PeriodQuestion):
    """What `/api/stats` and its relatives take."""

    interval: Annotated[Interval | None, Field(description="Of the time series; without it, one that fits.")] = None
    compare: Compare = "none"
    limit: Annotated[int, Field(ge=1, le=MAX_ROWS)] = 100

    def compared_at(self, occasion: Occasion) -> Period | None:
        """The period to compare with, if any. Raises InvalidInput."""
        return compared(self.compare, self.period_at(occasion), self.timezone_at(occasion))

    def period_or_ever(self, occasion: Occasion) -> Period:
        """The period that is meant; everything that is kept when none is. Raises InvalidInput."""
        return self.period_at(occasion) if self.has_period else EVER


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
