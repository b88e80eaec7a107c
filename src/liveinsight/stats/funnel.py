"""Funnels: how many go from step to step, where they leave, and how long each step takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from liveinsight.stats.filters import check_filters
from liveinsight.stats.period import DAY_MS
from liveinsight.stats.question import Question, check_frame, refuse

if TYPE_CHECKING:
    from liveinsight.stats.filters import Condition
    from liveinsight.stats.period import Period

FEWEST_STEPS, MOST_STEPS = 2, 10
MAX_DAYS = 90


class Step(NamedTuple):
    """`reached`: how many came to this step. `median_ms`: the median time from the step before; 0 for the first."""

    reached: int
    median_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel(Question[list[Step]]):
    """A funnel of 2 to 10 steps; a step is reached by an event for which all its conditions hold.

    How it is answered:

    * `days` 0: sessions go through it, and all steps lie in one session. Else visitors do (the visitor of each event),
      in any of their sessions, and the last step lies at most `days` times 24 hours after the first.
    * An attempt begins with an event in [start, end) that reaches the first step and passes every filter; the filters
      are about this event only. Each next step is reached by the first event that reaches it and comes after the one
      before, by time and then by event id; it may lie beyond the period.
    * A session or visitor counts with the attempt that gets furthest, the earliest of those: once in every step that it
      reaches.
    * The median of an even number of times is the mean of the two in the middle.
    """

    site_id: str
    period: Period
    steps: tuple[tuple[Condition, ...], ...]
    days: int = 0
    filters: tuple[Condition, ...] = ()

    def __post_init__(self) -> None:
        check_frame(self.period, self.filters)
        if not FEWEST_STEPS <= len(self.steps) <= MOST_STEPS:
            refuse("invalid_query", f"A funnel has {FEWEST_STEPS} to {MOST_STEPS} steps.")
        for step in self.steps:
            if not step:
                refuse("invalid_query", "Every step of a funnel needs at least one filter.")
            check_filters(step)
        if not 0 <= self.days <= MAX_DAYS:
            refuse("invalid_query", f"days must be 0 (within a session) to {MAX_DAYS}.")

    @property
    def window(self) -> int | None:
        """Longest time from the first step to the last, ms; None within a session."""
        return self.days * DAY_MS or None
