"""The aggregator: from what the collector wrote, once or often, in whatever order, to sessions, ledger and live items.

`stream` calls `fold` with what it polls; whoever else has a delivery of the stream may, too.
"""

from __future__ import annotations

import logging
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from liveinsight.errors import LiveInsightError, StoreUnavailable
from liveinsight.store.base import DUPLICATE, STORED
from liveinsight.store.dynamodb import keys
from liveinsight.store.dynamodb.applying import uncounted
from liveinsight.store.dynamodb.batches import Batch, decoded, portions
from liveinsight.store.dynamodb.cells.counting import difference
from liveinsight.store.dynamodb.codec import unpack, unpack_events
from liveinsight.store.dynamodb.failures import code_of, is_about_content, what_failed
from liveinsight.store.plain import visits_of
from liveinsight.store.restoring import hour_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from liveinsight.models.events import StoredEvent
    from liveinsight.store.dynamodb.applying import Applying
    from liveinsight.store.dynamodb.chains import Chains, State
    from liveinsight.store.dynamodb.client import Client, Item
    from liveinsight.store.dynamodb.keys import Chain, Lane
    from liveinsight.store.dynamodb.lanes import Head, Lanes

    Plan = tuple[Batch, Mapping[Chain, State]]

_TRIES = 100  # each one lost was won by somebody else, so the lane goes on
_PAUSE_S = 0.05
_NOTES_AT_ONCE = 1000
_LANES_AT_ONCE = 8
_LATELY_S = 120.0  # a record that cannot be folded is tried every half minute

logger = logging.getLogger(__name__)

Row = tuple[int, str, str, int]
Note = tuple[str, list[Row]]  # key, rows for the ledger


class Arrived(NamedTuple):
    """An event, what its raw event is told by, and whether it came from another store."""

    event: StoredEvent
    made: str
    is_copy: bool


class Delivered(NamedTuple):
    """What is for one lane."""

    events: list[Arrived]
    notes: list[Note]


class LaneStuck(LiveInsightError):
    """A lane has committed a batch that cannot be applied, and so takes no other."""

    code = "lane_stuck"

    def __init__(self, lane: Lane, number: int, error: Exception) -> None:
        self.lane = lane
        why = what_failed(error) if isinstance(error, ClientError) else f"{type(error).__name__}."
        super().__init__(
            f"Lane {lane.number} of {lane.site_id} stands still, for its batch {number} cannot be written. {why} It is"
            " tried again and again; what comes for it, and all that comes after that, is in the stream for 24 hours."
            " If nobody has changed the tables, it is a fault of LiveInsight: update it, and report this line."
        )


class Aggregator:
    """Folds deliveries. Any number of them may work at once."""

    def __init__(self, client: Client, chains: Chains, lanes: Lanes, applying: Applying) -> None:
        self._client = client
        self._chains = chains
        self._lanes = lanes
        self._applying = applying
        self._stuck: dict[Lane, tuple[str, float]] = {}

    def fold(self, images: Iterable[Item]) -> None:
        """Take in items of the events table. Raises StoreUnavailable: then deliver them again, none counts twice."""
        lanes = self._by_lane(images)
        if len(lanes) <= self._lanes.per_site:
            for lane, delivered in lanes.items():
                self._fold(lane, delivered)
            return
        # Of many sites, or of those that somebody made up: each lane is a dozen calls, one after the other.
        with ThreadPoolExecutor(_LANES_AT_ONCE, "dynamodb-lanes") as threads:
            for folding in [threads.submit(self._fold, lane, delivered) for lane, delivered in lanes.items()]:
                folding.result()

    def _fold(self, lane: Lane, delivered: Delivered) -> None:
        for events in portions(delivered.events):
            self.commit(lane, lambda events=events: self._plan(events, []))  # type: ignore[misc]
        for at in range(0, len(delivered.notes), _NOTES_AT_ONCE):
            notes = delivered.notes[at : at + _NOTES_AT_ONCE]
            self.commit(lane, lambda notes=notes: self._plan([], notes))  # type: ignore[misc]

    def commit(self, lane: Lane, plan: Callable[[], Plan]) -> Batch:
        """Make a plan upon what the lane has done so far, and carry it out; gives what was done.

        The plan is made again when somebody else was quicker.
        """
        for _ in range(_TRIES):
            head = self._lanes.head(lane)
            if head.applied < head.number:
                self._finish(lane, head)
                continue
            batch, states = plan()
            if batch.is_nothing:
                return batch
            key = self._lanes.write(lane, batch.encoded())
            if self._lanes.commit(lane, head, key, batch.cells.months()):
                self._apply(lane, head.number + 1, batch, states)
                return batch
            time.sleep(random.uniform(0, _PAUSE_S))  # noqa: S311  it spreads load, it keeps no secret
        raise StoreUnavailable

    def finish(self, lane: Lane) -> None:
        """Apply the lane's last batch, if whoever committed it did not come to that."""
        self.commit(lane, lambda: (Batch(), {}))

    def stuck(self) -> list[str]:
        """What holds up lanes that were found to stand still lately: the code of each one's error."""
        now = time.monotonic()
        return [code for code, at in list(self._stuck.values()) if now - at < _LATELY_S]

    def lanes_of(self, image: Item) -> set[Lane]:
        """The lanes that an item of the events table is for."""
        return set(self._by_lane([image]))

    def _finish(self, lane: Lane, head: Head) -> None:
        content = self._lanes.read(lane, head)
        if content is not None:
            self._apply(lane, head.number, decoded(content), {})
            return
        # Of what it was to write nobody can tell the rest. A lane that stood still for ever would lose far more.
        logger.error(
            "batch %d of lane %d of %s was never finished, and has expired: some of its events may be missing."
            " Let an aggregator run at least once a week.",
            *(head.number, lane.number, lane.site_id),
        )
        self._lanes.mark(lane, head.number)

    def _apply(self, lane: Lane, number: int, batch: Batch, states: Mapping[Chain, State]) -> None:
        try:
            self._applying.apply(lane, number, batch, states)
        except Exception as error:
            if not is_about_content(error):
                raise
            self._stuck[lane] = code_of(error), time.monotonic()
            raise LaneStuck(lane, number, error) from error
        self._stuck.pop(lane, None)
        self._lanes.mark(lane, number)

    def _by_lane(self, images: Iterable[Item]) -> dict[Lane, Delivered]:
        lanes: dict[Lane, Delivered] = {}
        for image in images:
            if "note" in image:
                site_id, nonce, _ = keys.parts_of(image["id"])
                rows = [(hour, outcome, reason, events) for hour, outcome, reason, events in unpack(image["note"])]
                lane = self._lanes.of(site_id, nonce)
                lanes.setdefault(lane, Delivered([], [])).notes.append((image["id"], rows))
            else:
                for event in unpack_events(image["events"]):
                    lane = self._lanes.of(event.site_id, event.session_id)
                    lanes.setdefault(lane, Delivered([], [])).events.append(
                        Arrived(event, image["made"], "copied" in image)
                    )
        return lanes

    def _plan(self, events: list[Arrived], notes: list[Note]) -> Plan:
        """What is new of a delivery."""
        batch = Batch()
        chains: dict[Chain, list[Arrived]] = {}
        for each in events:
            chains.setdefault(keys.chain_of(each.event), []).append(each)
        states = dict(zip(chains, self._client.parallel(self._chains.read, list(chains)), strict=True))
        rows = dict(notes)
        for chain, state in states.items():
            arrived = [each for each in chains[chain] if not state.has_left(each.event.event_id, each.made)]
            new = state.lacking(each.event for each in arrived)
            after = [*state.events, *new]
            if len(new) < len(arrived):
                rows |= _again(after, arrived)
            if new:
                batch.events += new
                batch.cells.take(difference(state.visits(), visits_of(after)))
        batch.cells = batch.cells.settled(as_change=True)
        batch.counts = Counter((hour_of(event), STORED, "") for event in batch.events)
        for note in sorted(uncounted(self._client, rows)):
            batch.notes.append(note)
            for hour, outcome, reason, number in rows[note]:
                batch.counts[hour, outcome, reason] += number
        return batch, states


def _again(there: Iterable[StoredEvent], arrived: Iterable[Arrived]) -> dict[str, list[Row]]:
    """Notes of those that were sent once more when nothing knew of them any more but their session."""
    received = {event.event_id: event.received_at for event in there}
    return {
        keys.note_id(event.site_id, f"{made} {event.event_id}"): [(hour_of(event), DUPLICATE, "", 1)]
        for event, made, is_copy in arrived
        if not is_copy and event.received_at != received[event.event_id]
    }
