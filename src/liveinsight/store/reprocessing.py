"""Deriving events anew: what is the same in every store. See Store.reprocess."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from liveinsight.ingest.outcome import FILTERED, Refusal
from liveinsight.models.events import Context, StoredEvent
from liveinsight.store.base import DUPLICATE, STORED, Reprocessed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    LedgerKey = tuple[str, int, str, str]  # site, hour, outcome, reason


class Move(NamedTuple):
    """An event that ends otherwise: the outcome and reason that the ledger has for it, and those of today's rules."""

    was: str
    was_reason: str
    outcome: str
    reason: str


class Moved(NamedTuple):
    """So many `events` of a site, received in an hour, that move alike."""

    site_id: str
    hour: int
    move: Move
    events: int


def move_of(kept_for: str | None, verdict: StoredEvent | Refusal) -> Move | None:
    """How an event moves that is stored (None) or was kept when it was filtered for a reason; None if it stays."""
    if kept_for is None:
        return Move(STORED, "", FILTERED, verdict.reason) if isinstance(verdict, Refusal) else None
    if not isinstance(verdict, Refusal):
        return Move(FILTERED, kept_for, STORED, "")
    return None if verdict.reason == kept_for else Move(FILTERED, kept_for, FILTERED, verdict.reason)


def as_duplicate(move: Move) -> Move:
    """The move of an event that would be stored if its id were not known."""
    return move._replace(outcome=DUPLICATE)


def changed_fields(before: StoredEvent, after: StoredEvent) -> list[str]:
    """The names of the fields, of the context too, in which two events differ."""
    fields = zip(StoredEvent._fields, before, after, strict=True)
    context = zip(Context._fields, before.context, after.context, strict=True)
    return [name for name, was, now in (*fields, *context) if was != now and name != "context"]


def report(events: int, changed: int, fields: Counter[str], moves: Mapping[Move, int]) -> Reprocessed:
    """What was found, in numbers; the most frequent first."""
    counts: Counter[str] = Counter()
    filtered: Counter[str] = Counter()
    refiltered: Counter[str] = Counter()
    for move, number in moves.items():
        counts[move.outcome] += number
        if move.outcome == FILTERED:
            (filtered if move.was == STORED else refiltered)[move.reason] += number
    return Reprocessed(
        events,
        changed,
        dict(fields.most_common()),
        dict(filtered.most_common()),
        counts[STORED],
        counts[DUPLICATE],
        dict(refiltered.most_common()),
    )


def ledger_changes(ledger: Mapping[LedgerKey, int], moves: Iterable[Moved]) -> Counter[LedgerKey]:
    """What to add to the ledger for events that move. Never more is taken away than it has: a purge forgets hours."""
    left = dict(ledger)
    changes: Counter[LedgerKey] = Counter()
    for site_id, hour, move, events in moves:
        source = (site_id, hour, move.was, move.was_reason)
        taken = min(events, left.get(source, 0))
        if taken:
            left[source] -= taken
            changes[source] -= taken
            changes[site_id, hour, move.outcome, move.reason] += taken
    return changes
