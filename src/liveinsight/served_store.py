"""The store of this process, for others that have none: what they ask, and what has to happen beside it here."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Any

from liveinsight.errors import InvalidInput, StoreUnavailable
from liveinsight.managed_sites import KIND as SITE
from liveinsight.stats.question import Question

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from liveinsight.managed_sites import ManagedSites
    from liveinsight.store.base import Arrivals, Batch, LedgerRow, Recorded, Store
    from liveinsight.store.promise import Promise

    Told = tuple[list[int], int] | str  # places of the new events and number of known ones, or why it failed

logger = logging.getLogger(__name__)

_REMEMBERED_S = 120.0  # a group of batches: far longer than anybody sends it again


class ServedStore:
    """Answers operations by name. `publish` is told of batches that were recorded."""

    def __init__(self, store: Store, sites: ManagedSites, publish: Callable[[Promise[Recorded]], None]) -> None:
        self._store = store
        self._sites = sites
        self._publish = publish
        self._lock = Lock()
        self._groups: OrderedDict[str, tuple[float, _Group]] = OrderedDict()
        self._operations: dict[str, Callable[..., Any]] = {
            "hello": lambda: True,
            "record": self._record,
            "run": self._run,
            "live": store.live,
            "session_events": store.session_events,
            "ledger": store.ledger,
            "document": store.document,
            "put_document": self._put_document,
            "documents": store.documents,
            "purge": self._purge,
            "restore": self._restore,
        }

    def call(self, operation: str, arguments: list[Any]) -> Any:
        """The answer to an operation. Raises InvalidInput for one that there is not."""
        if operation not in self._operations:
            msg = f"A store has no operation {operation[:60]!r}. Do both sides have the same version of LiveInsight?"
            raise InvalidInput(msg, code="invalid_store_request")
        return self._operations[operation](*arguments)

    def arrivals(self, site_id: str) -> Iterator[Arrivals]:
        """See Store."""
        return self._store.arrivals(site_id)

    def _record(self, name: str, batches: list[Batch]) -> list[Told]:
        """Record batches, or say again what became of them: a group that comes again under its name is the same.

        The name is known as soon as the group is: who asks again while it is being written waits for the same.
        """
        with self._lock:
            now = time.monotonic()
            while self._groups and next(iter(self._groups.values()))[0] < now - _REMEMBERED_S:
                self._groups.popitem(last=False)
            if name not in self._groups:
                self._groups[name] = now, _Group(batches, [self._begin(batch) for batch in batches])
            group = self._groups[name][1]
        return group.told()

    def _begin(self, batch: Batch) -> Promise[Recorded] | StoreUnavailable:
        try:
            recorded = self._store.record(batch)
        except StoreUnavailable as error:
            return error
        recorded.add_done_callback(self._publish)
        return recorded

    def _run(self, question: Any) -> Any:
        if not isinstance(question, Question):
            msg = "A store is asked questions only."
            raise InvalidInput(msg, code="invalid_store_request")
        return self._store.run(question)

    def _put_document(self, kind: str, key: str, text: str | None, keep: bool) -> str | None:  # noqa: FBT001  as it is sent
        there = self._store.put_document(kind, key, text, keep=keep)
        if kind == SITE:
            with suppress(ValueError):  # what is no site's settings is the matter of who wrote it
                self._sites.reload()
        return there

    def _purge(self, before: int, by_site: Mapping[str, int]) -> Any:
        purged = self._store.purge(before, by_site)
        self._sites.changed()
        return purged

    def _restore(self, arrived: Arrivals, ledger: list[LedgerRow]) -> None:
        self._store.restore(arrived, ledger)
        self._sites.changed()


class _Group:
    """Batches that came together. Of what was written, only the places are remembered."""

    def __init__(self, batches: list[Batch], recorded: list[Promise[Recorded] | StoreUnavailable]) -> None:
        self._lock = Lock()
        self._told: list[Told] | None = None
        self._waiting = list(zip(batches, recorded, strict=True))

    def told(self) -> list[Told]:
        """What became of each batch; waits for it."""
        with self._lock:
            if self._told is None:
                self._told = [_told(batch, recorded) for batch, recorded in self._waiting]
                self._waiting = []
            return self._told


def _told(batch: Batch, recorded: Promise[Recorded] | StoreUnavailable) -> Told:
    if isinstance(recorded, StoreUnavailable):
        return recorded.code
    try:
        done = recorded.result()
    except StoreUnavailable as error:
        return error.code
    except Exception:
        logger.exception("a batch of another process could not be recorded")
        return StoreUnavailable.code
    places = {id(event): place for place, event in enumerate(batch.events)}
    return [places[id(event)] for event in done.stored], done.duplicates
