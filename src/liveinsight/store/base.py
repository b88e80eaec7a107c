"""What a store is: a place that takes events durably and answers questions, cut at the question and not at the SQL.

Every store gives the same answers; the contract suite in tests/store holds them to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.ingest.outcome import Tally
    from liveinsight.models.events import StoredEvent
    from liveinsight.models.sessions import Session
    from liveinsight.stats.period import Period
    from liveinsight.stats.query import Query, Result
    from liveinsight.store.promise import Promise

    Clock = Callable[[], int]

RECENT_MS = 5 * 60 * 1000
STORED = "stored"
DUPLICATE = "duplicates"


class Batch(NamedTuple):
    """The events of one request and the tallies of those that were refused; `received_at` in ms."""

    received_at: int
    events: list[StoredEvent]
    refused: list[Tally]


class Recorded(NamedTuple):
    """What became of a batch: the events that are new, in order, and how many were known already."""

    stored: list[StoredEvent]
    duplicates: int


class LiveSession(NamedTuple):
    """A session as people see it: with its public id (`<session_id>` or `<session_id>.<k>`)."""

    public_id: str
    session: Session


class Live(NamedTuple):
    """Now, on one site. `sessions`: the active ones, latest activity first, then by public id.

    `recent` counts the events of the last five minutes, whole seconds: (second since the epoch, event type) -> events.
    They are the 300 seconds that end with the one that holds `now`.
    """

    sessions: list[LiveSession]
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


class Purged(NamedTuple):
    """How much a purge removed."""

    events: int
    sessions: int


class Store(Protocol):
    """Ten methods. All are synchronous and may be called from any thread; all may raise StoreUnavailable."""

    def record(self, batch: Batch) -> Promise[Recorded]:
        """Take a batch. The promise is kept when everything in it is durable: events, sessions, ledger.

        An event whose (site_id, event_id) is stored already counts as a duplicate. Raises QueueFull at once when too
        much is waiting; the promise is broken with StoreUnavailable when the batch could not be written.
        """
        ...

    def run(self, query: Query) -> Result:
        """Answer a query, true for everything recorded before the call."""
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

    def purge(self, before: int) -> Purged:
        """Remove the sessions whose last activity is before `before` (ms), their events, and ledger hours over by then.

        What is gone is forgotten: later sessions of the same client are numbered anew, and the ids of events are free.
        """
        ...

    def close(self) -> None:
        """Finish what was accepted, write everything, let go. Calling it twice is fine."""
        ...
