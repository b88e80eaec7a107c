"""What was filtered and kept, to look at why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from liveinsight.models.events import FilteredEvent
from liveinsight.stats.question import Question, check_limit

if TYPE_CHECKING:
    from liveinsight.stats.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class FilteredEvents(Question[list[FilteredEvent]]):
    """The filtered events that were kept and received in [start, end), of one site or of all; latest received first.

    Ties go by site, event id and reason.
    """

    site_id: str | None
    period: Period
    limit: int = 100

    def __post_init__(self) -> None:
        check_limit(self.limit)
