"""Forgetting what is older than it should be kept, by batches of the lanes, like everything that changes numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.ingest.clock import MAX_AGE_MS
from liveinsight.stats.period import HOUR_MS, Period
from liveinsight.store.base import Purged
from liveinsight.store.dynamodb import keys
from liveinsight.store.dynamodb.batches import Batch
from liveinsight.store.dynamodb.cells.counting import difference
from liveinsight.store.dynamodb.ledger import rows_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from liveinsight.models.events import StoredEvent
    from liveinsight.store.dynamodb.chains import State
    from liveinsight.store.dynamodb.keys import Chain, Lane
    from liveinsight.store.dynamodb.tools import Tools
    from liveinsight.store.plain import Visit

_CHAINS_AT_ONCE = 100
_ROWS_AT_ONCE = 1000


class Purging:
    """Removes sessions, the ids of their events, ledger hours and kept events."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._forgot: set[str] = set()

    def purge(self, before: int, by_site: Mapping[str, int]) -> Purged:
        """See Store.purge. Interrupted, it has done a part of it, and can be called again."""
        events = sessions = 0
        for site_id in self._tools.lanes.sites():
            if then := by_site.get(site_id, before):
                gone = self._purge(site_id, then)
                events += gone.events
                sessions += gone.sessions
        return Purged(events, sessions)

    def _purge(self, site_id: str, before: int) -> Purged:
        events = sessions = 0
        for lane, chains in self._listed(site_id, before).items():
            for at in range(0, len(chains), _CHAINS_AT_ONCE):
                gone = self._forget(lane, chains[at : at + _CHAINS_AT_ONCE], before)
                events += gone.events
                sessions += gone.sessions
        for lane in self._tools.lanes.of_site(site_id):
            self._forget_hours(lane, before)
            self._forget_kept(lane, before)
        if sessions or site_id not in self._forgot:  # once more after a start: who stopped may not have come to it
            self._tools.copies.forget(site_id, before)
            self._forgot.add(site_id)
        return Purged(events, sessions)

    def _listed(self, site_id: str, before: int) -> dict[Lane, list[Chain]]:
        lanes: dict[Lane, list[Chain]] = {}
        for chain in self._tools.reading.chains_of(site_id, Period(0, before)):
            lanes.setdefault(self._tools.lanes.of(*chain), []).append(chain)
        return lanes

    def _forget(self, lane: Lane, chains: list[Chain], before: int) -> Purged:
        """One batch. The ids are free after it: until then they are known, which is the lesser evil."""
        gone: list[Visit] = []
        raw: list[StoredEvent] = []  # those whose raw events are there: of most they went long ago

        def plan() -> tuple[Batch, dict[Chain, State]]:
            gone.clear()
            raw.clear()
            batch = Batch(before=before)
            states = {state.chain: state for state in self._tools.client.parallel(self._tools.chains.read, chains)}
            for chain, state in states.items():
                if over := state.over(before):
                    batch.forget.append(chain)
                    batch.cells.take(difference(over, []))
                    gone.extend(over)
            events = [event for visit in gone for event in visit.events]
            for event, left in zip(events, self._tools.claims.leaving(events), strict=True):
                if left.made:  # the stream may bring it again
                    raw.append(event)
                    batch.left.append(left)
            return batch, states

        self._tools.aggregator.commit(lane, plan)
        self._tools.claims.free(raw)
        return Purged(sum(len(visit.events) for visit in gone), len(gone))

    def _forget_hours(self, lane: Lane, before: int) -> None:
        over = Period(0, before - HOUR_MS + 1)

        def plan() -> tuple[Batch, dict[Chain, State]]:
            rows = [item["sk"] for item in rows_of(self._tools.client, lane, over, now=True) if item["events"]]
            return Batch(rows=rows[:_ROWS_AT_ONCE]), {}

        while self._tools.aggregator.commit(lane, plan).rows:
            pass

    def _forget_kept(self, lane: Lane, before: int) -> None:
        table, latest = self._tools.client.names.sessions, f"{max(before, 0) + MAX_AGE_MS:015}"  # of receipt
        old = [
            {"pk": item["pk"], "sk": item["sk"]}
            for item in self._tools.client.query(table, keys.of_lane("kept", lane), "", latest + keys.AFTER)
            if item.get("at", before) < before  # what was emptied goes by itself
        ]
        self._tools.client.write_many(table, deletes=old)
