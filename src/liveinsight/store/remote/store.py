"""RemoteStore: the store of a running LiveInsight. It has the data; this process has front end and pipeline."""

from __future__ import annotations

import os
import weakref
from threading import Lock
from typing import TYPE_CHECKING, Any

from liveinsight.errors import InvalidInput, StartError, StoreUnavailable
from liveinsight.store.base import Arrivals
from liveinsight.store.grouping import Groups
from liveinsight.store.remote.sending import send
from liveinsight.store.remote.server import Server, Unusable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from liveinsight.models.events import StoredEvent
    from liveinsight.settings import Settings
    from liveinsight.stats.period import Period
    from liveinsight.stats.question import Question, R
    from liveinsight.store.base import Batch, Derive, LedgerRow, Live, Progress, Purged, Recorded, Reprocessed
    from liveinsight.store.promise import Promise


class RemoteStore:
    """Any number of processes may use one server. After a fork, parent and child each have connections of their own.

    Raises StartError when nobody answers at `url`, or not as a LiveInsight that knows the token.
    """

    def __init__(self, url: str, settings: Settings) -> None:
        self._url = url
        self._settings = settings
        self._begin()
        if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork either
            begin = weakref.WeakMethod(self._begin)
            os.register_at_fork(after_in_child=lambda: (method := begin()) and method())
        try:
            self._call("hello")
        except StoreUnavailable as error:
            self.close()
            raise _at_start(url, error) from None

    def record(self, batch: Batch) -> Promise[Recorded]:
        return self._mine.take(batch)

    def run(self, question: Question[R]) -> R:
        answer: R = self._call("run", question)
        return answer

    def live(self, site_id: str, now: int) -> Live:
        found: Live = self._call("live", site_id, now)
        return found

    def session_events(self, session_id: str, site_id: str | None = None) -> list[StoredEvent]:
        found: list[StoredEvent] = self._call("session_events", session_id, site_id)
        return found

    def ledger(self, site_id: str | None, period: Period) -> list[LedgerRow]:
        found: list[LedgerRow] = self._call("ledger", site_id, period)
        return found

    def document(self, kind: str, key: str) -> str | None:
        found: str | None = self._call("document", kind, key)
        return found

    def put_document(self, kind: str, key: str, text: str | None, *, keep: bool = False) -> str | None:
        found: str | None = self._call("put_document", kind, key, text, keep)
        return found

    def documents(self, kind: str) -> dict[str, str]:
        found: dict[str, str] = self._call("documents", kind)
        return found

    def purge(self, before: int, by_site: Mapping[str, int] | None = None) -> Purged:
        found: Purged = self._call("purge", before, dict(by_site or {}))
        return found

    def reprocess(
        self, derive: Derive, *, keep_filtered: bool, progress: Progress, agree: Callable[[Reprocessed], bool]
    ) -> Reprocessed:
        """Not from here: the rules are those of this process, the events elsewhere. Raises InvalidInput."""
        del derive, keep_filtered, progress, agree
        msg = "What another LiveInsight stores is derived anew there: run `liveinsight reprocess` on its machine."
        raise InvalidInput(msg, code="unsupported_store")

    def arrivals(self, site_id: str) -> Iterator[Arrivals]:
        return self._mine.server.lines("arrivals", site_id)

    def restore(self, arrived: Arrivals, ledger: Sequence[LedgerRow] = ()) -> None:
        self._call("restore", Arrivals(list(arrived.events), list(arrived.kept)), list(ledger))

    def close(self) -> None:
        self._mine.close()

    def _begin(self) -> None:
        self._mine = _Mine(self._url, self._settings)

    def _call(self, operation: str, *arguments: Any) -> Any:
        return self._mine.server.call(operation, *arguments)


class _Mine:
    """What processes do not share: connections, a thread, and locks that somebody may have held at the fork."""

    def __init__(self, url: str, settings: Settings) -> None:
        self.server = Server(url, settings.store_token, settings.store_timeout)
        self._limit = settings.queue_limit
        self._lock = Lock()
        self._is_closed = False
        self._groups: Groups | None = None  # begun when needed: before a fork it would be of no use to the child

    def take(self, batch: Batch) -> Promise[Recorded]:
        with self._lock:
            if self._is_closed:
                raise StoreUnavailable
            if self._groups is None:
                self._groups = Groups(lambda batches: send(self.server, batches), self._limit, "remote-intake")
            groups = self._groups
        return groups.take(batch)

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
        if self._groups is not None:
            self._groups.close()
        self.server.close()


def _at_start(url: str, error: StoreUnavailable) -> StartError:
    if isinstance(error, Unusable):
        return StartError(
            f"{url} does not let this process use its store: LIVEINSIGHT_STORE_TOKEN must be the admin token there"
            " (`liveinsight token` prints it), and both must have the same version of LiveInsight."
        )
    return StartError(f"No LiveInsight answers at {url}. Start it first, or correct LIVEINSIGHT_STORE.")
