"""Carrying out a committed batch. Doing it again, or twice at once, does nothing: see `lanes`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.models.sessions import SESSION_GAP_MS
from liveinsight.store.dynamodb import keys
from liveinsight.store.dynamodb.active import active_item

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from liveinsight.models.events import StoredEvent
    from liveinsight.store.base import Clock
    from liveinsight.store.dynamodb.batches import Batch
    from liveinsight.store.dynamodb.cells.hours import Hours
    from liveinsight.store.dynamodb.chains import Chains, State
    from liveinsight.store.dynamodb.client import Client
    from liveinsight.store.dynamodb.keys import Chain, Lane
    from liveinsight.store.dynamodb.lanes import Lanes
    from liveinsight.store.dynamodb.lifetimes import Lifetimes

_UNSEEN = "attribute_not_exists(v) OR v < :v"


class Applying:
    """Writes what batches say."""

    def __init__(
        self, client: Client, chains: Chains, lanes: Lanes, *, hours: Hours, lifetimes: Lifetimes, clock: Clock
    ) -> None:
        self._client = client
        self._chains = chains
        self._lanes = lanes
        self._hours = hours
        self._lifetimes = lifetimes
        self._clock = clock

    def apply(self, lane: Lane, number: int, batch: Batch, known: Mapping[Chain, State]) -> None:
        """All of batch `number`. `known`: chains that have been read already, on top of the batch before."""
        chains = batch.chains()
        states = dict(zip(chains, self._client.parallel(self._read(known), list(chains)), strict=True))
        self._lanes.remember([lane.site_id], batch.events)
        self._list_days(lane, number, chains, states)
        self._client.parallel(
            lambda chain: self._apply_to(lane, number, batch, states[chain], chains[chain]), list(chains)
        )
        self._hours.add(lane, number, batch.cells, forget=bool(batch.before))
        self._client.parallel(lambda row: self._count(lane, number, *row), list(batch.counts.items()))
        self._client.parallel(lambda row: self._empty_row(lane, number, row), batch.rows)
        self._client.write_many(
            self._client.names.stats, [{**note_key(note), **self._lifetimes.of_emptied()} for note in batch.notes]
        )

    def _read(self, known: Mapping[Chain, State]) -> Callable[[Chain], State]:
        return lambda chain: known.get(chain) or self._chains.read(chain)

    def _list_days(
        self, lane: Lane, number: int, chains: Mapping[Chain, list[StoredEvent]], states: Mapping[Chain, State]
    ) -> None:
        """Note which chains have an event on a day. It is there before the event is."""
        entries = []
        for chain, new in chains.items():
            ids = {event.event_id for event in new}
            listed = {keys.day(event.timestamp) for event in states[chain].events if event.event_id not in ids}
            days = sorted({keys.day(event.timestamp) for event in new} - listed)
            entries += [{**keys.day_entry(lane, day, chain.session_id), "v": number} for day in days]
        self._client.write_many(self._client.names.sessions, entries)

    def _apply_to(self, lane: Lane, number: int, batch: Batch, state: State, new: list[StoredEvent]) -> None:
        if batch.before:
            state = self._forget(lane, number, state, batch.before)
        before = max((event.timestamp for event in state.events), default=0)
        state = self._chains.add(state, new, number)
        last = max((event.timestamp for event in state.events), default=before)
        # What is not active now never will be: history that is filled in later needs no item.
        if batch.before or self._clock() - last <= SESSION_GAP_MS:
            item = {**active_item(lane, state), **self._lifetimes.of_active(last or self._clock()), "v": number}
            self._client.put(self._client.names.active, item, _UNSEEN, v=number)

    def _forget(self, lane: Lane, number: int, state: State, before: int) -> State:
        """Take away the sessions that are over, and the days on which nothing is left."""
        listed = {keys.day(event.timestamp) for event in state.events}
        state = self._chains.forget(state, before, number)
        for day in listed - {keys.day(event.timestamp) for event in state.events}:
            entry = keys.day_entry(lane, day, state.chain.session_id)
            self._client.delete(self._client.names.sessions, entry, "v < :v", v=number)
        return state

    def _count(self, lane: Lane, number: int, row: tuple[int, str, str], events: int) -> None:
        self._client.update(
            self._client.names.stats,
            {"pk": keys.of_lane("ledger", lane), "sk": keys.hour_row(*row)},
            "SET v = :v ADD events :events",
            _UNSEEN,
            v=number,
            events=events,
        )

    def _empty_row(self, lane: Lane, number: int, row: str) -> None:
        ttl = self._lifetimes.of_emptied()
        self._client.put(
            self._client.names.stats,
            {"pk": keys.of_lane("ledger", lane), "sk": row, "events": 0, "v": number, **ttl},
            _UNSEEN,
            v=number,
        )


def note_key(note: str) -> dict[str, str]:
    """The mark that a note was counted."""
    return {"pk": keys.joined("note", note), "sk": "counted"}
