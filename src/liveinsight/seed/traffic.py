"""When people visit the made-up shop, and their visits as stored events, in order of time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from heapq import heappop, heappush
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pydantic_core import to_json

from liveinsight.errors import SettingError
from liveinsight.ingest.draft import Delivery
from liveinsight.ingest.pipeline import Pipeline
from liveinsight.ingest.site import Sites, is_site_name, site_in
from liveinsight.ingest.visitor import Visitors
from liveinsight.seed.people import Person, person
from liveinsight.seed.visit import LONGEST, LONGEST_PAUSE_MS, visit
from liveinsight.store.base import Batch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from liveinsight.models.events import StoredEvent

BATCH_EVENTS = 2000

_HOUR_MS = 3_600_000
# How busy an hour of the day is (0 to 23 o'clock), and a day of the week (from Monday).
_BY_HOUR = (9, 5, 3, 2, 2, 3, 6, 12, 20, 26, 29, 31, 36, 33, 30, 30, 31, 33, 36, 40, 46, 48, 38, 20)
_BY_WEEKDAY = (1.0, 1.05, 1.05, 1.0, 0.95, 0.75, 0.8)
_MEAN_LENGTH = 6.0  # events a visit
_PEOPLE_PER_VISIT = 0.6
_LAST_EVENT_MS = 3000  # the latest events are this old, to
_LATEST_SPREAD_MS = 90_000  # this much older
_THERE_NOW = 5  # visits that have not ended: whoever looks at the dashboard sees somebody


@dataclass(frozen=True, slots=True)
class Plan:
    """The same plan gives the same events, to the id. `end` is the time up to which there are any, in ms.

    Raises SettingError when `site` is not the name of one.
    """

    site: str
    events: int
    days: int
    end: int
    seed: int = 1
    timezone: str = "UTC"

    def __post_init__(self) -> None:
        if not is_site_name(self.site):
            example = found if is_site_name(found := site_in(self.site)) else "shop.example"
            msg = f"{self.site!r} is not the name of a site. Write it such as {example!r}."
            raise SettingError(msg)

    @property
    def key(self) -> str:
        """What tells this traffic from others on the same site, whenever it was made."""
        return f"{self.site}/{self.seed}/{self.events}/{self.days}"


def batches(plan: Plan) -> Iterator[Batch]:
    """The traffic as batches for a store, oldest first. Every event was received when it happened."""
    batch: list[StoredEvent] = []
    for event in _in_order(plan):
        batch.append(event)
        if len(batch) == BATCH_EVENTS:
            yield Batch(event.received_at, batch, [])
            batch = []
    if batch:
        yield Batch(batch[-1].received_at, batch, [])


def _in_order(plan: Plan) -> Iterator[StoredEvent]:
    """Visits overlap: an event waits until every visit that could come before it has begun."""
    waiting: list[tuple[int, str, StoredEvent]] = []
    for start, events in _visits(plan):
        # Visits near the end begin earlier than drawn, so that they end in time.
        settled = min(start, plan.end - LONGEST * LONGEST_PAUSE_MS - _LATEST_SPREAD_MS - _LAST_EVENT_MS)
        while waiting and waiting[0][0] <= settled:
            yield heappop(waiting)[2]
        for event in events:
            heappush(waiting, (*event.key, event))
    while waiting:
        yield heappop(waiting)[2]


def _visits(plan: Plan) -> Iterator[tuple[int, list[StoredEvent]]]:
    rng = Random(plan.key)  # noqa: S311  made-up traffic, not secrets
    lengths = _lengths(rng, plan.events)
    people = max(1, int(len(lengths) * _PEOPLE_PER_VISIT))
    pipeline = Pipeline.of(Sites.of(["*"]), Visitors(_NoSalts()))
    known_person = lru_cache(maxsize=50_000)(person)
    starts = _starts(rng, plan, len(lengths))
    for number, (start, length) in enumerate(zip(starts, lengths, strict=True)):
        # Squared: some come often, many once.
        visitor = known_person(plan.key, int(people * rng.random() ** 2))
        session_id = hashlib.blake2b(f"{plan.key}/{number}".encode(), digest_size=10).hexdigest()
        visits_left = len(lengths) - number
        there_now = visits_left <= _THERE_NOW
        events = visit(rng, visitor, plan.site, session_id, length, leaves=not there_now)
        latest = plan.end - _LAST_EVENT_MS - (visits_left > 1) * rng.randrange(_LATEST_SPREAD_MS)
        latest_start = latest - events[-1]["timestamp"]
        begin = latest_start if there_now else min(start, latest_start)
        yield begin, [_stored(pipeline, visitor, event, begin) for event in events]


def _lengths(rng: Random, events: int) -> list[int]:
    """How many events each visit has; together as many as asked for."""
    lengths: list[int] = []
    left = events
    while left > 0:
        lengths.append(min(left, LONGEST, 1 + int(rng.expovariate(1 / (_MEAN_LENGTH - 0.5)))))
        left -= lengths[-1]
    return lengths


def _starts(rng: Random, plan: Plan, count: int) -> list[int]:
    """When the visits begin: more in the evening than at night, fewer at weekends, and a little more every week."""
    zone = ZoneInfo(plan.timezone)
    hours = [plan.end - number * _HOUR_MS for number in range(plan.days * 24, 0, -1)]
    weights = []
    for age, hour in enumerate(hours):
        local = datetime.fromtimestamp(hour / 1000, UTC).astimezone(zone)
        weights.append(_BY_HOUR[local.hour] * _BY_WEEKDAY[local.weekday()] * (1 + age / len(hours) / 4))
    chosen = rng.choices(hours, cum_weights=list(accumulate(weights)), k=count)
    return sorted(hour + rng.randrange(_HOUR_MS) for hour in chosen)


def _stored(pipeline: Pipeline, visitor: Person, event: dict[str, Any], begin: int) -> StoredEvent:
    at = begin + event["timestamp"]
    body = to_json({**event, "event_id": _event_id(at, event["event_id"]), "timestamp": at})
    intake, _ = pipeline.run(Delivery(body, at, "", visitor.user_agent, visitor.country, visitor.region))
    return intake.events[0]


def _event_id(at: int, name: str) -> str:
    """As the tracker makes them, ordered by time (UUID version 7), but from the event's name instead of by chance."""
    moment, chance = f"{at:012x}", hashlib.blake2b(name.encode(), digest_size=9).hexdigest()
    return f"{moment[:8]}-{moment[8:]}-7{chance[:3]}-8{chance[3:6]}-{chance[6:]}"


class _NoSalts:
    """Every made-up visitor has a user_id, so nothing is hashed."""

    def salt(self, at: int) -> bytes:
        raise NotImplementedError(at)
