"""Events derived anew, one after the other."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from liveinsight.ingest.outcome import Refusal
from liveinsight.models.events import StoredEvent
from liveinsight.stats.period import HOUR_MS
from liveinsight.store.reprocessing import Move, Moved, as_duplicate, changed_fields, move_of, report

if TYPE_CHECKING:
    from liveinsight.store.base import Derive, Progress, Reprocessed


class Arrival(NamedTuple):
    """An event as it came: stored (None), or filtered and kept, and why."""

    kept_for: str | None
    event: StoredEvent


class Derived:
    """What becomes of events, in order of arrival: `arrivals` are those that there are from now on."""

    def __init__(self, before: list[Arrival], derive: Derive, progress: Progress, *, keep_filtered: bool) -> None:
        self.arrivals: list[Arrival] = []
        self._keep_filtered = keep_filtered
        self._seen = len(before)
        self._changed = 0
        self._fields: Counter[str] = Counter()
        self._moves: Counter[tuple[str, int, Move]] = Counter()
        verdicts = []
        for arrival in before:
            verdicts.append(derive(arrival.event))
            progress(len(verdicts), len(before))
        self._known = {
            _id(arrival.event)
            for arrival, verdict in zip(before, verdicts, strict=True)
            if arrival.kept_for is None and isinstance(verdict, StoredEvent)
        }
        for arrival, verdict in zip(before, verdicts, strict=True):
            self._settle(arrival, verdict)

    def report(self) -> Reprocessed:
        moves: Counter[Move] = Counter()
        for (_, _, move), events in self._moves.items():
            moves[move] += events
        return report(self._seen, self._changed, self._fields, moves)

    def moves(self) -> list[Moved]:
        return [Moved(*key, events) for key, events in sorted(self._moves.items())]

    def _settle(self, arrival: Arrival, verdict: StoredEvent | Refusal) -> None:
        move = move_of(arrival.kept_for, verdict)
        if isinstance(verdict, Refusal):
            if arrival.kept_for is not None or self._keep_filtered:
                self.arrivals.append(Arrival(verdict.reason, arrival.event))
        elif move is None:
            self._change(arrival.event, verdict)
            self.arrivals.append(Arrival(None, verdict))
        elif _id(verdict) in self._known:
            move = as_duplicate(move)
        else:
            self._known.add(_id(verdict))
            self.arrivals.append(Arrival(None, verdict))
        if move:
            received_at = arrival.event.received_at
            self._moves[arrival.event.site_id, received_at - received_at % HOUR_MS, move] += 1

    def _change(self, before: StoredEvent, after: StoredEvent) -> None:
        names = changed_fields(before, after)
        self._changed += bool(names)
        self._fields.update(names)


def _id(event: StoredEvent) -> tuple[str, str]:
    return event.site_id, event.event_id
