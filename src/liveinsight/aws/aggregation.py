"""The function on the stream of the events table: the store takes the delivery, and the log says how late it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Answer = dict[str, list[dict[str, str]]]


class Aggregation:
    """What Lambda calls. `take` folds a delivery, and names what it could not fold.

    `told` hears how many records were folded, and for how long (ms) the oldest had waited; `clock` gives ms.
    """

    def __init__(
        self,
        take: Callable[[Mapping[str, Any]], Answer],
        told: Callable[[int, int], None],
        clock: Callable[[], int],
    ) -> None:
        self._take = take
        self._told = told
        self._clock = clock

    def __call__(self, event: dict[str, Any], _context: Any) -> Answer:
        """The answer that ReportBatchItemFailures asks for."""
        answer = self._take(event)
        events = [record for record in event["Records"] if record["eventName"] == "INSERT"]
        if events:
            oldest = min(record["dynamodb"]["ApproximateCreationDateTime"] for record in events)
            waited = max(self._clock() - round(oldest * 1000), 0)
            self._told(len(events) - len(answer["batchItemFailures"]), waited)
        return answer
