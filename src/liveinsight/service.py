"""Analytics: everything that a front end may ask. A route authorises, calls one of these methods, and answers."""

from __future__ import annotations

import logging
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from liveinsight import answers
from liveinsight.collection import Collection
from liveinsight.errors import NotFound
from liveinsight.feed import Feed
from liveinsight.goals import Goals
from liveinsight.ingest.derive import derive
from liveinsight.ingest.lists import load_lists
from liveinsight.ingest.outcome import Intake
from liveinsight.ingest.pipeline import Pipeline
from liveinsight.ingest.site import site_name
from liveinsight.ingest.visitor import Visitors
from liveinsight.managed_sites import ManagedSites
from liveinsight.questions.occasion import Occasion
from liveinsight.reports import details, flows, lists, overview, rows
from liveinsight.salts import StoredSalts
from liveinsight.segments import Segments
from liveinsight.served_store import ServedStore
from liveinsight.stats.filtered import FilteredEvents
from liveinsight.stats.period import DAY_MS, HOUR_MS, Period
from liveinsight.stats.visits import VisitorSessions
from liveinsight.store.base import Batch, Monitored

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.errors import InvalidInput
    from liveinsight.ingest.country import Countries
    from liveinsight.ingest.draft import Delivery
    from liveinsight.models.events import FilteredEvent, StoredEvent
    from liveinsight.questions import (
        FunnelQuestion,
        JourneyQuestion,
        ListQuestion,
        PageQuestion,
        PeriodQuestion,
        QueryBody,
        RetentionQuestion,
        StatsQuestion,
        SummaryQuestion,
    )
    from liveinsight.settings import Settings
    from liveinsight.store.base import Progress, Recorded, Reprocessed, Store
    from liveinsight.store.promise import Promise

logger = logging.getLogger(__name__)


def now_ms() -> int:
    """This machine's clock, ms since the epoch."""
    return time.time_ns() // 1_000_000


class Analytics:
    """The service: one instance a process, safe to use from any thread."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        clock: Callable[[], int] = now_ms,
        countries: Countries | None = None,
    ) -> None:
        self.settings = settings
        self.feed = Feed()
        self.clock = clock
        self._store = store
        self._salts = StoredSalts(store)
        self.sites = ManagedSites(store, settings, clock)
        self.goals = Goals(store, self.site)
        self.segments = Segments(store, self.site)
        self.served = ServedStore(store, self.sites, self._publish)
        self._pipeline = Pipeline.of(
            self.sites.accepted, Visitors(self._salts), countries, keep_filtered=settings.keep_filtered
        )

    def collect(self, delivery: Delivery) -> Collection:
        """Take a request's events. Raises QueueFull or StoreUnavailable when they cannot be taken now."""
        return self._record(*self._pipeline.run(delivery))

    def refuse(self, error: InvalidInput) -> Collection:
        """Count a request whose body was not even read as one rejected event; the answer raises `error`."""
        return self._record(Intake.unreadable(self.clock(), error), error)

    def _record(self, intake: Intake, error: InvalidInput | None) -> Collection:
        recorded = self._store.record(Batch(intake.received_at, intake.events, intake.tallies(), intake.kept))
        recorded.add_done_callback(self._publish)
        return Collection(intake, error, recorded)

    def _publish(self, recorded: Promise[Recorded]) -> None:
        if recorded.exception() is None and (stored := recorded.result().stored):
            self.sites.arrived(stored)
            self.feed.publish(stored)

    def realtime(self, site_id: str | None = None) -> dict[str, Any]:
        """Who is there now: `data` of /api/realtime."""
        site_id, now = self.site(site_id), self.clock()
        return answers.realtime(site_id, self.sites.timezone(site_id), self._store.live(site_id, now), now)

    def active_sessions(self, site_id: str | None = None, limit: int = 1000) -> list[dict[str, Any]]:
        """The active sessions, latest activity first, up to `limit`."""
        live = self._store.live(self.site(site_id), self.clock())
        return [answers.active_session(each) for each in live.sessions[:limit]]

    def session_events(self, session_id: str, site_id: str | None = None) -> list[dict[str, Any]]:
        """The events of one session, oldest first. Raises NotFound."""
        events = self._session_events(session_id, site_id)
        return [answers.event(each, events[0].context) for each in events]

    def session(self, session_id: str, site_id: str | None = None) -> dict[str, Any]:
        """One session in detail: `data` of /api/sessions/{id}/. Raises NotFound."""
        return details.session(session_id, self._session_events(session_id, site_id), self.clock(), self._store.run)

    def _session_events(self, session_id: str, site_id: str | None) -> list[StoredEvent]:
        events = self._store.session_events(session_id, site_name(site_id) if site_id else None)
        if not events:
            msg = "There is no session of that id. Sessions are kept as long as retention_days says."
            raise NotFound(msg)
        return events

    def visitor_sessions(self, visitor: str, site_id: str | None, limit: int) -> list[dict[str, Any]]:
        """The sessions of a visitor, latest first."""
        now = self.clock()
        question = VisitorSessions(site_id=self.site(site_id), visitor_id=visitor, before=now + 1, limit=limit)
        return [answers.session(each, now) for each in self._store.run(question)]

    def stats(self, question: StatsQuestion) -> dict[str, Any]:
        """A period at a glance: `data` of /api/stats."""
        return overview.overview(question, self._occasion(question.site_id), self._store.run)

    def summary(self, question: SummaryQuestion) -> dict[str, Any]:
        """The totals of a period: /api/statistics/summary/."""
        return overview.summary(question, self._occasion(question.site_id), self._store.run)

    def hourly(self, site_id: str | None, hours: int, timezone: str | None) -> list[dict[str, Any]]:
        """The last `hours` hours: /api/statistics/hourly/."""
        return lists.hourly(hours, timezone, self._occasion(site_id), self._store.run)

    def pages(self, question: ListQuestion) -> list[dict[str, Any]]:
        """The pages, most viewed first: /api/statistics/pages/."""
        return lists.pages(question, self._occasion(question.site_id), self._store.run)

    def referrers(self, question: ListQuestion) -> list[dict[str, Any]]:
        """The referrers, most visitors first: /api/statistics/referrers/."""
        return lists.referrers(question, self._occasion(question.site_id), self._store.run)

    def goal_rates(self, question: ListQuestion) -> list[dict[str, Any]]:
        """How often each goal was reached: /api/statistics/goals/."""
        occasion = self._occasion(question.site_id)
        return lists.goals(self.goals.goals(occasion.site_id), question, occasion, self._store.run)

    def query(self, body: QueryBody) -> dict[str, Any]:
        """The general question: `data` of /api/query."""
        return rows.query(body, self._occasion(body.site_id), self._store.run)

    def funnel(self, body: FunnelQuestion) -> dict[str, Any]:
        """How many go from step to step: `data` of /api/query/funnel."""
        return flows.funnel(body, self._occasion(body.site_id), self._store.run)

    def retention(self, body: RetentionQuestion) -> dict[str, Any]:
        """Who came back: `data` of /api/query/retention."""
        return flows.retention(body, self._occasion(body.site_id), self._store.run)

    def journey(self, body: JourneyQuestion) -> dict[str, Any]:
        """The pages before and after a page: `data` of /api/query/journey."""
        return flows.journey(body, self._occasion(body.site_id), self._store.run)

    def page(self, body: PageQuestion) -> dict[str, Any]:
        """One page in detail: `data` of /api/query/page."""
        return details.page(body, self._occasion(body.site_id), self._store.run)

    def _occasion(self, site_id: str | None) -> Occasion:
        site = self.site(site_id)
        goal, funnel = partial(self.goals.saved_goals.get, site), partial(self.goals.saved_funnels.get, site)
        return Occasion(site, self.clock(), self.sites.timezone(site), goal, funnel)

    def ledger(self, question: PeriodQuestion) -> dict[str, Any]:
        """What was received, and what became of it, by site and hour. Without a site: all, and what had none.

        Its hours are those of UTC: the period begins with the whole hour that holds its start, so that the first half
        hour of a day is there also where clocks are half an hour off.
        """
        site_id = site_name(question.site_id) if question.site_id else None
        start, end = question.read_period(self.clock(), self.sites.timezone(site_id or ""))
        period = Period(start - start % HOUR_MS, end)
        rows = self._store.ledger(site_id, period)
        return {"from": period.start, "to": period.end, **answers.ledger(rows)}

    def site(self, site_id: str | None) -> str:
        """The site that is meant. Raises NotFound, InvalidInput: see ManagedSites.site."""
        return self.sites.site(site_id)

    def maintain(self) -> None:
        """What has to happen now and then: destroy old salts, purge what is older than it is to be kept.

        And look again at what other processes may have changed, where a store has several.
        """
        now = self.clock()
        salts = self._salts.maintain(now)
        if salts:
            logger.info("salts destroyed", extra={"salts": salts})
        self.sites.reload()
        self.sites.changed()
        if expired := self.sites.expired(now):
            logger.info("purged", extra=self._purge(*expired))

    def purge(self, before: int, site_id: str | None = None) -> dict[str, int]:
        """Remove what is older than `before` (ms), of one site or of all."""
        return self._purge(0, {site_name(site_id): before}) if site_id else self._purge(before, {})

    def _purge(self, before: int, by_site: dict[str, int]) -> dict[str, int]:
        purged = self._store.purge(before, by_site)
        self.sites.changed()
        return {"events": purged.events, "sessions": purged.sessions}

    def filtered_events(self, site_id: str | None, days: int, limit: int) -> list[FilteredEvent]:
        """The filtered events that were kept and received in the last days, of one site or of all; latest first."""
        now = self.clock()
        site_id = site_name(site_id) if site_id else None
        period = Period(now - days * DAY_MS, now + 1)
        return self._store.run(FilteredEvents(site_id=site_id, period=period, limit=limit))

    def reprocess(self, progress: Progress, agree: Callable[[Reprocessed], bool]) -> Reprocessed:
        """Derive every stored event by today's rules. See Store.reprocess; `agree` decides whether it is written."""
        done = self._store.reprocess(derive, keep_filtered=self.settings.keep_filtered, progress=progress, agree=agree)
        self.sites.changed()
        return done

    def prepare(self) -> None:
        """Read now what the first event would wait for. Raises StartError."""
        load_lists()

    def check(self) -> None:
        """Raises StoreUnavailable when the store cannot answer."""
        self._store.document("health", "check")

    def health(self) -> dict[str, Any]:
        """What /healthz says of the store, beyond that it answers. Raises StoreUnavailable when it does not."""
        self.check()
        return self._store.health() if isinstance(self._store, Monitored) else {}

    def close(self) -> None:
        """Finish what was accepted."""
        self._store.close()
