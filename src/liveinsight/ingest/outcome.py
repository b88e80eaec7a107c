"""What became of the events of one request. A refused event is an outcome with a reason, never an exception."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from liveinsight.errors import InvalidInput
    from liveinsight.models.events import FilteredEvent, StoredEvent

UNKNOWN_SITE = "(unknown)"  # refused events whose site cannot be told, or is not ours, are counted here

FILTERED = "filtered"
REJECTED = "rejected"


class Refusal(NamedTuple):
    """Why an event is not stored. `outcome` is `rejected` (bad input) or `filtered` (good, but not to be counted).

    `reason` is one of few stable words for the ledger; `field` and `message` are for the sender.
    """

    outcome: str
    reason: str
    field: str
    message: str


class Refused(NamedTuple):
    """A refusal of the event at `position` of its request."""

    position: int
    site_id: str
    refusal: Refusal


class Tally(NamedTuple):
    """`events` refused events of one request that share site, outcome and reason: a line for the ledger."""

    site_id: str
    outcome: str
    reason: str
    events: int


@dataclass(slots=True)
class Intake:
    """One request after the pipeline: the events to store, and those refused. `received_at` in ms.

    `kept` holds the filtered ones, which are among the refused too, when they are to be kept.
    """

    received_at: int
    events: list[StoredEvent] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    kept: list[FilteredEvent] = field(default_factory=list)

    @classmethod
    def unreadable(cls, received_at: int, error: InvalidInput) -> Intake:
        """A request whose body could not be read at all: one event, of an unknown site, refused."""
        return cls(received_at, refused=[Refused(0, UNKNOWN_SITE, rejected(error.code, "", error.message))])

    def tallies(self) -> list[Tally]:
        """The refusals as lines for the ledger. A body refused as a whole counts as one event."""
        counts: dict[tuple[str, str, str], int] = {}
        for refused in self.refused:
            key = (refused.site_id, refused.refusal.outcome, refused.refusal.reason)
            counts[key] = counts.get(key, 0) + 1
        return [Tally(*key, events) for key, events in counts.items()]


def rejected(reason: str, field_name: str, message: str) -> Refusal:
    """A refusal of bad input."""
    return Refusal(REJECTED, reason, field_name, message)


def filtered(reason: str) -> Refusal:
    """A refusal of an event that is well formed and does not count."""
    return Refusal(FILTERED, reason, "", "")
