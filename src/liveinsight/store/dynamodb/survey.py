"""The first half of reprocessing: what would change, without changing it. `rewriting` is the second."""

from __future__ import annotations

from collections import Counter
from hashlib import blake2b
from typing import TYPE_CHECKING

from liveinsight.ingest.outcome import Refusal
from liveinsight.store.base import STORED
from liveinsight.store.dynamodb import keys
from liveinsight.store.dynamodb.batches import by_chain, portions
from liveinsight.store.dynamodb.filtered import kept_of
from liveinsight.store.reprocessing import Move, as_duplicate, changed_fields, move_of, report

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.models.events import StoredEvent
    from liveinsight.store.base import Derive, Reprocessed
    from liveinsight.store.dynamodb.filtered import Kept
    from liveinsight.store.dynamodb.tools import Tools


class Survey:
    """Derives what is stored and what is kept.

    Memory holds a few bytes of each event that leaves or comes in, of one site at a time.
    """

    def __init__(self, tools: Tools, derive: Derive) -> None:
        self._tools = tools
        self._derive = derive
        self._seen = self._changed = 0
        self._fields: Counter[str] = Counter()
        self._moves: Counter[Move] = Counter()

    def look(self, site_id: str, tell: Callable[[int], None]) -> None:
        """Look at all of a site; `tell` is told how many events have been seen, of this site and those before."""
        leaving: set[bytes] = set()
        for part in self._tools.reading.parts(site_id):
            for event in part:
                self._look_at(event, leaving)
            tell(self._seen)
        coming: set[bytes] = set()
        for kept in portions(kept_of(self._tools.client, self._tools.lanes.of_site(site_id))):
            self._look_at_kept(kept, leaving, coming)
            tell(self._seen)

    def report(self) -> Reprocessed:
        """What was found, in numbers."""
        return report(self._seen, self._changed, self._fields, self._moves)

    def _look_at(self, event: StoredEvent, leaving: set[bytes]) -> None:
        self._seen += 1
        verdict = self._derive(event)
        if move := move_of(None, verdict):
            self._moves[move] += 1
            leaving.add(_mark(event.event_id, event.received_at))
        elif not isinstance(verdict, Refusal) and verdict != event:
            self._changed += 1
            self._fields.update(changed_fields(event, verdict))

    def _look_at_kept(self, kept: list[Kept], leaving: set[bytes], coming: set[bytes]) -> None:
        self._seen += len(kept)
        found = [(each, move) for each in kept if (move := move_of(each.reason, self._derive(each.event)))]
        known = self._known([each for each, move in found if move.outcome == STORED], leaving)
        for each, move in found:
            if move.outcome == STORED:
                mark = _mark(each.event.event_id)
                is_known = each.token in known or mark in coming
                coming.add(mark)
                self._moves[as_duplicate(move) if is_known else move] += 1
            else:
                self._moves[move] += 1

    def _known(self, kept: list[Kept], leaving: set[bytes]) -> set[str]:
        """The tokens of those whose ids are known, but by what leaves."""
        takers = self._tools.claims.takers(each.event for each in kept)
        states = self._tools.chains.read_many(list(by_chain(each.event for each in kept)))
        stored = {
            (state.chain, event.event_id)
            for state in states
            for event in state.events
            if _mark(event.event_id, event.received_at) not in leaving
        }
        found = set()
        for each in kept:
            taker = takers.get(keys.event_id(each.event), {"made": each.token})
            is_taken = taker["made"] != each.token and _mark(each.event.event_id, taker["received"]) not in leaving
            if is_taken or (keys.chain_of(each.event), each.event.event_id) in stored:
                found.add(each.token)
        return found


def _mark(*of: object) -> bytes:
    return blake2b(repr(of).encode(), digest_size=8).digest()
