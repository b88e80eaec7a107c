"""The second half of reprocessing: what changes is written, batch by batch of the lanes. `survey` is the first.

Each batch is made of what is there when it is committed, and derived anew: nothing depends on what was seen before, on
who else does the same, or on how far somebody came who stopped. So every event moves once, and the ledger with it.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from liveinsight.ingest.outcome import FILTERED, Refusal
from liveinsight.models.events import FilteredEvent
from liveinsight.store.base import STORED
from liveinsight.store.dynamodb.batches import Batch, by_chain, portions
from liveinsight.store.dynamodb.cells.counting import difference
from liveinsight.store.dynamodb.filtered import key_of, read, sort_key_of_left
from liveinsight.store.dynamodb.keys import chain_of
from liveinsight.store.dynamodb.ledger import totals
from liveinsight.store.plain import visits_of
from liveinsight.store.reprocessing import Move, Moved, as_duplicate, ledger_changes, move_of
from liveinsight.store.restoring import hour_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from liveinsight.models.events import StoredEvent
    from liveinsight.store.base import Derive
    from liveinsight.store.dynamodb.batches import Row
    from liveinsight.store.dynamodb.chains import State
    from liveinsight.store.dynamodb.filtered import Kept
    from liveinsight.store.dynamodb.keys import Chain, Lane
    from liveinsight.store.dynamodb.tools import Tools

    Plan = tuple[Batch, dict[Chain, State]]


class Rewriting:
    """Writes what today's rules make of events."""

    def __init__(self, tools: Tools, derive: Derive, *, keep_filtered: bool) -> None:
        self._tools = tools
        self._derive = derive
        self._keep_filtered = keep_filtered

    def stored(self, events: Iterable[StoredEvent]) -> int:
        """Stored events of one site: change them, or have them leave. Gives how many of them do."""
        lanes: dict[Lane, list[StoredEvent]] = {}
        for event in events:
            if self._derive(event) != event:
                lanes.setdefault(self._tools.lanes.of(*chain_of(event)), []).append(event)
        for lane, changing in lanes.items():
            for part in portions(changing):
                self._rewrite(lane, part)
        return sum(map(len, lanes.values()))

    def kept(self, kept: Iterable[Kept]) -> int:
        """Kept events of one site, in order of arrival: move them. Gives how many of them do."""
        moving = self._tools.claims.told([each for each in kept if move_of(each.reason, self._derive(each.event))])
        coming = [each for each in moving if not isinstance(self._derive(each.event), Refusal)]
        mine = self._tools.claims.claim(coming)
        lanes: dict[Lane, list[Kept]] = {}
        for each in moving:
            lanes.setdefault(each.lane, []).append(each)
        for lane, of_lane in lanes.items():
            self._tools.aggregator.commit(lane, lambda lane=lane, of_lane=of_lane: self._moved(lane, of_lane, mine))  # type: ignore[misc]
        return len(moving)

    def _rewrite(self, lane: Lane, events: list[StoredEvent]) -> None:
        """One batch. The ids of what leaves are free after it: until then they are known, which is the lesser evil."""
        wanted = {chain: {event.event_id for event in of_chain} for chain, of_chain in by_chain(events).items()}
        # Of every try: one that seemed to be lost may have been committed.
        leaving: dict[tuple[Chain, str], StoredEvent] = {}

        def plan() -> Plan:
            states = self._states(wanted)
            batch, gone = self._derived(lane, wanted, states)
            with_raw = (event for event, left in zip(gone, batch.left, strict=True) if left.made)
            leaving.update({(chain_of(event), event.event_id): event for event in with_raw})
            return batch, states

        self._tools.aggregator.commit(lane, plan)
        self._tools.claims.free(list(leaving.values()))

    def _derived(
        self, lane: Lane, wanted: Mapping[Chain, set[str]], states: Mapping[Chain, State]
    ) -> tuple[Batch, list[StoredEvent]]:
        """What becomes of the events with the `wanted` ids, and those of them that leave."""
        batch, gone, moves = Batch(), [], []
        for chain, state in states.items():
            after = []
            for event in state.events:
                verdict = self._derive(event) if event.event_id in wanted[chain] else event
                if not isinstance(verdict, Refusal):
                    after.append(verdict)
                    if verdict != event:
                        batch.changed.append(verdict)
                    continue
                gone.append(event)
                moves.append(Moved(lane.site_id, hour_of(event), Move(STORED, "", FILTERED, verdict.reason), 1))
                if self._keep_filtered:
                    batch.kept[sort_key_of_left(event)] = FilteredEvent(verdict.reason, event)
            batch.cells.take(difference(state.visits(), visits_of(after)))
        batch.left = self._tools.claims.leaving(gone)
        batch.cells = batch.cells.settled(as_change=True)
        batch.counts = self._counts(lane, moves)
        return batch, gone

    def _moved(self, lane: Lane, kept: list[Kept], mine: set[str]) -> Plan:
        """Of kept events, those that are still there. `mine`: the tokens of those that have their id."""
        client = self._tools.client
        items = client.get_many(client.names.sessions, [key_of(lane, each.sk) for each in kept], now=True)
        there = {item["sk"]: next(read([item]), None) for item in items}
        states = self._states(by_chain(each.event for each in kept if each.token in mine))
        batch, moves = Batch(), []
        for each in kept:
            found = there.get(each.sk)
            verdict = self._derive(each.event)
            move = move_of(found.reason, verdict) if found else None
            if move is None:
                continue
            if isinstance(verdict, Refusal):
                batch.kept[each.sk] = FilteredEvent(verdict.reason, each.event)
            else:
                batch.let_go.append(each.sk)
                if each.token in mine and states[chain_of(verdict)].lacking([verdict]):
                    batch.events.append(verdict)
                else:
                    move = as_duplicate(move)
            moves.append(Moved(lane.site_id, hour_of(each.event), move, 1))
        for chain, new in by_chain(batch.events).items():
            batch.cells.take(difference(states[chain].visits(), visits_of([*states[chain].events, *new])))
        batch.cells = batch.cells.settled(as_change=True)
        batch.counts = self._counts(lane, moves)
        return batch, states

    def _states(self, chains: Iterable[Chain]) -> dict[Chain, State]:
        states = self._tools.client.parallel(self._tools.chains.read, list(chains))
        return {state.chain: state for state in states}

    def _counts(self, lane: Lane, moves: list[Moved]) -> Counter[Row]:
        """What a batch changes in the ledger: of hours that the site's has forgotten, nothing."""
        ledger = totals(self._tools.client, self._tools.lanes, lane.site_id, {moved.hour for moved in moves})
        changes = ledger_changes(ledger, moves)
        return Counter(
            {(hour, outcome, reason): events for (_, hour, outcome, reason), events in changes.items() if events}
        )
