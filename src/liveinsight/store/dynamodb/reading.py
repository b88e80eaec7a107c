"""Questions answered from the chains that have an event in the days that matter."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from liveinsight.errors import InvalidInput
from liveinsight.stats.filtered import FilteredEvents
from liveinsight.stats.funnel import Funnel
from liveinsight.stats.period import DAY_MS, Period
from liveinsight.stats.query import Query
from liveinsight.stats.retention import Retention
from liveinsight.stats.visits import VisitorSessions
from liveinsight.store.dynamodb import filtered, keys
from liveinsight.store.dynamodb.cells.answering import answered
from liveinsight.store.dynamodb.visitors import visitor_sessions
from liveinsight.store.plain import Visit, answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from liveinsight.models.events import FilteredEvent, StoredEvent
    from liveinsight.stats.question import Question, R
    from liveinsight.store.base import Clock
    from liveinsight.store.dynamodb.cells.rollups import Rollups
    from liveinsight.store.dynamodb.chains import Chains
    from liveinsight.store.dynamodb.client import Client, Item
    from liveinsight.store.dynamodb.keys import Chain, Lane
    from liveinsight.store.dynamodb.lanes import Lanes

MAX_SESSIONS = 20_000  # client session ids that one question may read: some 10,000 read units; long ones count as more
_AT_ONCE = 1600  # of them
_CHAINS = 100  # of everything: one call, and what memory holds


class Reading:
    """Answers questions."""

    def __init__(self, client: Client, chains: Chains, lanes: Lanes, rollups: Rollups, clock: Clock) -> None:
        self._client = client
        self._chains = chains
        self._lanes = lanes
        self._rollups = rollups
        self._clock = clock

    def run(self, question: Question[R]) -> R:
        """Raises InvalidInput (unsupported_query) when too much would have to be read."""
        if isinstance(question, FilteredEvents):
            return cast("R", self._filtered(question))
        if isinstance(question, VisitorSessions):
            return cast("R", visitor_sessions(self._client, self._chains, self._lanes, question))
        if isinstance(question, Query):
            result = answered(self._rollups, question, self._clock())
            if result is not None:
                return cast("R", result)
        assert question.site_id is not None  # noqa: S101  only FilteredEvents may be about all sites
        return answer(question, self._visits(question.site_id, reach(question)))

    def chains_of(self, site_id: str, period: Period, limit: int | None = None) -> list[Chain]:
        """The chains with an event on a day of the period. Raises InvalidInput when they are more than `limit`."""
        if period.end <= 0:
            return []
        first, last = keys.day(max(period.start, 0)), keys.day(min(period.end, _LATEST) - 1)
        months = [month for month in self._lanes.months(site_id) if first[:7] <= month <= last[:7]]
        asked = [(lane, month) for lane in self._lanes.of_site(site_id) for month in months]
        found: set[str] = set()

        def read(lane_month: tuple[Lane, str]) -> None:
            lane, month = lane_month
            pk = keys.of_lane("days", lane, month)
            for item in self._client.query(self._client.names.sessions, pk, max(first, month), last + keys.AFTER):
                found.add(keys.session_of_entry(item["sk"]))
                if limit is not None and len(found) > limit:
                    break

        self._client.parallel(read, asked)
        if limit is not None and len(found) > limit:
            raise _too_many(limit)
        return [keys.Chain(site_id, session_id) for session_id in sorted(found)]

    def parts(self, site_id: str) -> Iterator[list[StoredEvent]]:
        """Everything of a site, day by day and lane by lane, in small parts; each event once.

        A chain with events on several days is read on each.
        """
        for day in self._lanes.days(site_id):
            chains = self.chains_of(site_id, Period(day, day + DAY_MS))
            chains.sort(key=lambda chain: self._lanes.of(*chain))
            for at in range(0, len(chains), _CHAINS):
                states = self._chains.read_many(chains[at : at + _CHAINS])
                yield [event for state in states for event in state.events if day <= event.timestamp < day + DAY_MS]

    def _visits(self, site_id: str, period: Period) -> list[Visit]:
        chains = self.chains_of(site_id, period, MAX_SESSIONS)
        visits, items = [], 0
        for at in range(0, len(chains), _AT_ONCE):
            for state in self._chains.read_many(chains[at : at + _AT_ONCE]):
                visits += state.visits()
                items += len(state.chunks)
                if items > MAX_SESSIONS:
                    raise _too_many(MAX_SESSIONS)
        return visits

    def _filtered(self, question: FilteredEvents) -> list[FilteredEvent]:
        sites = [question.site_id] if question.site_id is not None else self._lanes.sites()
        low, high = f"{max(question.period.start, 0):015}", f"{question.period.end:015}"

        def read(lane: Lane) -> list[Item]:
            found: list[Item] = []
            pk = keys.of_lane("kept", lane)
            for item in self._client.query(self._client.names.sessions, pk, low, high, latest_first=True):
                # Of those received at the same time, all: which of them come first is another order.
                if len(found) >= question.limit and _received(item) != _received(found[-1]):
                    break
                if "events" in item:
                    found.append(item)
            return found

        lanes = [lane for site in sites for lane in self._lanes.of_site(site)]
        items = [item for part in self._client.parallel(read, lanes) for item in part]
        events = list(filtered.read(items))
        events.sort(key=lambda each: (-each.event.received_at, each.event.site_id, each.event.event_id, each.reason))
        return events[: question.limit]


_LATEST = 4_102_444_800_000  # 2100


def reach(question: Question[R]) -> Period:
    """The period whose events decide the answer; the rest of their sessions comes with them."""
    match question:
        case Retention():  # who came first when, of all that is kept
            return Period(0, question.parts()[-1])
        case Funnel():  # later steps may lie beyond it, in another session of the visitor
            return Period(question.period.start, question.period.end + (question.window or 0))
        case _:
            return cast("Period", question.period)  # type: ignore[attr-defined]


def _too_many(sessions: int) -> InvalidInput:
    msg = (
        f"This would have to read over {sessions:,} sessions one by one."
        " Ask about a shorter period, or by one dimension and without filters on others."
    )
    return InvalidInput(msg, code="unsupported_query")


def _received(item: Item) -> str:
    return keys.parts_of(item["sk"])[0]
