"""Builders for tests: events, batches and queries with good defaults. Times are ms since the epoch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from liveinsight.models.events import Context, StoredEvent
from liveinsight.stats.filters import AllOf, AnyOf, Condition, Did, Filter, Not
from liveinsight.stats.funnel import Funnel
from liveinsight.stats.journey import Journey
from liveinsight.stats.period import Period
from liveinsight.stats.query import Query
from liveinsight.stats.retention import Retention
from liveinsight.stats.visits import VisitorSessions
from liveinsight.stats.vocabulary import METRICS
from liveinsight.store.base import Batch

if TYPE_CHECKING:
    from liveinsight.ingest.outcome import Tally
    from liveinsight.store.base import Store

SITE = "shop.example"
SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000

# Of the metrics, one needs a currency.
EVERY_METRIC = tuple("revenue:KRW" if name == "revenue" else name for name in METRICS)

_ids = count(1)


def local(text: str, timezone: str = "UTC") -> int:
    """The instant when clocks of `timezone` show `text`; add an offset where they show it twice."""
    moment = datetime.fromisoformat(text)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone))).timestamp() * 1000)


NOON = local("2026-03-10 12:00")  # a Tuesday
THAT_DAY = Period(local("2026-03-10"), local("2026-03-11"))


def at(minutes: float = 0, ms: int = 0) -> int:
    """So many minutes after noon."""
    return NOON + round(minutes * MINUTE) + ms


@dataclass(slots=True)
class Clock:
    """A clock that stands still until it is set."""

    now: int = NOON

    def __call__(self) -> int:
        return self.now


def event(
    timestamp: int = NOON,
    kind: str = "page_view",
    page: str = "/",
    *,
    session: str = "s",
    site: str = SITE,
    visitor: str = "ann",
    event_id: str | None = None,
    **more: Any,
) -> StoredEvent:
    """An event as the pipeline gives it. `more`: any other field of StoredEvent, or of its Context (source="Naver")."""
    context = {name: more.pop(name) for name in Context._fields if name in more}
    fields = {
        "received_at": timestamp,  # a batch sets its own
        "page_url": f"https://{site}{page}",
        "page_title": "",
        "user_agent": "",
        "conversion_type": "",
        "value": None,
        "currency": "",
        "sent": {},
        "properties": {},
        "engaged_ms": None,
        "scroll_depth": None,
    }
    assert fields.keys() >= more.keys()
    return StoredEvent(
        site_id=site,
        session_id=session,
        event_id=event_id or f"e{next(_ids)}",
        timestamp=timestamp,
        event_type=kind,
        visitor_id=visitor,
        page=page,
        context=Context(**context),
        **{**fields, **more},
    )


def batch(*events: StoredEvent, received_at: int | None = None, refused: tuple[Tally, ...] = ()) -> Batch:
    """One request's events; received when its last event happened, if nothing else is said."""
    if received_at is None:
        received_at = max((each.timestamp for each in events), default=NOON)
    return Batch(received_at, [each._replace(received_at=received_at) for each in events], list(refused))


def put(
    store: Store, *events: StoredEvent, received_at: int | None = None, refused: tuple[Tally, ...] = ()
) -> tuple[list[str], int]:
    """Record one batch and wait until it is durable: the ids of the new events, and the number of duplicates."""
    stored, duplicates = store.record(batch(*events, received_at=received_at, refused=refused)).result(timeout=60)
    return [each.event_id for each in stored], duplicates


def query(*metrics: str, by: tuple[str, ...] | str = (), where: tuple[Condition, ...] = (), **more: Any) -> Query:
    """A query over the day of `NOON` on `SITE`. `by="page"` is one dimension."""
    return Query(
        **{
            "site_id": SITE,
            "metrics": metrics,
            "dimensions": (by,) if isinstance(by, str) else by,
            "filters": where,
            "period": THAT_DAY,
            **more,
        }
    )


def where(dimension: str, operator: str, *values: str) -> Filter:
    """`where("page", "is", "/", "/cart")`."""
    return Filter(dimension, operator, values)


def every(*conditions: Condition) -> AllOf:
    """Every one of them holds, however many."""
    return AllOf(conditions)


def either(*conditions: Condition) -> AnyOf:
    """One of them holds, or more."""
    return AnyOf(conditions)


def without(condition: Condition) -> Not:
    """The condition does not hold."""
    return Not(condition)


def did(condition: Condition) -> Did:
    """The session has an event for which the condition holds."""
    return Did(condition)


def saw(page: str) -> Filter:
    """A step or filter: something happened on a page."""
    return where("page", "is", page)


def funnel(*steps: Condition, where: tuple[Condition, ...] = (), **more: Any) -> Funnel:
    """A funnel of steps of one condition each, on the day of `NOON` on `SITE`."""
    alone = tuple((step,) for step in steps)
    return Funnel(**{"site_id": SITE, "period": THAT_DAY, "steps": alone, "filters": where, **more})


def retention(start: str, end: str, *, where: tuple[Condition, ...] = (), **more: Any) -> Retention:
    """Retention of those who came first in [start, end), local times of `timezone`, on `SITE`."""
    timezone = more.get("timezone", "UTC")
    period = Period(local(start, timezone), local(end, timezone))
    return Retention(**{"site_id": SITE, "period": period, "filters": where, **more})


def journey(page: str, *, where: tuple[Condition, ...] = (), **more: Any) -> Journey:
    """Journeys around a page on the day of `NOON` on `SITE`."""
    return Journey(**{"site_id": SITE, "period": THAT_DAY, "page": page, "filters": where, **more})


def sessions_of(visitor: str, **more: Any) -> VisitorSessions:
    """The sessions of a visitor on `SITE`."""
    return VisitorSessions(**{"site_id": SITE, "visitor_id": visitor, "before": THAT_DAY.end, **more})


def table(store: Store, asked: Query) -> list[tuple[Any, ...]]:
    """The rows of an answer, each as one tuple: dimensions, then metrics."""
    return [(*row.dimensions, *row.metrics) for row in store.run(asked).rows]
