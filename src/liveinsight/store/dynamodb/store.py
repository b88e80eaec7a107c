"""DynamoDBStore: the store for more than one machine. The collector only writes events; an aggregator folds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.store.dynamodb import schema
from liveinsight.store.dynamodb.active import live
from liveinsight.store.dynamodb.aggregator import Aggregator
from liveinsight.store.dynamodb.applying import Applying
from liveinsight.store.dynamodb.cells.hours import Hours
from liveinsight.store.dynamodb.cells.kept import Kept
from liveinsight.store.dynamodb.cells.rollups import Rollups
from liveinsight.store.dynamodb.cells.states import States
from liveinsight.store.dynamodb.chains import Chains
from liveinsight.store.dynamodb.checking import check_tables, warn_of_missing_expiry
from liveinsight.store.dynamodb.claiming import Claims
from liveinsight.store.dynamodb.client import PATIENCE_S, STREAMS, Client, aws_client
from liveinsight.store.dynamodb.copying import Copying
from liveinsight.store.dynamodb.delivery import LAMBDA, Delivery
from liveinsight.store.dynamodb.documents import Documents
from liveinsight.store.dynamodb.failures import as_start_error
from liveinsight.store.dynamodb.following import Following
from liveinsight.store.dynamodb.health import Health
from liveinsight.store.dynamodb.intake import Intake
from liveinsight.store.dynamodb.lanes import Lanes
from liveinsight.store.dynamodb.leases import Leases
from liveinsight.store.dynamodb.ledger import ledger
from liveinsight.store.dynamodb.lifetimes import Lifetimes
from liveinsight.store.dynamodb.purging import Purging
from liveinsight.store.dynamodb.reading import Reading
from liveinsight.store.dynamodb.reprocessing import Reprocessing
from liveinsight.store.dynamodb.stream import Stream
from liveinsight.store.dynamodb.timeline import session_events
from liveinsight.store.dynamodb.tools import Tools
from liveinsight.store.dynamodb.worker import Worker
from liveinsight.store.grouping import Groups

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

    from liveinsight.models.events import StoredEvent
    from liveinsight.settings import Settings
    from liveinsight.stats.period import Period
    from liveinsight.stats.question import Question, R
    from liveinsight.store.base import (
        Arrivals,
        Batch,
        Clock,
        Derive,
        LedgerRow,
        Live,
        Progress,
        Purged,
        Recorded,
        Reprocessed,
    )
    from liveinsight.store.promise import Promise

_SETTINGS, _LANES = "dynamodb", "lanes"  # the document that says how many lanes a site has


class DynamoDBStore:
    """Four tables. Any number of processes may use them at once. Raises StartError when they cannot be used.

    What was recorded is durable when the promise is kept, and known: its ids are taken. Sessions, ledger and reports
    have it when an aggregator has folded it, normally within a second or two.
    """

    def __init__(self, settings: Settings, clock: Clock, aws: Any = None) -> None:
        client = Client(aws or aws_client(settings, "dynamodb"), schema.names(settings))
        try:
            check_tables(client)
            self.documents_kept = Documents(client)
            with as_start_error():
                # Chains stay in their lanes for ever, so the first process to come decides how many there are.
                per_site = self.documents_kept.put(_SETTINGS, _LANES, str(settings.dynamodb_lanes), keep=True)
        except BaseException:
            client.close()
            raise
        self._client = client
        self._settings = settings
        self._clock = clock
        self._lifetimes = lifetimes = Lifetimes(settings, clock)
        chains = Chains(client, lifetimes)
        lanes = Lanes(client, lifetimes, int(per_site or 1))
        hours, kept, claims = Hours(client), Kept(client), Claims(client, chains, lifetimes)
        applying = Applying(client, chains, lanes, hours=hours, lifetimes=lifetimes, clock=clock)
        self.aggregator = aggregator = Aggregator(client, chains, lanes, applying)
        self._chains, self._lanes = chains, lanes
        self._groups = Groups(
            Intake(client, lanes, lifetimes).write, settings.queue_limit, "dynamodb-intake", PATIENCE_S
        )
        self._reading = reading = Reading(
            client, chains, lanes, Rollups(hours, States(client, lanes, hours), kept), clock
        )
        self._health = Health(client, clock)
        tools = Tools(client, chains, lanes, aggregator, reading, kept, claims)
        self._purging, self._reprocessing = Purging(tools), Reprocessing(tools)
        self._copying = Copying(client, lanes, lifetimes, reading)
        self._following: Following | None = None
        if settings.aggregate:
            try:
                warn_of_missing_expiry(client)
                self._following = Following(self.open_worker())
                self._following.start()
            except BaseException:
                self.close()
                raise

    def record(self, batch: Batch) -> Promise[Recorded]:
        return self._groups.take(batch)

    def run(self, question: Question[R]) -> R:
        return self._reading.run(question)

    def live(self, site_id: str, now: int) -> Live:
        return live(self._client, self._lanes, site_id, now)

    def session_events(self, session_id: str, site_id: str | None = None) -> list[StoredEvent]:
        return session_events(self._chains, session_id, site_id)

    def ledger(self, site_id: str | None, period: Period) -> list[LedgerRow]:
        return ledger(self._client, self._lanes, site_id, period)

    def document(self, kind: str, key: str) -> str | None:
        return self.documents_kept.get(kind, key)

    def put_document(self, kind: str, key: str, text: str | None, *, keep: bool = False) -> str | None:
        return self.documents_kept.put(kind, key, text, keep=keep)

    def documents(self, kind: str) -> dict[str, str]:
        return self.documents_kept.all(kind)

    def purge(self, before: int, by_site: Mapping[str, int] | None = None) -> Purged:
        return self._purging.purge(before, by_site or {})

    def reprocess(
        self, derive: Derive, *, keep_filtered: bool, progress: Progress, agree: Callable[[Reprocessed], bool]
    ) -> Reprocessed:
        """See Store. Of what was recorded before the call, all that an aggregator has folded."""
        return self._reprocessing.reprocess(derive, keep_filtered=keep_filtered, progress=progress, agree=agree)

    def health(self) -> dict[str, Any]:
        """See Monitored.health: `aggregation`, as `health` in this package describes it."""
        return {"aggregation": self._health.aggregation()}

    def arrivals(self, site_id: str) -> Iterator[Arrivals]:
        """See Store. Of what was recorded before the call, all that an aggregator has folded."""
        return self._copying.arrivals(site_id)

    def restore(self, arrived: Arrivals, ledger: Sequence[LedgerRow] = ()) -> None:
        """See Store. With a `ledger`, whatever was restored before must be folded."""
        self._copying.restore(arrived, ledger)

    def open_stream(self, aws: Any = None) -> Stream:
        """What the collectors write. Raises StartError."""
        streams = Client(aws or aws_client(self._settings, STREAMS), self._client.names)
        return Stream(self._client, streams, self._clock)

    def open_worker(self, aws: Any = None) -> Worker:
        """One of those who fold what the stream brings. Raises StartError."""
        return Worker(self._client, self.open_stream(aws), self.aggregator, self._lifetimes, self._clock)

    def open_delivery(self) -> Delivery:
        """Takes what Lambda delivers of the stream."""
        return Delivery(self.aggregator, Leases(self._client, self._lifetimes, self._clock, "", LAMBDA))

    def close(self) -> None:
        self._groups.close()
        if self._following is not None:
            self._following.stop()
        self._client.close()
