"""One request to the collector, from the pipeline to its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from liveinsight.errors import InvalidInput
from liveinsight.ingest.outcome import FILTERED, REJECTED

if TYPE_CHECKING:
    from liveinsight.ingest.outcome import Intake
    from liveinsight.models.events import StoredEvent
    from liveinsight.store.base import Recorded
    from liveinsight.store.promise import Promise


class Counts(NamedTuple):
    """Events of a request: received = stored + duplicates + filtered + rejected."""

    received: int
    stored: int
    duplicates: int
    filtered: int
    rejected: int


class Collection:
    """A request to the collector on its way to the disk. Done when `recorded` is."""

    __slots__ = ("_error", "_intake", "recorded")

    def __init__(self, intake: Intake, error: InvalidInput | None, recorded: Promise[Recorded]) -> None:
        self._intake = intake
        self._error = error
        self.recorded = recorded

    @property
    def last(self) -> StoredEvent | None:
        """The last event of the request that was good."""
        return self._intake.events[-1] if self._intake.events else None

    @property
    def page_view(self) -> StoredEvent | None:
        """The first page view of the request that was good."""
        return next((event for event in self._intake.events if event.event_type == "page_view"), None)

    def counts(self) -> Counts:
        """How many events came, and what became of them. Raises StoreUnavailable when they could not be kept."""
        recorded = self.recorded.result()
        refused, filtered = len(self._intake.refused), self._filtered()
        stored, duplicates = len(recorded.stored), recorded.duplicates
        return Counts(stored + duplicates + refused, stored, duplicates, filtered, refused - filtered)

    def _filtered(self) -> int:
        return sum(each.refusal.outcome == FILTERED for each in self._intake.refused)

    def answer(self) -> dict[str, Any]:
        """`data` of the answer; waits until the events are durable.

        Raises InvalidInput when nothing in the request was valid, StoreUnavailable when it could not be kept.
        """
        recorded = self.recorded.result()
        if self._error is not None:
            raise self._error
        refused = self._intake.refused
        rejections = [
            {"index": each.position, "field": each.refusal.field, "message": each.refusal.message}
            for each in refused
            if each.refusal.outcome == REJECTED
        ]
        if rejections and len(rejections) == len(refused) and not self._intake.events:
            raise _all_rejected({each.refusal.reason for each in refused}, rejections)
        return {
            "accepted": len(recorded.stored),
            "duplicates": recorded.duplicates,
            "filtered": self._filtered(),
            "rejected": rejections,
        }


def _all_rejected(reasons: set[str], rejections: list[dict[str, Any]]) -> InvalidInput:
    first = rejections[0]
    if len(rejections) == 1:
        message = f"The event was not accepted: {first['field']} {first['message']}."
    else:
        message = f"None of the {len(rejections)} events was accepted. The first: {first['field']} {first['message']}."
    code = reasons.pop() if len(reasons) == 1 else "invalid_event"
    return InvalidInput(" ".join(message.split()), code=code, details=rejections)
