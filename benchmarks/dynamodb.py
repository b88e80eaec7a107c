"""What events and reports cost on DynamoDB, in read and write units, beside the design that one would write first."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Any

from benchmarks.metered import Metered
from benchmarks.table import show
from liveinsight.seed.traffic import Plan, batches
from liveinsight.stats.period import DAY_MS, HOUR_MS, MINUTE_MS, Period
from liveinsight.stats.query import Query
from liveinsight.stats.vocabulary import METRICS
from liveinsight.store.base import Batch
from liveinsight.store.dynamodb import DynamoDBStore
from liveinsight.store.dynamodb.codec import pack_events
from liveinsight.store.dynamodb.schema import names
from tests.dynamodb_local import create_tables, fresh_settings, shared_client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from liveinsight.models.events import StoredEvent
    from liveinsight.settings import Settings

SITE = "shop.example"
END = 1_773_532_800_000  # 15 March 2026, 00:00 UTC
NOW = END - 10 * HOUR_MS
IN_FLIGHT = (1, 50, 1000)
SIZES = tuple(int(each) for each in os.environ.get("EVENTS", "10000,500000").split(","))
WRITE_PRICE, READ_PRICE = 0.625, 0.125  # dollars a million units on demand, us-east-1, November 2026
NAIVE_UNITS = 6.4  # one put with an index (2), three counters (3), a session of 1 to 2 KB updated

_MOST = tuple("revenue:KRW" if name == "revenue" else name for name in METRICS)


class Clock:
    """Stands where it is set."""

    now = NOW

    def __call__(self) -> int:
        return self.now


def measure(_seconds: float) -> dict[str, Any]:
    """Both tables."""
    return {"writes": _writes(), "reads": _reads()}


def _writes() -> dict[str, Any]:
    figures: dict[str, Any] = {}
    rows = []
    for in_flight in IN_FLIGHT:
        events = _at_once({1: 300, 50: 3000, 1000: 12_000}[in_flight])
        with _store() as (store, meter, clock):
            worker = store.open_worker(shared_client("dynamodbstreams"))
            worker.tend()
            meter.units.clear()
            for start in range(0, len(events), in_flight):
                part = events[start : start + in_flight]
                clock.now = part[-1].timestamp
                received = [event._replace(received_at=clock.now) for event in part]
                store.record(Batch(clock.now, received, [])).result(60)
                while worker.poll():
                    pass
            worker.stop()
        write, read = meter.total("write") / len(events), meter.total("read") / len(events)
        price = write * WRITE_PRICE + read * READ_PRICE
        rows.append([f"{in_flight} in flight", f"{1000 * write:.0f}", f"{1000 * read:.0f}", f"{price:.2f}"])
        figures[str(in_flight)] = {
            "write_units_per_event": round(write, 3),
            "read_units_per_event": round(read, 3),
            "dollars_per_million": round(price, 2),
            "by_operation": {name: round(units / len(events), 3) for (_, name), units in meter.units.most_common()},
        }
    rows.append(["the naive design", f"{1000 * NAIVE_UNITS:.0f}", "", f"{NAIVE_UNITS * WRITE_PRICE:.2f}"])
    show(["a thousand events", "write units", "read units", "$ a million events"], rows)
    return figures


def _at_once(number: int) -> list[StoredEvent]:
    """Visits that begin within half an hour, as on a busy site: events in order of time."""
    events = [event for batch in batches(Plan(SITE, number, 1, NOW)) for event in batch.events]
    random = Random(1)
    shift: dict[str, int] = {}
    for event in events:
        start = NOW - 30 * MINUTE_MS + random.randrange(30 * MINUTE_MS)
        shift.setdefault(event.session_id, start - event.timestamp)
    moved = [event._replace(timestamp=event.timestamp + shift[event.session_id]) for event in events]
    return sorted(moved, key=lambda event: event.timestamp)


def _reads() -> dict[str, Any]:
    found: dict[str, dict[str, float]] = {}
    for size in SIZES:
        settings = _tables()
        with _store(settings) as (store, _, _):
            _fill(store, size)
        for name in ("first", "later"):
            with _store(settings) as (store, meter, _):
                for report, ask in _reports(store).items():
                    meter.units.clear()
                    ask()
                    found.setdefault(report, {})[f"{size} {name}"] = meter.total("read")
                    found[report][f"{size} {name} written"] = meter.total("write")
    heads = [f"{size} {name}" for size in SIZES for name in ("first", "later")]
    print()
    show(
        ["read units of a report, events", *heads],
        [[report, *(f"{units[head]:.0f}" for head in heads)] for report, units in found.items()],
    )
    return found


def _fill(store: DynamoDBStore, size: int) -> None:
    """Thirty days of visits, handed to the aggregator in large deliveries."""
    begun = time.monotonic()
    folded = 0
    traffic = (event for batch in batches(Plan(SITE, size, 30, NOW)) for event in batch.events)
    while part := list(islice(traffic, 2000)):
        store.aggregator.fold([{"id": "", "made": "", "events": pack_events(part)}])
        folded += len(part)
        print(f"\r{folded:,} of {size:,} events, {time.monotonic() - begun:.0f} s", end="", flush=True)
    print()


def _reports(store: DynamoDBStore) -> dict[str, Callable[[], Any]]:
    """What a dashboard of thirty days asks, and what is asked all the time."""
    month, today = Period(END - 30 * DAY_MS, END), Period(END - DAY_MS, END)

    def ask(*by: str, period: Period = month, metrics: tuple[str, ...] = _MOST) -> Callable[[], Any]:
        query = Query(site_id=SITE, metrics=metrics, period=period, dimensions=by)
        return lambda: store.run(query)

    return {
        "summary": ask(),
        "days": ask("day", metrics=("visitors", "page_views", "sessions")),
        "pages": ask("page"),
        "sources": ask("source"),
        "countries": ask("country"),
        "browsers": ask("browser"),
        "entry pages": ask("entry_page"),
        "today": ask(period=today),
        "today by hour": ask("hour", period=today, metrics=("visitors", "page_views")),
        "today's pages": ask("page", period=today),
        "who is there now": lambda: store.live(SITE, NOW),
        "ledger of a day": lambda: store.ledger(SITE, today),
    }


def _tables() -> Settings:
    settings = fresh_settings(dynamodb_lanes=4)
    create_tables(settings)
    return settings


@contextmanager
def _store(settings: Settings | None = None) -> Iterator[tuple[DynamoDBStore, Metered, Clock]]:
    chosen = settings or _tables()
    meter, clock = Metered(shared_client("dynamodb"), names(chosen)._asdict()), Clock()
    store = DynamoDBStore(chosen, clock, meter)
    try:
        yield store, meter, clock
    finally:
        store.close()
