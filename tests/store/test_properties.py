"""Every answer of every store, after any history, is what the raw events say: compared with `tests.brute_force`.

Times are few and stand near what is delicate (half an hour apart, midnight, changes of the clock), ids, pages and
visitors are few too, so that things collide.
"""

from __future__ import annotations

from collections import Counter
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveinsight.ingest.outcome import Tally
from liveinsight.models.events import Context
from liveinsight.stats.funnel import Funnel
from liveinsight.stats.journey import Journey
from liveinsight.stats.period import Period
from liveinsight.stats.query import Query
from liveinsight.stats.retention import Retention
from liveinsight.stats.visits import VisitorSessions
from liveinsight.stats.vocabulary import DIMENSIONS, INTERVALS
from tests.brute_force import Witness, assert_same, part_of, told_of
from tests.factories import (
    DAY,
    EVERY_METRIC,
    HOUR,
    MINUTE,
    SECOND,
    Clock,
    at,
    batch,
    did,
    either,
    event,
    local,
    query,
    saw,
    where,
    without,
)
from tests.store.asking import ELEMENTS, OTHERS, SITES, VISITORS, moments, questions, sent_events
from tests.store.homes import HOMES, Home

if TYPE_CHECKING:
    from liveinsight.models.events import StoredEvent
    from liveinsight.stats.filters import Condition
    from liveinsight.stats.visits import PublicSession
    from liveinsight.store.base import Store
    from tests.store.asking import Asked

ZONES_AND_TIMES = [
    ("America/New_York", "2026-03-08 01:30"),  # 02:00 becomes 03:00
    ("America/New_York", "2026-11-01 01:30:00-04:00"),  # 02:00 becomes 01:00
    ("Australia/Lord_Howe", "2026-04-05 01:45:00+11:00"),  # 02:00 becomes 01:30
    ("Australia/Lord_Howe", "2026-10-04 01:45"),  # 02:00 becomes 02:30
    ("Africa/Cairo", "2026-04-23 23:30"),  # midnight becomes 01:00
    ("Asia/Seoul", "2026-03-01 00:00"),  # a Sunday, the first of a month
    ("Asia/Kolkata", "2026-03-02 00:00"),  # a Monday, half an hour off
    ("UTC", "2026-03-01 00:00"),
]

refusals = st.builds(
    Tally,
    st.sampled_from([*SITES, "(unknown)"]),
    st.just("rejected"),
    st.sampled_from(["too_old", "x"]),
    st.integers(1, 3),
)
many = st.lists(sent_events, min_size=1, max_size=10)
steps = st.one_of(
    st.tuples(st.just("record"), many, st.lists(refusals, max_size=1)),
    st.tuples(st.just("record"), many, st.just([])),
    st.tuples(st.just("record"), many, st.just([])),
    st.tuples(st.just("wait"), st.sampled_from([SECOND, 11 * SECOND, 5 * MINUTE, 30 * MINUTE, 36 * MINUTE, 2 * DAY])),
    st.tuples(st.just("reopen")),
    st.tuples(st.just("purge"), moments, st.just({})),
    st.tuples(
        st.just("purge"),
        moments | st.none(),
        st.dictionaries(st.sampled_from([*SITES, "(unknown)"]), moments | st.none(), min_size=1),
    ),
)


@pytest.mark.parametrize("kind", HOMES)
@given(
    place=st.sampled_from(ZONES_AND_TIMES),
    history=st.lists(st.tuples(steps, st.none() | questions), min_size=3, max_size=14),
    last=st.lists(questions, min_size=2, max_size=5),
)
def test_every_answer_is_what_the_events_say(
    kind: str,
    place: tuple[str, str],
    history: list[tuple[tuple[Any, ...], Asked | None]],
    last: list[Asked],
) -> None:
    with TemporaryDirectory() as folder:
        world = World(kind, Path(folder), *place)
        try:
            for (step, *what), question in history:
                getattr(world, step)(*what)
                world.look(SITES[0])
                world.ask_again()
                if question:
                    world.ask(*question)
            for question in last:
                world.ask(*question)
            world.ask_everything()
        finally:
            world.home.store.close()


class World:
    """A store, somebody who takes notes of all it is told, and the time."""

    def __init__(self, kind: str, folder: Path, timezone: str, time: str) -> None:
        self.timezone = timezone
        self.base = local(time, timezone)
        self.clock = Clock(self.base + HOUR)
        self.home = Home(kind, folder, self.clock)
        self.witness = Witness()
        self.asked: list[Any] = []

    @property
    def store(self) -> Store:
        return self.home.store

    def record(self, sent: list[dict[str, Any]], refused: list[Tally]) -> None:
        each = batch(*map(self._event, sent), received_at=self.clock.now, refused=tuple(refused))
        stored, duplicates = self.store.record(each).result(timeout=60)
        assert ([new.event_id for new in stored], duplicates) == self.witness.record(each)

    def _event(self, sent: dict[str, Any]) -> StoredEvent:
        """The clock step of the pipeline lets no event through that is 7 days old or far ahead."""
        fields = dict(sent)
        happened = self.base + fields.pop("moment")
        fields["sent"] = ELEMENTS[fields.pop("element")]
        fields |= dict.fromkeys(OTHERS, fields.pop("others"))
        earliest, latest = self.clock.now - 7 * DAY, self.clock.now + 5 * MINUTE
        return event(min(max(happened, earliest), latest), **fields)

    def wait(self, ms: int) -> None:
        self.clock.now += ms

    def reopen(self) -> None:
        self.home.reopen()

    def purge(self, moment: int | None, by_site: dict[str, int | None]) -> None:
        def before(moment: int | None) -> int:
            return 0 if moment is None else self.base + moment

        which = before(moment), {site: before(each) for site, each in by_site.items()}
        assert self.store.purge(*which) == self.witness.purge(*which)

    def ask(self, kind: type, asked: dict[str, Any]) -> None:
        fields = dict(asked)
        start, length = fields["period"]
        fields["period"] = Period(self.base + start, self.base + start + length)
        if kind in {Query, Retention}:
            fields["timezone"] = self.timezone
        if fields.get("only"):
            fields["only"] = tuple(self._key(key, fields["dimensions"]) for key in fields["only"])
        self.asked.append(kind(**fields))
        self.compare(self.asked[-1])

    def ask_again(self) -> None:
        """An answer that was right may not be right any more."""
        for question in self.asked[-2:]:
            self.compare(question)

    def _key(self, key: tuple[str | int, ...], dimensions: tuple[str, ...]) -> tuple[str | int, ...]:
        """The part of a time dimension that a moment lies in."""
        return tuple(
            value if isinstance(value, str) else part_of(self.base + value, name, self.timezone)
            for value, name in zip(key, dimensions, strict=True)
        )

    def compare(self, question: Any) -> None:
        assert_same(self.witness, question, self.store.run(question))

    def look(self, site: str) -> None:
        live = self.store.live(site, self.clock.now)
        sessions, recent = self.witness.live(site, self.clock.now)
        seen = [self._seen(each) for each in live.sessions]
        assert Counter(seen) == Counter(sessions)
        assert [(each[5], each[0]) for each in seen] == [(each[5], each[0]) for each in sessions]  # in this order
        assert live.recent == recent

    def _seen(self, live: PublicSession) -> tuple[Any, ...]:
        return (*told_of(live), live.session.is_online(self.clock.now))

    def ask_everything(self) -> None:
        for site in (*SITES, None):
            for public_id in {visit.public_id for visit in self.witness.visits()} | {"nobody"}:
                assert self.store.session_events(public_id, site) == self.witness.session_events(public_id, site)
            hours = Period(self.base - DAY, self.clock.now)
            assert self.store.ledger(site, hours) == self.witness.ledger(site, *hours)
        ever = Period(self.base - 10 * DAY, self.base + 10 * DAY)
        for site in SITES:
            self.compare(Query(site_id=site, metrics=EVERY_METRIC, period=ever, timezone=self.timezone))
        of_site: dict[str, Any] = {"site_id": SITES[0], "period": ever}
        self.compare(Query(**of_site, metrics=("revenue",), dimensions=("currency",), goal=(saw("/"),)))
        walk = tuple((saw(page),) for page in ("/", "/a", "/"))
        self.compare(Funnel(**of_site, steps=walk))
        self.compare(Funnel(**of_site, steps=walk, days=1))
        self.compare(Retention(**of_site, interval="day", later=3, timezone=self.timezone))
        self.compare(Journey(**of_site, page="/"))
        for visitor, (before, limit) in product(VISITORS, [(10 * DAY, 20), (1, 2)]):
            self.compare(VisitorSessions(site_id=SITES[0], visitor_id=visitor, before=self.base + before, limit=limit))


# Three sessions of two visitors, of which everything is known, little and nothing.
KNOWN = {name: f"some {name}" for name in Context._fields}
EVERYTHING = [
    event(at(0), page="/in", session="a", page_title="In", **KNOWN),
    event(at(1), "click", "/in", session="a", sent={"element_tag": "a", "element_text": "Buy"}, **KNOWN),
    event(at(2), "heartbeat", "/in", session="a", engaged_ms=9000, scroll_depth=50, **KNOWN),
    event(at(3), page="/out", session="a", page_title="Out", properties={"plan": "pro"}, **KNOWN),
    event(at(4), "conversion", "/out", session="a", conversion_type="buy", value=5.5, currency="KRW", **KNOWN),
    event(at(5), "page_exit", "/out", session="a", engaged_ms=1000, scroll_depth=75, **KNOWN),
    event(at(70), page="/in", session="a", page_title="In", source="Naver", country="KR"),
    event(at(71), "conversion", "/in", session="a", conversion_type="ask", value=4.25, currency="USD"),
    event(at(72), page="/", session="a"),
    event(at(10), page="/in", session="b", visitor="bob", properties={"plan": True}),
    event(at(11), "scroll", "/in", session="b", visitor="bob", scroll_depth=25),
    event(at(12), "conversion", "/in", session="b", visitor="bob", conversion_type="buy", value=2.0, currency="KRW"),
]


@pytest.mark.parametrize("kind", HOMES)
def test_every_metric_by_every_dimension_and_with_every_filter_is_what_the_events_say(
    kind: str, tmp_path: Path
) -> None:
    world = World(kind, tmp_path, "UTC", "2026-03-10 13:30")
    world.clock.now = at(75)
    together = batch(*EVERYTHING)
    world.store.record(together).result(timeout=60)
    world.witness.record(together)
    values = [name for name in [*DIMENSIONS, "prop:plan"] if name not in INTERVALS]
    try:
        for name in [*DIMENSIONS, "prop:plan"]:
            world.compare(query(*EVERY_METRIC, by=name, period=Period(at(-1), at(75))))
        for name, interval in zip(values, INTERVALS * len(values), strict=False):
            world.compare(query(*EVERY_METRIC, by=(name, interval), period=Period(at(0), at(75))))
            conditions = conditions_on(name)
            for condition, goal in zip(conditions, conditions[1:] + conditions[:1], strict=True):
                world.compare(query(*EVERY_METRIC, by=name, where=(condition,), goal=(goal,)))
            world.compare(query(*EVERY_METRIC, goal=(conditions[0],)))
    finally:
        world.home.store.close()


def conditions_on(name: str) -> list[Condition]:
    """Filters by a dimension, of every operator and kind."""
    value = {"page": "/in", "entry_page": "/in", "exit_page": "/out", "prop:plan": "pro", "event_type": "click"}.get(
        name, f"some {name}"
    )
    known = {"page_title": "In", "conversion_type": "buy", "currency": "KRW", "element": 'a "Buy"'}.get(name, value)
    return [
        where(name, "is", known),
        where(name, "is_not", known, "x"),
        either(where(name, "contains", known[1:]), where(name, "starts_with", known[:2])),
        without(where(name, "matches", f"*{known[-2:]}")),
        did(where(name, "is", known)),
    ]
