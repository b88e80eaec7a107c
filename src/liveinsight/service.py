"""Analytics: everything that a front end may ask. A route authorises, calls one of these methods, and answers."""

from __future__ import annotations

import logging
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from liveinsight import answers
from liveinsight.collection import Collection
from liveinsight.errors import InvalidInput, NotFound
from liveinsight.feed import Feed
from liveinsight.ingest.outcome import Intake
from liveinsight.ingest.pipeline import Pipeline
from liveinsight.ingest.site import Sites, site_name
from liveinsight.ingest.visitor import Visitors
from liveinsight.known_sites import KnownSites
from liveinsight.questions import QueryBody, StatsQuestion, ask, read_period
from liveinsight.salts import StoredSalts
from liveinsight.stats import period as periods
from liveinsight.stats.period import DAY_MS, HOUR_MS, Period
from liveinsight.stats.query import MAX_ROWS, Query
from liveinsight.store.base import STORED, Batch

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.ingest.draft import Delivery
    from liveinsight.settings import Settings
    from liveinsight.store.base import Recorded, Store
    from liveinsight.store.promise import Promise

logger = logging.getLogger(__name__)

_PAGES_METRICS = ("page_views", "visitors")
_EVER = Period(0, 4_102_444_800_000)
_MAX_HOURS = 24 * 366


def now_ms() -> int:
    """This machine's clock, ms since the epoch."""
    return time.time_ns() // 1_000_000


class Analytics:
    """The service: one instance a process, safe to use from any thread."""

    def __init__(self, store: Store, settings: Settings, clock: Callable[[], int] = now_ms) -> None:
        self.settings = settings
        self.feed = Feed()
        self.clock = clock
        self._store = store
        self._salts = StoredSalts(store)
        self._sites = Sites.of(settings.sites)
        self._known_sites = KnownSites(self._events_by_site)
        self._pipeline = Pipeline.of(self._sites, Visitors(self._salts))

    def collect(self, delivery: Delivery) -> Collection:
        """Take a request's events. Raises QueueFull or StoreUnavailable when they cannot be taken now."""
        return self._record(*self._pipeline.run(delivery))

    def refuse(self, error: InvalidInput) -> Collection:
        """Count a request whose body was not even read as one rejected event; the answer raises `error`."""
        return self._record(Intake.unreadable(self.clock(), error), error)

    def _record(self, intake: Intake, error: InvalidInput | None) -> Collection:
        recorded = self._store.record(Batch(intake.received_at, intake.events, intake.tallies()))
        recorded.add_done_callback(self._publish)
        return Collection(intake, error, recorded)

    def _publish(self, recorded: Promise[Recorded]) -> None:
        if recorded.exception() is None and (stored := recorded.result().stored):
            self._known_sites.add({each.site_id for each in stored})
            self.feed.publish(stored)

    def _events_by_site(self) -> Counter[str]:
        events: Counter[str] = Counter()
        for row in self._store.ledger(None, _EVER):
            if row.outcome == STORED:
                events[row.site_id] += row.events
        return events

    def realtime(self, site_id: str | None = None) -> dict[str, Any]:
        """Who is there now: `data` of /api/realtime."""
        site_id, now = self.site(site_id), self.clock()
        return answers.realtime(site_id, self._store.live(site_id, now), now)

    def active_sessions(self, site_id: str | None = None, limit: int = 1000) -> list[dict[str, Any]]:
        """The active sessions, latest activity first, up to `limit`."""
        live = self._store.live(self.site(site_id), self.clock())
        return [answers.active_session(each) for each in live.sessions[:limit]]

    def session_events(self, session_id: str, site_id: str | None = None) -> list[dict[str, Any]]:
        """The events of one session, oldest first. Raises NotFound."""
        events = self._store.session_events(session_id, site_name(site_id) if site_id else None)
        if not events:
            msg = "There is no session of that id. Sessions are kept as long as retention_days says."
            raise NotFound(msg)
        return [answers.event(each, events[0].context) for each in events]

    def hourly(self, site_id: str | None, hours: int, timezone: str | None) -> list[dict[str, Any]]:
        """Events, page views and visitors of the last `hours` hours, this one included; hours without any are 0."""
        if not 1 <= hours <= _MAX_HOURS:
            msg = f"hours must be 1 to {_MAX_HOURS}."
            raise InvalidInput(msg, code="invalid_period")
        timezone = timezone or self.settings.timezone
        query = Query(
            site_id=self.site(site_id),
            metrics=("events", "page_views", "visitors"),
            dimensions=("hour",),
            period=periods.named_period(f"{hours}h", self.clock(), timezone),
            timezone=timezone,
            limit=MAX_ROWS,  # a clock that is changed by half an hour adds parts: all of them fit
        )
        return [
            {
                "hour": periods.label(int(row.dimensions[0]), "hour", timezone),
                "time": row.dimensions[0],
                "count": row.metrics[0],
                "page_views": row.metrics[1],
                "visitors": row.metrics[2],
            }
            for row in self._store.run(query).rows
        ]

    def pages(self, question: StatsQuestion) -> list[dict[str, Any]]:
        """Page views and visitors by page, most viewed first. Without a period: everything that is kept."""
        period = read_period(question, self.clock(), self.settings.timezone) if question.has_period else _EVER
        query = Query(
            site_id=self.site(question.site_id),
            metrics=_PAGES_METRICS,
            dimensions=("page",),
            period=period,
            limit=question.limit,
            timezone=question.timezone or self.settings.timezone,
        )
        return [
            {"page": row.dimensions[0], "views": row.metrics[0], "visitors": row.metrics[1]}
            for row in self._store.run(query).rows
            if row.metrics[0]
        ]

    def stats(self, question: StatsQuestion) -> dict[str, Any]:
        """A period at a glance: `data` of /api/stats."""
        report = ask(question, self.site(question.site_id), self.clock(), self.settings.timezone)
        return report.answer(self._store.run)

    def query(self, body: QueryBody) -> dict[str, Any]:
        """The general question: `data` of /api/query."""
        query = body.query(self.site(body.site_id), self.clock(), self.settings.timezone)
        result = self._store.run(query)
        return {
            "query": body.understood(query),
            "rows": [{"dimensions": list(row.dimensions), "metrics": list(row.metrics)} for row in result.rows],
            "total_rows": result.total_rows,
        }

    def ledger(self, site_id: str | None, question: StatsQuestion) -> dict[str, Any]:
        """What was received, and what became of it, by site and hour. Without a site: all, and what had none.

        Its hours are those of UTC: the period begins with the whole hour that holds its start, so that the first half
        hour of a day is there also where clocks are half an hour off.
        """
        start, end = read_period(question, self.clock(), self.settings.timezone)
        period = Period(start - start % HOUR_MS, end)
        rows = self._store.ledger(site_name(site_id) if site_id else None, period)
        return {"from": period.start, "to": period.end, **answers.ledger(rows)}

    def sites(self) -> list[dict[str, Any]]:
        """The sites that have events or are named in the settings, busiest first."""
        events = {**dict.fromkeys(self._sites.allowed or (), 0), **self._events_by_site()}
        ordered = sorted(events.items(), key=lambda item: (-item[1], item[0]))
        return [{"site_id": site_id, "events": count} for site_id, count in ordered]

    def site(self, site_id: str | None) -> str:
        """The site that is meant: the one named, or the only one there is; "" before there is any.

        Raises NotFound for a site that is not accepted here, InvalidInput when there are several to choose from.
        """
        if site_id:
            name = site_name(site_id)
            if not self._sites.accepts(name):
                msg = "There is no site of that name here. GET /api/sites lists them."
                raise NotFound(msg, code="unknown_site")
            return name
        allowed = self._sites.allowed
        if allowed and len(allowed) == 1:
            return next(iter(allowed))
        known = sorted(self._known_sites.names() | (allowed or frozenset()))
        if len(known) > 1:
            msg = f"There are {len(known)} sites: say which with site_id, for example site_id={known[0]}."
            raise InvalidInput(msg, code="site_required")
        return known[0] if known else ""

    def maintain(self) -> None:
        """What has to happen now and then: destroy old salts, purge what is older than the settings keep."""
        now = self.clock()
        salts = self._salts.maintain(now)
        if salts:
            logger.info("salts destroyed", extra={"salts": salts})
        if self.settings.retention_days:
            logger.info("purged", extra=self.purge(now - self.settings.retention_days * DAY_MS))

    def purge(self, before: int) -> dict[str, int]:
        """Remove what is older than `before` (ms)."""
        purged = self._store.purge(before)
        self._known_sites = KnownSites(self._events_by_site)  # some may have nothing left
        return {"events": purged.events, "sessions": purged.sessions}

    def check(self) -> None:
        """Raises StoreUnavailable when the store cannot answer."""
        self._store.document("health", "check")

    def close(self) -> None:
        """Finish what was accepted."""
        self._store.close()
