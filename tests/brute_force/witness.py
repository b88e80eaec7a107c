"""Somebody who wrote down every batch, and answers from these notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from liveinsight.stats.funnel import Funnel
from liveinsight.stats.journey import Journey
from liveinsight.stats.query import Query
from liveinsight.stats.retention import Retention
from liveinsight.stats.visits import VisitorSessions
from tests.brute_force.rows import rows_of
from tests.brute_force.visit import told, visits_of
from tests.brute_force.walks import funnel_of, journey_of, retention_of, sessions_of

if TYPE_CHECKING:
    from liveinsight.models.events import StoredEvent
    from liveinsight.store.base import Batch
    from tests.brute_force.visit import Visit

ANSWERS: dict[type, Any] = {
    Query: rows_of,
    Funnel: funnel_of,
    Retention: retention_of,
    Journey: journey_of,
    VisitorSessions: sessions_of,
}


class Witness:
    """Takes the batches that a store takes, and answers in plain tuples what a store answers."""

    def __init__(self) -> None:
        self.events: list[StoredEvent] = []
        self.received: list[tuple[int, str, str, str]] = []  # hour, site, outcome, reason: one entry an event

    def record(self, batch: Batch) -> tuple[list[str], int]:
        hour = batch.received_at // 3_600_000 * 3_600_000
        new = []
        for event in batch.events:
            is_known = any((each.site_id, each.event_id) == (event.site_id, event.event_id) for each in self.events)
            if not is_known:
                self.events.append(event)
                new.append(event.event_id)
            self.received.append((hour, event.site_id, "duplicates" if is_known else "stored", ""))
        for site, outcome, reason, events in batch.refused:
            self.received += [(hour, site, outcome, reason)] * events
        return new, len(batch.events) - len(new)

    def purge(self, before: int, by_site: dict[str, int]) -> tuple[int, int]:
        sites = {each.site_id for each in self.events} | {row[1] for row in self.received}
        limits = {**dict.fromkeys(sites, before), **by_site}
        old = [visit for visit in self.visits() if visit.end < limits[visit.site]]
        gone = [event for visit in old for event in visit.events]
        self.events = [event for event in self.events if event not in gone]
        self.received = [row for row in self.received if row[0] + 3_600_000 > limits[row[1]]]
        return len(gone), len(old)

    def visits(self, site: str | None = None) -> list[Visit]:
        return visits_of([each for each in self.events if site in {None, each.site_id}])

    def answer(self, question: Any) -> Any:
        """Rows and their number for a query, else a list of tuples; `rows` and `walks` say which."""
        return ANSWERS[type(question)](question, self.visits(question.site_id))

    def live(self, site: str, now: int) -> tuple[list[tuple[Any, ...]], dict[tuple[int, str], int]]:
        """The active sessions as `told` tells them, in order; and the last 300 seconds by second and type."""
        active = [visit for visit in self.visits(site) if now - visit.end <= 1_800_000]
        active.sort(key=lambda visit: (-visit.end, visit.public_id))
        recent: dict[tuple[int, str], int] = {}
        for event in self.events:
            age = now // 1000 - event.timestamp // 1000
            if event.site_id == site and 0 <= age < 300:
                key = (event.timestamp // 1000, event.event_type)
                recent[key] = recent.get(key, 0) + 1
        return [told(visit, now) for visit in active], recent

    def session_events(self, public_id: str, site: str | None) -> list[StoredEvent]:
        found = [visit for visit in self.visits(site) if visit.public_id == public_id]
        found.sort(key=lambda visit: (visit.client_id != public_id, -visit.end, visit.site))
        return found[0].events if found else []

    def ledger(self, site: str | None, start: int, end: int) -> list[tuple[str, int, str, str, int]]:
        rows = sorted({row for row in self.received if start <= row[0] < end and site in {None, row[1]}})
        return [(row[1], row[0], row[2], row[3], self.received.count(row)) for row in rows]
