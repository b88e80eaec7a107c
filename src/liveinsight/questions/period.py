"""What every question has: a site, a period and a time zone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from liveinsight.errors import InvalidInput
from liveinsight.stats import period as periods
from liveinsight.stats.period import MINUTE_MS, QUARTER_MS, Period

if TYPE_CHECKING:
    from liveinsight.questions.occasion import Occasion

DEFAULT_PERIOD = "7d"
EVER = Period(0, 4_102_444_800_000)  # everything that is kept
_LONGEST_MOMENT = 40
_LATEST = 10**15  # no more digits: they would have to be turned into text first

Compare = Literal["none", "previous", "year"]


def _as_text(value: object) -> object:
    """JSON may say milliseconds as a number."""
    if isinstance(value, str) or value is None:
        return value
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LATEST:
        return str(value)
    msg = "must be milliseconds since the epoch or an ISO date"
    raise ValueError(msg)


Moment = Annotated[
    str,
    BeforeValidator(_as_text),
    Field(max_length=_LONGEST_MOMENT),
    WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string", "maxLength": _LONGEST_MOMENT}]}),
]


class PeriodQuestion(BaseModel):
    """A site and a period: named, or from and to."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    site_id: Annotated[str | None, Field(max_length=253, description="May be left out while there is one site.")] = None
    period: Annotated[str | None, Field(max_length=30, description="today, yesterday, 24h, 7d, 30d, 12mo, ...")] = None
    start: Annotated[Moment | None, Field(alias="from", description="ms or ISO date")] = None
    end: Annotated[Moment | None, Field(alias="to", description="ms or ISO date (that day included)")] = None
    timezone: Annotated[str | None, Field(max_length=64, description="Without it, that of the site.")] = None

    @property
    def has_period(self) -> bool:
        """Whether it says which period."""
        return any((self.period, self.start, self.end))

    def read_period(self, now: int, default_timezone: str, default: str = DEFAULT_PERIOD) -> Period:
        """The period that is meant. Raises InvalidInput."""
        timezone = self.timezone or default_timezone
        if self.period and (self.start or self.end):
            msg = "Send either period, or from and to."
            raise InvalidInput(msg, code="invalid_period")
        if not (self.start or self.end):
            return periods.named_period(self.period or default, now, timezone)
        if not self.start:
            msg = "to needs a from."
            raise InvalidInput(msg, code="invalid_period")
        first = periods.instant(self.start, timezone)
        # Nothing has happened later than now: the next quarter of an hour is as good, and counts are kept by it.
        last = max(-(-now // QUARTER_MS) * QUARTER_MS, first + 1)
        if self.end:
            last = periods.instant(self.end, timezone, end=True)
        if last <= first:
            msg = "The period ends before it starts: from must be earlier than to."
            raise InvalidInput(msg, code="invalid_period")
        return Period(first, last)

    def timezone_at(self, occasion: Occasion) -> str:
        """The time zone that is meant."""
        return self.timezone or occasion.timezone

    def period_at(self, occasion: Occasion, default: str = DEFAULT_PERIOD) -> Period:
        """The period that is meant. Raises InvalidInput."""
        return self.read_period(occasion.now, occasion.timezone, default)

    def period_or_ever(self, occasion: Occasion) -> Period:
        """The period that is meant; everything that is kept when none is. Raises InvalidInput."""
        return self.period_at(occasion) if self.has_period else EVER


def compared(
    compare: Compare, period: Period, occasion: Occasion, timezone: str, *, whole: bool = False, rows: bool = False
) -> Period | None:
    """The period to compare with.

    What has gone of a period that is not over yet is compared with as much of the earlier one, to the minute: a morning
    with a morning, on the local clock. With `rows`, to the nearest quarter of an hour: that is as fine as counts by
    dimension are kept for ever. With `whole`, always with all of it: a series has a place for each part.
    """
    if compare == "none":
        return None
    before = periods.previous if compare == "previous" else periods.year_before
    gone = (occasion.now - period.start) // MINUTE_MS * MINUTE_MS
    if rows and gone:
        gone = max(1, round(gone / QUARTER_MS)) * QUARTER_MS
    if whole or gone < MINUTE_MS or occasion.now >= period.end:
        return before(period, timezone)
    return before(period, timezone, until=period.start + gone)
