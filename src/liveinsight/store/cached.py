"""A store in front of a store: it keeps answers for as long as nothing happens that could change them.

Right only when every change goes through it, so for stores that one process owns. The rule, in every method: what
changes something is counted after it is done and before anybody is told; who asks looks at the count first, and takes
an answer only when it was asked for at the same count. So an answer is never older than what was known to be recorded
when the question came, and who asks while the same is being asked waits for that answer.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Any

from pydantic_core import to_json

from liveinsight.stats.funnel import Funnel
from liveinsight.stats.journey import Journey
from liveinsight.stats.query import Query
from liveinsight.stats.retention import Retention
from liveinsight.store.promise import Promise

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    from liveinsight.models.events import StoredEvent
    from liveinsight.stats.period import Period
    from liveinsight.stats.question import Question, R
    from liveinsight.store.base import (
        Arrivals,
        Batch,
        Derive,
        LedgerRow,
        Live,
        Progress,
        Purged,
        Recorded,
        Reprocessed,
        Store,
    )

    Count = tuple[int, int]

MOST_ANSWERS = 1000
MOST_BYTES = 8_000_000  # of all questions and answers, as JSON; in memory they take about five times as much
_LARGEST = MOST_BYTES // 8  # a larger question with its answer is not kept: it would push out many others

# What reports ask again and again. Other questions are about this moment, or asked once.
_KEPT = (Query, Funnel, Retention, Journey)


class CachedStore:
    """A `Store` that asks another one only for what it does not know."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._changes = _Changes()
        self._answers = _Answers()
        self._documents: dict[str, dict[str, str]] = {}
        self._lock = Lock()

    def record(self, batch: Batch) -> Promise[Recorded]:
        done: Promise[Recorded] = Promise()
        sites = {event.site_id for event in batch.events} | {tally.site_id for tally in batch.refused}

        def tell(recorded: Promise[Recorded]) -> None:
            # Also when it failed, or all were duplicates: an earlier try may have been written without anybody told.
            self._changes.count(sites)
            error = recorded.exception()
            if error is None:
                done.set_result(recorded.result())
            else:
                done.set_exception(error)

        self._store.record(batch).add_done_callback(tell)
        return done

    def run(self, question: Question[R]) -> R:
        if type(question) not in _KEPT:
            return self._store.run(question)
        count = self._changes.of(question.site_id)
        answer: R = self._answers.get(question, count, lambda: self._store.run(question))
        return answer

    def live(self, site_id: str, now: int) -> Live:
        return self._store.live(site_id, now)

    def session_events(self, session_id: str, site_id: str | None = None) -> list[StoredEvent]:
        return self._store.session_events(session_id, site_id)

    def ledger(self, site_id: str | None, period: Period) -> list[LedgerRow]:
        count = self._changes.of(site_id)
        rows: list[LedgerRow] = self._answers.get(
            ("ledger", site_id, period), count, lambda: self._store.ledger(site_id, period)
        )
        return rows

    def document(self, kind: str, key: str) -> str | None:
        return self._store.document(kind, key)

    def put_document(self, kind: str, key: str, text: str | None, *, keep: bool = False) -> str | None:
        try:
            return self._store.put_document(kind, key, text, keep=keep)
        finally:
            with self._lock:
                # At once and not by count: a salt that was destroyed must not live on here.
                self._documents = {each: found for each, found in self._documents.items() if each != kind}

    def documents(self, kind: str) -> dict[str, str]:
        known = self._documents
        if kind not in known:
            found = self._store.documents(kind)
            with self._lock:
                if self._documents is known:  # else something was written, maybe after we looked
                    self._documents = {**known, kind: found}
            return dict(found)
        return dict(known[kind])

    def purge(self, before: int, by_site: Mapping[str, int] | None = None) -> Purged:
        try:
            return self._store.purge(before, by_site)
        finally:
            self._changes.count_everywhere()

    def reprocess(
        self, derive: Derive, *, keep_filtered: bool, progress: Progress, agree: Callable[[Reprocessed], bool]
    ) -> Reprocessed:
        try:
            return self._store.reprocess(derive, keep_filtered=keep_filtered, progress=progress, agree=agree)
        finally:
            self._changes.count_everywhere()

    def arrivals(self, site_id: str) -> Iterator[Arrivals]:
        return self._store.arrivals(site_id)

    def restore(self, arrived: Arrivals, ledger: Sequence[LedgerRow] = ()) -> None:
        try:
            self._store.restore(arrived, ledger)
        finally:
            self._changes.count_everywhere()

    def close(self) -> None:
        self._store.close()


class _Changes:
    """How many changes there were, by site. A count that was seen once never comes back."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._everywhere = 0
        self._on_any = 0
        self._on: dict[str, int] = {}

    def of(self, site_id: str | None) -> Count:
        """The count of a site; None: of all together."""
        return self._everywhere, self._on_any if site_id is None else self._on.get(site_id, 0)

    def count(self, sites: Iterable[str]) -> None:
        with self._lock:
            self._on_any += 1
            for site_id in sites:
                self._on[site_id] = self._on.get(site_id, 0) + 1

    def count_everywhere(self) -> None:
        with self._lock:
            self._everywhere += 1


class _Kept:
    """An answer, or the promise of one that is being asked for at this moment."""

    __slots__ = ("answer", "count", "size")

    def __init__(self, count: Count) -> None:
        self.count = count
        self.answer: Promise[Any] = Promise()
        self.size = 0


class _Answers:
    """Answers by question; those not asked for the longest time go when there are too many, or they are too large."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._size = 0

    def get(self, question: Hashable, count: Count, ask: Callable[[], Any]) -> Any:
        """The answer to a question at a count. Callers share it: nobody may change it."""
        with self._lock:
            kept = self._kept.get(question)
            is_new = kept is None or kept.count != count
            if kept is None or is_new:
                self._drop(question)
                kept = self._kept[question] = _Kept(count)
            else:
                self._kept.move_to_end(question)
        if is_new:
            self._fill(question, kept, ask)
        return kept.answer.result()

    def _fill(self, question: Hashable, kept: _Kept, ask: Callable[[], Any]) -> None:
        try:
            answer = ask()
        except BaseException as error:  # noqa: BLE001  whatever it was, those who wait must hear of it
            with self._lock:
                if self._kept.get(question) is kept:
                    self._drop(question)
            kept.answer.set_exception(error)
            return
        kept.answer.set_result(answer)
        size = len(to_json((question, answer)))  # a short answer may be to a very long list of values
        with self._lock:
            if self._kept.get(question) is not kept:
                return
            kept.size = size
            self._size += size
            if size > _LARGEST:
                self._drop(question)
            while self._size > MOST_BYTES or len(self._kept) > MOST_ANSWERS:
                self._drop(next(iter(self._kept)))

    def _drop(self, question: Hashable) -> None:
        kept = self._kept.pop(question, None)
        if kept is not None:
            self._size -= kept.size
