"""Retention: who came first when, and who of them came back later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from liveinsight.stats import period as periods
from liveinsight.stats.question import Question, check_frame, refuse
from liveinsight.stats.vocabulary import check_name

if TYPE_CHECKING:
    from liveinsight.stats.filters import Condition
    from liveinsight.stats.period import Period

INTERVALS = ("day", "week", "month")
MAX_LATER = 60
_MOST_COHORTS = 400


class Cohort(NamedTuple):
    """The visitors whose first visit lies in the part that starts at `start` (ms).

    `returned[k]`: how many of them have an event in the k-th part after it; `returned[0]` is all of them.
    """

    start: int
    returned: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention(Question[list[Cohort]]):
    """Cohorts by day, week or month of the first visit, in the time zone.

    How it is answered:

    * A visitor's first visit is their first event on the site, by time and then by event id, of all that is kept.
    * The visitor is in the cohort of that event's part when the event lies in [start, end) and passes every filter. The
      filters are about this event only.
    * They returned in the k-th part after it, k from 0 to `later`, when any event of theirs lies there, also beyond the
      period.
    * Every part of the period has a cohort, empty ones too, in order of time. `returned` has `later` + 1 numbers.
    """

    site_id: str
    period: Period
    interval: str = "week"
    later: int = 8
    filters: tuple[Condition, ...] = ()
    timezone: str = "UTC"

    def __post_init__(self) -> None:
        check_frame(self.period, self.filters, self.timezone)
        check_name("interval", self.interval, INTERVALS, is_known=self.interval in INTERVALS)
        if not 0 <= self.later <= MAX_LATER:
            refuse("invalid_query", f"later must be 0 to {MAX_LATER}.")
        if len(self.cohorts()) > _MOST_COHORTS:
            refuse("too_many_rows", f"The period has over {_MOST_COHORTS} cohorts: ask for a longer interval.")

    def cohorts(self) -> list[int]:
        """The starts of the cohorts."""
        return periods.parts(self.period, self.interval, self.timezone)

    def parts(self) -> list[int]:
        """The starts of all parts that matter, those of the cohorts first, and the end of the last."""
        starts = self.cohorts()
        tz = periods.zone(self.timezone)
        for _ in range(self.later + 1):
            starts.append(periods.next_part(starts[-1], self.interval, tz))
        return starts
