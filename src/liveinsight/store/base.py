"""What a store is: a place that takes events durably and answers questions, cut at the question and not at the SQL.

Every store gives the same answers; the contract suite in tests/store holds them to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from liveinsight.ingest.outcome import Refusal, Tally
    from liveinsight.models.events import FilteredEvent, StoredEvent
    from liveinsight.stats.period import Period
    from liveinsight.stats.question import Question, R
    from liveinsight.stats.visits import PublicSession
    from liveinsight.store.promise import Promise

    Clock = Callable[[], int]
    # What today's rules make of an event, stored or filtered once: the event with the same ids and times, or why not.
    Derive = Callable[[StoredEvent], StoredEvent | Refusal]
    Progress = Callable[[int, int], None]  # done, of so many

RECENT_MS = 5 * 60 * 1000
STORED = "stored"
DUPLICATE = "duplicates"


class Batch(NamedTuple):
    """The events of one request and the tallies of those that were refused; `received_at` in ms.

    `kept`: filtered events to keep apart. The tallies count them like the others.
    """

    received_at: int
    events: list[StoredEvent]
    refused: list[Tally]
    kept: Sequence[FilteredEvent] = ()


class Recorded(NamedTuple):
    """What became of a batch: the events that are new, in order, and how many were known already."""

    stored: list[StoredEvent]
    duplicates: int


class Live(NamedTuple):
    """Now, on one site. `sessions`: the active ones, latest activity first, then by public id.

    `recent` counts the events of the last five minutes, whole seconds: (second since the epoch, event type) -> events.
    They are the 300 seconds that end with the one that holds `now`.
    """

    sessions: list[PublicSession]
    recent: dict[tuple[int, str], int]


class LedgerRow(NamedTuple):
    """`events` received in the UTC hour that starts at `hour` (ms) that had this outcome.

    `outcome` is stored, duplicates, filtered or rejected; `reason` says why for the last two, else it is empty.
    """

    site_id: str
    hour: int
    outcome: str
    reason: str
    events: int


class Arrivals(NamedTuple):
    """A part of what a store holds of one site, to be taken into another: its events, and filtered ones that were kept.

    `kept` holds all that were received at the same ms, or none of them, so that equal ones can be told from known ones.
    """

    events: Sequence[StoredEvent] = ()
    kept: Sequence[FilteredEvent] = ()


class Purged(NamedTuple):
    """How much a purge removed."""

    events: int
    sessions: int


class Reprocessed(NamedTuple):
    """What a reprocessing changed, in events; or would change.

    `fields`: how many of the `changed` ones have another page, source, ...; `filtered`: how many are no longer stored,
    by reason. Of those that had been filtered and kept: `restored` are stored now, `duplicates` would be if their id
    were not known, `refiltered` are filtered for another reason, by that reason.
    """

    events: int
    changed: int
    fields: dict[str, int]
    filtered: dict[str, int]
    restored: int
    duplicates: int
    refiltered: dict[str, int]

    @property
    def is_nothing(self) -> bool:
        """Whether all events are as the rules make them already."""
        return not (self.changed or self.filtered or self.restored or self.duplicates or self.refiltered)


@runtime_checkable
class Monitored(Protocol):
    """What a store may have besides: something to tell a monitor."""

    def health(self) -> dict[str, Any]:
        """How it is, beyond answering at all: more of what /healthz says, by name. Cheap enough to be asked often."""
        ...


class Store(Protocol):
    """Thirteen methods. All are synchronous and may be called from any thread; all may raise StoreUnavailable."""

    def record(self, batch: Batch) -> Promise[Recorded]:
        """Take a batch. The promise is kept when everything in it is durable: events, what is kept, sessions, ledger.

        An event whose (site_id, event_id) is stored already counts as a duplicate. Raises QueueFull at once when too
        much is waiting; the promise is broken with StoreUnavailable when the batch could not be written.
        """
        ...

    def run(self, question: Question[R]) -> R:
        """Answer a question of any kind, true for everything recorded before the call. The kinds are in `stats`."""
        ...

    def live(self, site_id: str, now: int) -> Live:
        """Who is there at `now` (ms), true for everything recorded before the call."""
        ...

    def session_events(self, session_id: str, site_id: str | None = None) -> list[StoredEvent]:
        """The events of one session by its public id, oldest first; empty when there is none.

        When several sessions have that id: one whose client chose it goes before a numbered one, then the one with the
        latest activity, then the first by site.
        """
        ...

    def ledger(self, site_id: str | None, period: Period) -> list[LedgerRow]:
        """What was received in the hours that start in `period`, of one site or of all.

        In order of hour, site, outcome and reason.
        """
        ...

    def document(self, kind: str, key: str) -> str | None:
        """A small document (site, goal, salt, ...), or None."""
        ...

    def put_document(self, kind: str, key: str, text: str | None, *, keep: bool = False) -> str | None:
        """Write a document durably, or delete it with None; `keep` lets an existing one stay. Gives what is there."""
        ...

    def documents(self, kind: str) -> dict[str, str]:
        """All documents of a kind by key."""
        ...

    def purge(self, before: int, by_site: Mapping[str, int] | None = None) -> Purged:
        """Remove the sessions whose last activity is before `before` (ms), their events, and ledger hours over by then.

        `by_site` has another moment for some sites. 0 keeps everything: `purge(0, {"a.example": then})` is of that site
        alone. All sites are one pass, and when nothing is old enough nothing is done.
        What is gone is forgotten: later sessions of the same client are numbered anew, and the ids of events are free.
        Filtered events that were kept go when they happened before.
        """
        ...

    def reprocess(
        self, derive: Derive, *, keep_filtered: bool, progress: Progress, agree: Callable[[Reprocessed], bool]
    ) -> Reprocessed:
        """Derive every event anew, the filtered ones that were kept too, then fold the sessions from them.

        Events that are filtered now leave the statistics, kept apart with `keep_filtered`; kept ones that are not come
        in, in the order of their arrival, unless their id is known: then they were duplicates, and go. The ledger
        follows, in the hours in which they were received; hours that it has forgotten stay forgotten. Nothing else
        changes.

        First it looks, then `agree` is asked if there is anything to change, and when it does not agree nothing is
        written. All is written or nothing; only a store of many machines does it part by part, each event once:
        interrupted, it has done a part, and run again it completes it. `progress` is told how far it is, from 0 for
        looking and again for writing.
        """
        ...

    def arrivals(self, site_id: str) -> Iterator[Arrivals]:
        """Everything of a site that was recorded before the call, part by part, in whatever order; each event once.

        Parts are small, and memory does not grow with the events. What is recorded meanwhile may be in it, or not.
        """
        ...

    def restore(self, arrived: Arrivals, ledger: Sequence[LedgerRow] = ()) -> None:
        """Take in what another store held; it is durable at the return. The same once more changes nothing.

        Events keep the time at which they were received, and count as stored in that hour. Those that are there
        already are left out, and the ledger does not hear of them: nobody sent them twice. Then the ledger's rows are
        raised to those of `ledger`, where they are lower.
        """
        ...

    def close(self) -> None:
        """Finish what was accepted, write everything, let go. Calling it twice is fine."""
        ...
