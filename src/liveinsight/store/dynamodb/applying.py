"""Carrying out a committed batch. Doing it again, or twice at once, does nothing: see `lanes`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.models.sessions import SESSION_GAP_MS
from liveinsight.store.dynamodb import filtered, keys
from liveinsight.store.dynamodb.active import active_item

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from liveinsight.models.events import FilteredEvent, StoredEvent
    from liveinsight.store.base import Clock
    from liveinsight.store.dynamodb.batches import Batch, Changes
    from liveinsight.store.dynamodb.cells.hours import Hours
    from liveinsight.store.dynamodb.chains import Chains, State
    from liveinsight.store.dynamodb.client import Client
    from liveinsight.store.dynamodb.keys import Chain, Lane, Listing
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
        chains = batch.chains(lane.site_id)
        states = dict(zip(chains, self._client.parallel(self._read(known), list(chains)), strict=True))
        self._lanes.remember([lane.site_id], batch.events)
        self._list_days(lane, number, chains, states)
        self._client.parallel(
            lambda chain: self._apply_to(lane, number, batch, states[chain], chains[chain]), list(chains)
        )
        self._hours.add(lane, number, batch.cells, forget=batch.takes_away)
        self._client.parallel(lambda row: self._count(lane, number, *row), list(batch.counts.items()))
        self._client.parallel(lambda row: self._empty_row(lane, number, row), batch.rows)
        self._client.parallel(lambda each: self._keep(lane, number, *each), list(batch.kept.items()))
        self._client.parallel(lambda sk: self._let_go(lane, number, sk), batch.let_go)
        self._client.write_many(
            self._client.names.stats, [{**note_key(note), **self._lifetimes.of_emptied()} for note in batch.notes]
        )

    def _read(self, known: Mapping[Chain, State]) -> Callable[[Chain], State]:
        return lambda chain: known.get(chain) or self._chains.read(chain)

    def _list_days(
        self, lane: Lane, number: int, chains: Mapping[Chain, Changes], states: Mapping[Chain, State]
    ) -> None:
        """Note which chains have an event on a day, and of whom. It is there before the event is."""
        entries = []
        for chain, changes in chains.items():
            ids = {event.event_id for event in changes.new}
            listed = _listings(event for event in states[chain].events if event.event_id not in ids)
            new = sorted(_listings(changes.new) - listed)
            entries += [{**keys.day_entry(lane, each, chain.session_id), "v": number} for each in new]
        self._client.write_many(self._client.names.sessions, entries)

    def _apply_to(self, lane: Lane, number: int, batch: Batch, state: State, changes: Changes) -> None:
        if changes.changed or changes.left:
            state = self._rewrite(lane, number, state, changes)
        if batch.before:
            state = self._forget(lane, number, state, batch.before)
        before = max((event.timestamp for event in state.events), default=0)
        state = self._chains.add(state, changes.new, number)
        last = max((event.timestamp for event in state.events), default=before)
        latest = max(last, *(left.timestamp for left in changes.left)) if changes.left else last
        # What is not active now never will be: history that is filled in later, or purged, needs no item.
        if max(batch.before, latest) >= self._clock() - SESSION_GAP_MS:
            item = {**active_item(lane, state), **self._lifetimes.of_active(last or self._clock()), "v": number}
            self._client.put(self._client.names.active, item, _UNSEEN, v=number)

    def _forget(self, lane: Lane, number: int, state: State, before: int) -> State:
        """Take away the sessions that are over, and the days on which nothing is left."""
        listed = _listings(state.events)
        state = self._chains.forget(state, before, number)
        self._unlist_days(lane, number, state, listed)
        return state

    def _rewrite(self, lane: Lane, number: int, state: State, changes: Changes) -> State:
        state = self._chains.rewrite(state, changes, number)
        self._unlist_days(lane, number, state, {left.listed for left in changes.left})
        return state

    def _unlist_days(self, lane: Lane, number: int, state: State, listed: set[Listing]) -> None:
        """Forget those of the days on which a chain has no event of a visitor any more."""
        for each in listed - _listings(state.events):
            entry = keys.day_entry(lane, each, state.chain.session_id)
            self._client.delete(self._client.names.sessions, entry, "v < :v", v=number)

    def _keep(self, lane: Lane, number: int, sk: str, kept: FilteredEvent) -> None:
        item = {**filtered.item_of(lane, sk, kept), "v": number}
        self._client.put(self._client.names.sessions, item, _UNSEEN, v=number)

    def _let_go(self, lane: Lane, number: int, sk: str) -> None:
        """Empty it. It stays a while: a write that was late must find that its time is over."""
        item = {**filtered.key_of(lane, sk), "v": number, **self._lifetimes.of_emptied()}
        self._client.put(self._client.names.sessions, item, _UNSEEN, v=number)

    def _count(self, lane: Lane, number: int, row: tuple[int, str, str], events: int) -> None:
        self._client.update(
            self._client.names.stats,
            {"pk": keys.of_lane("ledger", lane), "sk": keys.hour_row(*row)},
            "SET v = :v REMOVE #ttl ADD events :events",  # a purge may have emptied it, and let it go
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


def _listings(events: Iterable[StoredEvent]) -> set[Listing]:
    return {keys.listing(event.timestamp, event.visitor_id) for event in events}


def uncounted(client: Client, notes: Collection[str]) -> set[str]:
    """Those of the notes that no ledger has."""
    marks = client.get_many(client.names.stats, [note_key(note) for note in notes], now=True)
    counted = {mark["pk"] for mark in marks}
    return {note for note in notes if note_key(note)["pk"] not in counted}


def note_key(note: str) -> dict[str, str]:
    """The mark that a note was counted."""
    return {"pk": keys.joined("note", note), "sk": "counted"}
