"""A worker: reads its share of the stream's shards, folds what comes, and says how far behind it is.

Two threads may use it: one polls, the other tends the leases, so that a long fold does not look like a dead worker.
"""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event
from typing import TYPE_CHECKING
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from liveinsight.errors import StoreUnavailable
from liveinsight.store.dynamodb.delivery import fold_each
from liveinsight.store.dynamodb.failures import what_failed
from liveinsight.store.dynamodb.leases import Lease, Leases, held_by, share
from liveinsight.store.dynamodb.progress import Progress
from liveinsight.store.dynamodb.stream import Shard

if TYPE_CHECKING:
    from concurrent.futures import Future

    from liveinsight.store.base import Clock
    from liveinsight.store.dynamodb.aggregator import Aggregator
    from liveinsight.store.dynamodb.client import Client
    from liveinsight.store.dynamodb.lifetimes import Lifetimes
    from liveinsight.store.dynamodb.stream import Page, Stream

logger = logging.getLogger(__name__)

_AT_ONCE = 8  # shards that are read at the same moment
_SLOW_S = 0.5  # so long the others wait for a shard
_AFTER_FAILURE_S = 2.0  # until a shard that could not be read is tried again
_AFTER_RECORD_S = 30.0  # until one is tried again that has a record which cannot be folded
_FOLDED_AT_ONCE = 5000  # records
_SAVE_AFTER = 10_000  # records of a shard; else its position is saved with the next beat
_LOOK_FOR_SHARDS_S = 20.0


class Worker:
    """One of the aggregators of a stream. `tend` gives it shards, `poll` reads them, `stop` gives them back."""

    def __init__(
        self, client: Client, stream: Stream, aggregator: Aggregator, lifetimes: Lifetimes, clock: Clock
    ) -> None:
        self.due = Event()  # to tend at once: there may be new shards
        self._leases = Leases(client, lifetimes, clock, stream.arn, uuid4().hex[:12])
        self._stream = stream
        self._aggregator = aggregator
        self._clock = clock
        self._known: list[str] = []
        self._looked_at = 0.0
        self._held: dict[str, Shard] = {}
        self._finished: set[str] = set()
        self._reading: dict[Shard, Future[Page]] = {}
        self._resting: dict[str, float] = {}
        self._threads = ThreadPoolExecutor(_AT_ONCE, "dynamodb-stream")
        self._progress = Progress(self.name)

    @property
    def name(self) -> str:
        """What its leases are held under: random, so that no two have the same."""
        return self._leases.worker

    def tend(self) -> None:
        """Tell that this worker lives, save how far it is, and take or give back shards until it has its share.

        Raises StoreUnavailable, ClientError.
        """
        self._look_for_shards()
        self._leases.beat(self.lag(), len(self._held), self._aggregator.stuck())
        leases, beats = self._leases.look()
        now = self._clock()
        alive = {each.worker for each in beats if each.until > now} | {self.name}
        if dead := {each.worker for each in beats} - alive:
            self._leases.forget(dead)
        before = set(self._held)
        self._save(leases)
        self._finished.update(name for name, lease in leases.items() if lease.is_finished)
        unfinished = [each for each in self._known if each not in self._finished]
        mine = share(len(unfinished), held_by(alive, leases, unfinished), self.name)
        for name in list(self._held)[mine:]:
            self._release(name)
        self._take([each for each in unfinished if each not in self._held], leases, alive, mine)
        if set(self._held) != before:
            logger.info("reading %d of %d shards", len(self._held), len(unfinished), extra={"worker": self.name})
        self._progress.tell(self.lag())

    def poll(self) -> int:
        """Read every shard once and fold what came; gives how many records that were.

        A shard that takes long is left to a later poll. Raises StoreUnavailable, ClientError.
        """
        pages = self._pages()
        records = 0
        while pages:
            some: list[tuple[Shard, Page]] = []
            while pages and sum(len(page.images) for _, page in some) < _FOLDED_AT_ONCE:
                some.append(pages.pop())
            self._fold(some)
            records += sum(page.records for _, page in some)
        return records

    def lag(self) -> int:
        """How far behind the shard is that is furthest behind, in ms. 0 at the end of all."""
        now = self._clock()
        return max((shard.behind(now) for shard in list(self._held.values())), default=0)

    def stop(self) -> None:
        """Save how far it is, and give back all shards. Raises StoreUnavailable; then the leases run out."""
        self._threads.shutdown(cancel_futures=True)
        self._progress.tell(self.lag(), last=True)
        for name in list(self._held):
            self._release(name)
        self._leases.stop()

    def _look_for_shards(self) -> None:
        if self.due.is_set() or not self._known or time.monotonic() - self._looked_at > _LOOK_FOR_SHARDS_S:
            self.due.clear()
            self._known = self._stream.shards()
            self._finished.intersection_update(self._known)
            self._looked_at = time.monotonic()

    def _save(self, leases: dict[str, Lease]) -> None:
        """Save the positions that are new, and let go of what has become somebody else's."""
        for name, shard in list(self._held.items()):
            lease = leases.get(name, Lease())
            is_mine = lease.holder == self.name
            if is_mine and shard.position != lease.position:
                shard.unsaved = 0
                is_mine = self._leases.save(name, shard.position)
            if not is_mine:
                self._held.pop(name, None)

    def _release(self, name: str) -> None:
        if shard := self._held.pop(name, None):
            self._leases.save(name, shard.position, release=True)

    def _take(self, names: list[str], leases: dict[str, Lease], alive: set[str], most: int) -> None:
        for name in names:
            if len(self._held) >= most:
                return
            lease = leases.get(name, Lease())
            is_mine = lease.holder == self.name  # taken, but the answer was lost
            if is_mine or (lease.holder not in alive and self._leases.take(name, lease.holder)):
                self._held[name] = Shard(self._stream, name, lease.position)

    def _pages(self) -> list[tuple[Shard, Page]]:
        """What the shards have given. The others go on reading."""
        now = time.monotonic()
        for shard in list(self._held.values()):
            if shard not in self._reading and self._resting.get(shard.name, 0.0) <= now:
                self._reading[shard] = self._threads.submit(shard.read)
        done, _ = wait(self._reading.values(), _SLOW_S)
        pages = []
        for shard in [shard for shard, future in self._reading.items() if future in done]:
            try:
                page = self._reading.pop(shard).result()
            except (StoreUnavailable, ClientError, BotoCoreError) as error:
                logger.warning("a shard cannot be read, trying again: %s", what_failed(error))
                self._rest(shard.name, _AFTER_FAILURE_S)
            else:
                if self._held.get(shard.name) is shard:
                    pages.append((shard, page))
        return pages

    def _fold(self, pages: list[tuple[Shard, Page]]) -> None:
        images = [(shard, image) for shard, page in pages for image in page.images]
        failed = {images[place][0].name for place in fold_each(self._aggregator, [image for _, image in images])}
        for shard, page in pages:
            if shard.name in failed:
                self._rest(shard.name, _AFTER_RECORD_S)
            else:
                self._go_on(shard, page)
        self._progress.add([image for shard, image in images if shard.name not in failed])

    def _go_on(self, shard: Shard, page: Page) -> None:
        shard.go_on(page)
        if shard.is_finished:
            self._held.pop(shard.name, None)
            self._finished.add(shard.name)
            self._leases.save(shard.name, shard.position, finished=True)
            self.due.set()
        elif shard.unsaved >= _SAVE_AFTER:
            self._leases.save(shard.name, shard.position)
            shard.unsaved = 0

    def _rest(self, name: str, seconds: float) -> None:
        self._resting[name] = time.monotonic() + seconds
