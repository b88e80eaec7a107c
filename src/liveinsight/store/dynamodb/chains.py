"""The events of a chain, in chunks: items of a few KB, so that adding an event to a long session rewrites little.

A chunk knows the number of the batch that wrote it last. It is only written in the state in which it was read. It
remembers for some days which events left it, by what their raw events say: the stream may bring those once more. The
same id in another raw event is another event.
"""

from __future__ import annotations

from hashlib import blake2b
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from liveinsight.store.dynamodb import keys
from liveinsight.store.dynamodb.batches import raw_size
from liveinsight.store.dynamodb.client import AT_ONCE
from liveinsight.store.dynamodb.codec import pack, pack_events, unpack, unpack_events
from liveinsight.store.dynamodb.schema import TTL
from liveinsight.store.plain.visits import Visit, visits_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from liveinsight.models.events import StoredEvent
    from liveinsight.store.dynamodb.batches import Changes
    from liveinsight.store.dynamodb.client import Client, Item
    from liveinsight.store.dynamodb.keys import Chain
    from liveinsight.store.dynamodb.lifetimes import Lifetimes

_CHUNK_BYTES = 12_000  # before compression; about 3 KB after it


class Chunk(NamedTuple):
    """A part of a chain's events; `version` is 0 while there is no item. Once full, it takes no more for ever.

    `left`: marks of events that left it, and until when (seconds since the epoch) it remembers each.
    """

    version: int
    events: list[StoredEvent]
    is_full: bool = False
    left: Mapping[str, int] = MappingProxyType({})


class State(NamedTuple):
    """A chain as it was read: chunks by number. Those that a purge has emptied are there too."""

    chain: Chain
    chunks: dict[int, Chunk]

    @property
    def events(self) -> list[StoredEvent]:
        return [event for chunk in self.chunks.values() for event in chunk.events]

    @property
    def version(self) -> int:
        """The last batch that touched it."""
        return max((chunk.version for chunk in self.chunks.values()), default=0)

    def has_left(self, event_id: str, made: str) -> bool:
        """Whether it held the event of that raw event, which left it lately."""
        mark = _mark(event_id, made)
        return any(mark in chunk.left for chunk in self.chunks.values())

    def visits(self) -> list[Visit]:
        """Its sessions, in order, with their public ids."""
        return visits_of(self.events)

    def lacking(self, events: Iterable[StoredEvent]) -> list[StoredEvent]:
        """Those events that it does not hold, each id once."""
        known = {event.event_id for event in self.events}
        return list({event.event_id: event for event in events if event.event_id not in known}.values())

    def over(self, before: int) -> list[Visit]:
        """The sessions whose last activity was before `before`."""
        return [visit for visit in self.visits() if visit.session.last_activity < before]


class Chains:
    """Reads and writes chains."""

    def __init__(self, client: Client, lifetimes: Lifetimes) -> None:
        self._client = client
        self._lifetimes = lifetimes
        self._table = client.names.sessions

    def read(self, chain: Chain) -> State:
        """A chain as it is this moment."""
        pk, first = keys.chunk(chain, 0)["pk"], keys.joined(chain.site_id, "")
        items = self._client.query(self._table, pk, first, keys.joined(chain.site_id) + keys.AFTER, now=True)
        return _state(chain, items)

    def of_session_id(self, session_id: str, site_id: str | None) -> list[State]:
        """The chains with a client session id, on one site or on all."""
        if site_id is not None:
            return [self.read(keys.Chain(site_id, session_id))]
        sites: dict[str, list[Item]] = {}
        for item in self._client.query(self._table, keys.joined("chain", session_id), now=True):
            sites.setdefault(keys.parts_of(item["sk"])[0], []).append(item)
        return [_state(keys.Chain(site, session_id), items) for site, items in sites.items()]

    def read_many(self, chains: Sequence[Chain]) -> Iterator[State]:
        """Chains as they were a moment ago. One read each, unless a chain is long: those come last, some at a time."""
        by_key = {(key["pk"], key["sk"]): chain for chain in chains for key in [keys.chunk(chain, 0)]}
        items = self._client.get_many(self._table, [{"pk": pk, "sk": sk} for pk, sk in by_key])
        firsts = [_state(by_key[item["pk"], item["sk"]], [item]) for item in items]
        short = [state for state in firsts if not state.chunks[0].is_full]
        # Of a chain that lives for long, the first chunk may be gone before the others.
        others = set(chains) - {state.chain for state in short}
        yield from short
        long = sorted(others)
        for at in range(0, len(long), AT_ONCE):
            yield from self._client.parallel(self.read, long[at : at + AT_ONCE])

    def add(self, state: State, events: Iterable[StoredEvent], number: int) -> State:
        """The chain with the events of batch `number` in it."""
        while (new := state.lacking(events)) and state.version <= number:
            if written := self._write_all(state, _placed(state, new), number):
                return written
            state = self.read(state.chain)
        return state

    def forget(self, state: State, before: int, number: int) -> State:
        """The chain without its sessions that were over `before`, by batch `number`."""
        while state.version <= number and (over := state.over(before)):
            gone = {event.event_id for visit in over for event in visit.events}
            for at, chunk in state.chunks.items():
                left = [event for event in chunk.events if event.event_id not in gone]
                if len(left) < len(chunk.events) and not self._write(
                    state.chain, at, chunk._replace(events=left), number
                ):
                    break
            state = self.read(state.chain)
        return state

    def rewrite(self, state: State, changes: Changes, number: int) -> State:
        """The chain with what batch `number` changes in it, and without what left by it."""
        changed = {event.event_id: event for event in changes.changed}
        gone = {left.event_id: left.made for left in changes.left}
        until = self._lifetimes.of_emptied()[TTL]
        while state.version <= number:
            after: dict[int, Chunk] = {}
            for at, chunk in state.chunks.items():
                events = [changed.get(each.event_id, each) for each in chunk.events if each.event_id not in gone]
                # A chunk that has seen the batch is done: what is new in it comes after this.
                if chunk.version == number or events == chunk.events:
                    continue
                marks = [_mark(each.event_id, gone[each.event_id]) for each in chunk.events if gone.get(each.event_id)]
                after[at] = chunk._replace(events=events, left={**chunk.left, **dict.fromkeys(marks, until)})
            if written := self._write_all(state, after, number):
                return written
            state = self.read(state.chain)
        return state

    def _write_all(self, state: State, chunks: Mapping[int, Chunk], number: int) -> State | None:
        """The chain with these chunks written; None when somebody else was quicker with one of them."""
        written = dict(state.chunks)
        for at, chunk in chunks.items():
            if not self._write(state.chain, at, chunk, number):
                return None
            written[at] = chunk._replace(version=number)
        return State(state.chain, written)

    def _write(self, chain: Chain, at: int, chunk: Chunk, number: int) -> bool:
        """Write a chunk whose item still has `chunk.version`; False if it has another."""
        item = {
            **keys.chunk(chain, at),
            "v": number,
            "events": pack_events(chunk.events),
            "full": int(chunk.is_full),
            # What a purge has emptied stays a while: a writer that slept must find that its time is over.
            **({} if chunk.events else self._lifetimes.of_emptied()),
        }
        if left := {mark: until for mark, until in chunk.left.items() if not self._lifetimes.is_over(until)}:
            item["left"] = pack(left)
        if chunk.version:
            return self._client.put(self._table, item, "v = :read", read=chunk.version)
        return self._client.put(self._table, item, "attribute_not_exists(pk)")


def _mark(event_id: str, made: str) -> str:
    return blake2b(f"{made} {event_id}".encode(), digest_size=8).hexdigest()


def _state(chain: Chain, items: Iterable[Item]) -> State:
    return State(
        chain,
        {
            int(keys.parts_of(item["sk"])[1]): Chunk(
                item["v"],
                unpack_events(item["events"]),
                bool(item["full"]),
                unpack(item["left"]) if "left" in item else {},
            )
            for item in items
        },
    )


def _placed(state: State, new: list[StoredEvent]) -> dict[int, Chunk]:
    """The chunks to write, by number, with the versions of their items: new events go to the last one, then to more."""
    at = max(state.chunks, default=0)
    chunk = state.chunks.get(at, Chunk(0, []))
    size = raw_size(chunk.events)
    written: dict[int, Chunk] = {}
    for event in sorted(new, key=lambda each: each.key):
        if chunk.is_full:
            at, chunk, size = at + 1, Chunk(0, []), 0
        size += raw_size(event)
        chunk = chunk._replace(events=[*chunk.events, event], is_full=size > _CHUNK_BYTES)
        written[at] = chunk
    return written
