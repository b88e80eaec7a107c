"""Journeys: the pages people saw before and after a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from liveinsight.stats.question import Question, check_frame, refuse

if TYPE_CHECKING:
    from liveinsight.stats.filters import Condition
    from liveinsight.stats.period import Period

MAX_STEPS = 5
MAX_LINKS = 100


class Link(NamedTuple):
    """`sessions` that went from page `origin` to page `target`, as the `step`-th move after (-1, -2, ... before) it.

    A `target` of None: the session had no later page. An `origin` of None: it had no earlier one.
    """

    step: int
    origin: str | None
    target: str | None
    sessions: int


class Flow(NamedTuple):
    """The sessions that saw the page, and their moves by step: most sessions first, then by origin and target, as text.

    `moves` has all sessions of every step that any made, also those of links that the limit left out: step -> sessions.
    """

    sessions: int
    links: list[Link]
    moves: dict[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey(Question[Flow]):
    """The moves to and from a page, up to `before` and `after` steps away, `limit` links for each step.

    How it is answered:

    * A session's path are the pages of all its page views, by time and then by event id; the same page several times
      running is one.
    * A session counts when it has a page view of the page in [start, end) that passes every filter; its path is looked
      at from the first such view.
    * The first step after is the move to the next page of the path, step -1 the move from the page before. Where the
      path ends or begins, the move goes to None or comes from None, and there are no further ones.
    * Steps come in the order -1, -2, ..., 1, 2, ...; None sorts before every page.
    """

    site_id: str
    period: Period
    page: str
    before: int = 2
    after: int = 3
    filters: tuple[Condition, ...] = ()
    limit: int = 20

    def __post_init__(self) -> None:
        check_frame(self.period, self.filters)
        if not self.page:
            refuse("invalid_query", "Name a page, such as /pricing.")
        if not (0 <= self.before <= MAX_STEPS and 0 <= self.after <= MAX_STEPS):
            refuse("invalid_query", f"before and after must be 0 to {MAX_STEPS}.")
        if not 0 < self.limit <= MAX_LINKS:
            refuse("invalid_query", f"limit must be 1 to {MAX_LINKS}.")
