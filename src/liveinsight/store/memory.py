"""A store in memory: the oracle that other stores are held to, and a help in tests.

It keeps every event in one list and answers each question from scratch, in the most obvious way. Nothing is durable,
and nothing is fast.
"""

from __future__ import annotations

from collections import Counter
from threading import RLock
from typing import TYPE_CHECKING, cast

from liveinsight.models.events import FilteredEvent
from liveinsight.stats.filtered import FilteredEvents
from liveinsight.stats.period import HOUR_MS
from liveinsight.stats.visits import PublicSession
from liveinsight.store.base import DUPLICATE, RECENT_MS, STORED, Arrivals, Batch, LedgerRow, Live, Purged, Recorded
from liveinsight.store.plain import Visit, answer, visits_of
from liveinsight.store.plain.kept import filtered_events
from liveinsight.store.plain.reprocess import Arrival, Derived
from liveinsight.store.promise import Promise
from liveinsight.store.reprocessing import ledger_changes
from liveinsight.store.restoring import hour_of, kept_parts, lacking_kept, lacking_rows, parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from liveinsight.models.events import StoredEvent
    from liveinsight.stats.period import Period
    from liveinsight.stats.question import Question, R
    from liveinsight.store.base import Derive, Progress, Reprocessed


class MemoryStore:
    """A `Store` without a file."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._arrivals: list[Arrival] = []
        self._ledger: Counter[tuple[int, str, str, str]] = Counter()
        self._documents: dict[tuple[str, str], str] = {}

    def record(self, batch: Batch) -> Promise[Recorded]:
        hour = batch.received_at - batch.received_at % HOUR_MS
        stored = []
        with self._lock:
            known = {(event.site_id, event.event_id) for event in self._events()}
            for event in batch.events:
                is_new = (event.site_id, event.event_id) not in known
                known.add((event.site_id, event.event_id))
                if is_new:
                    stored.append(event)
                self._ledger[hour, event.site_id, STORED if is_new else DUPLICATE, ""] += 1
            for tally in batch.refused:
                self._ledger[hour, tally.site_id, tally.outcome, tally.reason] += tally.events
            self._arrivals += [Arrival(None, event) for event in stored]
            self._arrivals += [Arrival(reason, event) for reason, event in batch.kept]
        done: Promise[Recorded] = Promise()
        done.set_result(Recorded(stored, len(batch.events) - len(stored)))
        return done

    def run(self, question: Question[R]) -> R:
        with self._lock:
            if isinstance(question, FilteredEvents):
                return cast("R", filtered_events(question, self._arrivals))
            return answer(question, self._visits(question.site_id))

    def live(self, site_id: str, now: int) -> Live:
        with self._lock:
            visits = self._visits(site_id)
        active = [PublicSession(visit.public_id, visit.session) for visit in visits if visit.session.is_active(now)]
        active.sort(key=lambda live: (-live.session.last_activity, live.public_id))
        second = now // 1000
        recent = Counter(
            (event.timestamp // 1000, event.event_type)
            for visit in visits
            for event in visit.events
            if second - RECENT_MS // 1000 < event.timestamp // 1000 <= second
        )
        return Live(active, dict(recent))

    def session_events(self, session_id: str, site_id: str | None = None) -> list[StoredEvent]:
        with self._lock:
            found = [visit for visit in self._visits(site_id) if visit.public_id == session_id]
        if not found:
            return []
        found.sort(key=lambda visit: visit.session.site_id)
        chosen = max(found, key=lambda visit: (visit.session.session_id == session_id, visit.session.last_activity))
        return chosen.events

    def ledger(self, site_id: str | None, period: Period) -> list[LedgerRow]:
        with self._lock:
            return [
                LedgerRow(site, hour, outcome, reason, events)
                for (hour, site, outcome, reason), events in sorted(self._ledger.items())
                if period.start <= hour < period.end and site_id in {None, site}
            ]

    def document(self, kind: str, key: str) -> str | None:
        with self._lock:
            return self._documents.get((kind, key))

    def put_document(self, kind: str, key: str, text: str | None, *, keep: bool = False) -> str | None:
        with self._lock:
            if keep and (kind, key) in self._documents:
                return self._documents[kind, key]
            if text is None:
                self._documents.pop((kind, key), None)
            else:
                self._documents[kind, key] = text
            return text

    def documents(self, kind: str) -> dict[str, str]:
        with self._lock:
            return {key: text for (each, key), text in self._documents.items() if each == kind}

    def purge(self, before: int, by_site: Mapping[str, int] | None = None) -> Purged:
        own = by_site or {}
        with self._lock:
            visits = self._visits(None)
            over = [each for each in visits if each.session.last_activity < own.get(each.session.site_id, before)]
            gone = {(event.site_id, event.event_id) for visit in over for event in visit.events}
            self._arrivals = [
                Arrival(kept_for, event)
                for kept_for, event in self._arrivals
                if (
                    event.timestamp >= own.get(event.site_id, before)
                    if kept_for
                    else (event.site_id, event.event_id) not in gone
                )
            ]
            for row in [row for row in self._ledger if row[0] + HOUR_MS <= own.get(row[1], before)]:
                del self._ledger[row]
        return Purged(len(gone), len(over))

    def reprocess(
        self, derive: Derive, *, keep_filtered: bool, progress: Progress, agree: Callable[[Reprocessed], bool]
    ) -> Reprocessed:
        with self._lock:
            found = Derived(self._arrivals, derive, progress, keep_filtered=keep_filtered).report()
            if found.is_nothing or not agree(found):
                return found
            derived = Derived(self._arrivals, derive, progress, keep_filtered=keep_filtered)
            self._arrivals = derived.arrivals
            ledger = {
                (site_id, hour, outcome, reason): events
                for (hour, site_id, outcome, reason), events in self._ledger.items()
            }
            for (site_id, hour, outcome, reason), events in ledger_changes(ledger, derived.moves()).items():
                self._ledger[hour, site_id, outcome, reason] += events
            self._ledger = +self._ledger  # without the rows that are 0 now
        return derived.report()

    def arrivals(self, site_id: str) -> Iterator[Arrivals]:
        with self._lock:
            events = [event for event in self._events() if event.site_id == site_id]
            kept = [each for each in self._kept() if each.event.site_id == site_id]
        kept.sort(key=lambda each: each.event.received_at)
        yield from (Arrivals(events=part) for part in parts(events))
        yield from (Arrivals(kept=part) for part in kept_parts(kept))

    def restore(self, arrived: Arrivals, ledger: Sequence[LedgerRow] = ()) -> None:
        with self._lock:
            known = {(event.site_id, event.event_id) for event in self._events()}
            for event in arrived.events:
                if (event.site_id, event.event_id) not in known:
                    known.add((event.site_id, event.event_id))
                    self._arrivals.append(Arrival(None, event))
                    self._ledger[hour_of(event), event.site_id, STORED, ""] += 1
            self._arrivals += [Arrival(*each) for each in lacking_kept(arrived.kept, self._kept())]
            there = [
                LedgerRow(site, hour, outcome, reason, events)
                for (hour, site, outcome, reason), events in self._ledger.items()
            ]
            for (site_id, hour, outcome, reason), events in lacking_rows(ledger, there).items():
                self._ledger[hour, site_id, outcome, reason] += events

    def close(self) -> None:
        """Nothing to write."""

    def _events(self) -> list[StoredEvent]:
        return [event for kept_for, event in self._arrivals if kept_for is None]

    def _kept(self) -> list[FilteredEvent]:
        return [FilteredEvent(kept_for, event) for kept_for, event in self._arrivals if kept_for is not None]

    def _visits(self, site_id: str | None) -> list[Visit]:
        return visits_of(event for event in self._events() if site_id in {None, event.site_id})
