"""`reports`: each report compared with an independent computation, and its time."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from math import isclose
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.independent import Facts, Independent
from benchmarks.independent.asked import DAYS, END, SITE, Report, reports
from benchmarks.independent.sessions import sessions_of_regular
from benchmarks.machine import BenchmarkError
from benchmarks.servers import data_folder
from benchmarks.table import show
from liveinsight.errors import StoreUnavailable
from liveinsight.seed import Plan, batches
from liveinsight.seed.people import person
from liveinsight.settings import Settings
from liveinsight.store.duckdb import DuckDBStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from liveinsight.models.events import StoredEvent
    from liveinsight.store.base import Store

EVENTS = 2_000_000
_RUNS = 3
_TELL_EVERY = 200_000
_RELATIVE = 1e-9  # a sum of floats depends on its order


class Compared:
    """A store with made-up events in it, and the same events for an independent computation."""

    def __init__(self, store: Store, facts: Facts) -> None:
        self.store, self._independent = store, Independent(facts)
        self.reports = reports(facts.regular, list(sessions_of_regular(facts))[-2:])

    def check(self, report: Report) -> int:
        """Gives the number of rows of the report. Raises BenchmarkError where the two differ."""
        try:
            answer = report.ask(self.store)
        except StoreUnavailable as error:
            msg = f"{report.name}: the store did not answer: {error.__cause__ or error}"
            raise BenchmarkError(msg) from None
        expected = report.ask(self._independent)
        if found := next(_differences(answer, expected), None):
            place, ours, theirs = found
            msg = f"{report.name}: THE ANSWERS DIFFER at {place or 'the top'}: {ours!r}, but independently {theirs!r}."
            raise BenchmarkError(msg)
        return _rows(answer)


def measure() -> dict[str, Any]:
    """Seed, compare, time; print; give the figures. EVENTS in the environment sets how many events."""
    events = int(os.environ.get("EVENTS", EVENTS))
    with data_folder() as folder, compared(events, Path(folder), print) as both:
        figures = {report.name: _time(both, report) for report in both.reports}
    show(
        ["report", "rows", "best ms", "median ms", ""],
        [
            [name, f"{each['rows']:,}", f"{each['best_ms']:,.0f}", f"{each['median_ms']:,.0f}", "equal"]
            for name, each in figures.items()
        ],
    )
    print(f"{events:,} events over {DAYS} days. Every report is the same as the independent computation.")
    return {"events": events, "days": DAYS, "reports": figures}


@contextmanager
def compared(events: int, folder: Path, tell: Callable[[str], None] = lambda _: None) -> Iterator[Compared]:
    """Made-up events in a store in `folder`, and their facts. `tell` hears how it goes on."""
    now = END
    store = DuckDBStore(folder / "liveinsight.duckdb", Settings(data=str(folder)), lambda: now)
    try:
        plan = Plan(SITE, events, DAYS, END)
        facts = Facts(person(plan.key, 0).user_id)  # who comes most often
        recorded, begun = 0, time.monotonic()
        for batch in batches(plan):
            now = batch.received_at
            traffic = [_with_tab(event, facts.regular[-1]) for event in batch.events]
            facts.add(store.record(batch._replace(events=traffic)).result(timeout=600).stored)
            recorded += len(traffic)
            if recorded % _TELL_EVERY == 0:
                tell(f"{recorded:,} events recorded in {time.monotonic() - begun:.0f} s")
        now = END
        yield Compared(store, facts)
    finally:
        store.close()


def _with_tab(event: StoredEvent, ending: str) -> StoredEvent:
    """One visitor in sixteen leaves the tab open: one client session id for all visits, which only pauses part."""
    return event._replace(session_id=event.visitor_id) if event.visitor_id.endswith(ending) else event


def _differences(ours: Any, theirs: Any, place: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Where two answers differ."""
    if type(ours) is not type(theirs):
        yield place, ours, theirs
    elif isinstance(ours, dict) and ours.keys() == theirs.keys():
        for key in ours:
            yield from _differences(ours[key], theirs[key], f"{place}[{key!r}]")
    elif isinstance(ours, list | tuple) and len(ours) == len(theirs):
        for number, pair in enumerate(zip(ours, theirs, strict=True)):
            yield from _differences(*pair, f"{place}[{number}]")
    elif not (isclose(ours, theirs, rel_tol=_RELATIVE) if isinstance(ours, float) else ours == theirs):
        yield place, ours, theirs


def _rows(answer: Any) -> int:
    """How many rows the lists of an answer have."""
    if isinstance(answer, dict):
        return sum(map(_rows, answer.values()))
    if isinstance(answer, tuple):
        return sum(len(each) for each in answer if isinstance(each, list))
    return len(answer) if isinstance(answer, list) else 0


def _time(both: Compared, report: Report) -> dict[str, Any]:
    rows = both.check(report)
    waits = []
    for _ in range(_RUNS):
        begun = time.perf_counter()
        report.ask(both.store)
        waits.append((time.perf_counter() - begun) * 1000)
    return {"rows": rows, "best_ms": min(waits), "median_ms": median(waits)}
