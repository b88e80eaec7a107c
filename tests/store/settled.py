"""A DynamoDB store that lets an aggregator catch up before it is asked.

Elsewhere the aggregator runs beside it, and answers are a moment behind.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from liveinsight.store.dynamodb import DynamoDBStore
from liveinsight.store.dynamodb.stream import Shard
from tests.dynamodb_local import shared_client

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from liveinsight.models.events import StoredEvent
    from liveinsight.settings import Settings
    from liveinsight.stats.period import Period
    from liveinsight.stats.question import Question, R
    from liveinsight.store.base import Arrivals, Batch, Clock, Derive, LedgerRow, Live, Purged, Recorded, Reprocessed
    from liveinsight.store.promise import Promise


@cache
def _left(_table: str) -> dict[str, Shard]:
    """The shards of a stream, as far as they are read."""
    return {}


class Reader:
    """An aggregator that reads the whole stream by itself, from where the last one on these tables left it."""

    def __init__(self, store: DynamoDBStore, settings: Settings) -> None:
        self._aggregator = store.aggregator
        self._stream = store.open_stream(shared_client("dynamodbstreams"))
        self._shards = _left(settings.events_table)

    def poll(self) -> int:
        """Read every shard once and fold what came; gives how many records that were."""
        for name in self._stream.shards():
            self._shards.setdefault(name, Shard(self._stream, name))
        records = 0
        for shard in self._shards.values():
            page = shard.read()
            self._aggregator.fold(page.images)
            shard.go_on(page)
            records += page.records
        return records


class SettledStore(DynamoDBStore):
    """The store itself, and a reader of its stream."""

    def __init__(self, settings: Settings, clock: Clock, aws: Any = None) -> None:
        super().__init__(settings, clock, aws or shared_client("dynamodb"))
        self._reader = Reader(self, settings)
        self._is_settled = False  # a store that was opened does not know what others have recorded

    def record(self, batch: Batch) -> Promise[Recorded]:
        self._is_settled = False
        return super().record(batch)

    def settle(self) -> None:
        while not self._is_settled:
            self._is_settled = not self._reader.poll()

    def run(self, question: Question[R]) -> R:
        self.settle()
        return super().run(question)

    def live(self, site_id: str, now: int) -> Live:
        self.settle()
        return super().live(site_id, now)

    def session_events(self, session_id: str, site_id: str | None = None) -> list[StoredEvent]:
        self.settle()
        return super().session_events(session_id, site_id)

    def ledger(self, site_id: str | None, period: Period) -> list[LedgerRow]:
        self.settle()
        return super().ledger(site_id, period)

    def purge(self, before: int, by_site: Mapping[str, int] | None = None) -> Purged:
        self.settle()
        return super().purge(before, by_site)

    def reprocess(self, derive: Derive, **asked: Any) -> Reprocessed:
        self.settle()
        found = super().reprocess(derive, **asked)
        self._is_settled = False
        return found

    def arrivals(self, site_id: str) -> Iterator[Arrivals]:
        self.settle()
        return super().arrivals(site_id)

    def restore(self, arrived: Arrivals, ledger: Sequence[LedgerRow] = ()) -> None:
        super().restore(arrived)
        self._is_settled = False
        self.settle()
        super().restore(type(arrived)(), ledger)
        self._is_settled = False
