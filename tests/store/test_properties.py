"""Every answer of every store, after any history, is what the raw events say: compared with `tests.brute_force`.

Times are few and stand near what is delicate (half an hour apart, midnight, changes of the clock), ids, pages and
visitors are few too, so that things collide.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveinsight.ingest.outcome import Tally
from liveinsight.stats.period import Period
from liveinsight.stats.query import Filter, Query
from liveinsight.stats.vocabulary import INTERVALS, METRICS
from tests.brute_force import Witness
from tests.factories import DAY, HOUR, MINUTE, SECOND, Clock, batch, event, local
from tests.store.homes import HOMES, Home

if TYPE_CHECKING:
    from liveinsight.models.events import StoredEvent
    from liveinsight.store.base import LiveSession, Store

SITES = ["a.example", "b.example"]
SESSIONS = ["s", "s.2", "세션"]
PAGES = ["/", "/a", "/é", "/Z"]
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
DIMENSIONS = [
    *("page", "event_type", "conversion_type", "prop:plan", "entry_page", "exit_page", "source", "country"),
    *INTERVALS,
]
VALUES = ["", "/", "/a", "/é", "a", "page_view", "conversion", "buy", "pro", "true", "1.5", "Naver", "KR"]

# A moment, relative to the base: an edge of half an hour, a millisecond beside it, rarely days before.
moments = st.builds(
    lambda halves, beside, days: halves * 30 * MINUTE + beside - days * DAY,
    st.integers(-3, 2),
    st.sampled_from([0, 0, -1, 1, 999, 5 * MINUTE, -10 * MINUTE]),
    st.sampled_from([0, 0, 0, 0, 0, 0, 1, 3]),
)
sent_events = st.fixed_dictionaries(
    {
        "moment": moments,
        "kind": st.sampled_from(["page_view"] * 3 + ["click", "conversion", "heartbeat", "page_exit"]),
        "page": st.sampled_from(PAGES),
        "session": st.sampled_from(["s", "s", "s", *SESSIONS]),
        "site": st.sampled_from([*SITES, *SITES[:1] * 3]),
        "visitor": st.sampled_from(["ann", "bob"]),
        "event_id": st.integers(0, 30).map(lambda number: f"e{number}" if number % 3 else f"É{number}"),
        "conversion_type": st.sampled_from(["", "buy", "ask"]),
        "properties": st.sampled_from([{}, {"plan": "pro"}, {"plan": True}, {"plan": 1.5}, {"plan": 2}, {"plan": ""}]),
        "source": st.sampled_from(["Naver", "Direct"]),
        "country": st.sampled_from(["KR", ""]),
    }
)
refusals = st.builds(
    Tally,
    st.sampled_from([*SITES, "(unknown)"]),
    st.just("rejected"),
    st.sampled_from(["too_old", "x"]),
    st.integers(1, 3),
)


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    """A query, its times relative to the base."""
    metrics = draw(st.lists(st.sampled_from(list(METRICS)), min_size=1, max_size=4, unique=True))
    intervals = st.sampled_from([*INTERVALS, "minute", "hour"])
    others = st.sampled_from([name for name in DIMENSIONS if name not in INTERVALS])
    dimensions = draw(
        st.one_of(
            st.lists(others, max_size=2, unique=True),
            st.tuples(intervals),
            st.permutations([draw(intervals), draw(others)]),
        )
    )
    conditions = st.builds(
        Filter,
        st.sampled_from([name for name in DIMENSIONS if name not in INTERVALS]),
        st.sampled_from(["is", "is_not", "contains", "starts_with"]),
        st.lists(st.sampled_from(VALUES), min_size=1, max_size=3).map(tuple),
    )
    return {
        "site_id": draw(st.sampled_from([*SITES, *SITES[:1] * 3])),
        "metrics": tuple(metrics),
        "dimensions": tuple(dimensions),
        "filters": draw(st.one_of(st.just(()), st.lists(conditions, max_size=2).map(tuple))),
        "order_by": tuple(
            draw(st.lists(st.tuples(st.sampled_from([*metrics, *dimensions]), st.booleans()), max_size=2))
        ),
        "limit": draw(st.sampled_from([1, 3, 1000, 1000])),
        "offset": draw(st.sampled_from([0, 0, 0, 2])),
        "start": draw(moments) if draw(st.booleans()) else -4 * HOUR,
        "length": draw(st.sampled_from([1, 30 * MINUTE, 90 * MINUTE, 8 * HOUR, 8 * HOUR, DAY, 4 * DAY + MINUTE])),
    }


many = st.lists(sent_events, min_size=1, max_size=8)
steps = st.one_of(
    st.tuples(st.just("record"), many, st.lists(refusals, max_size=1)),
    st.tuples(st.just("record"), many, st.just([])),
    st.tuples(st.just("record"), many, st.just([])),
    st.tuples(st.just("wait"), st.sampled_from([SECOND, 11 * SECOND, 5 * MINUTE, 30 * MINUTE, 36 * MINUTE, 2 * DAY])),
    st.tuples(st.just("reopen")),
    st.tuples(st.just("purge"), moments),
)


@pytest.mark.parametrize("kind", HOMES)
@given(
    place=st.sampled_from(ZONES_AND_TIMES),
    history=st.lists(st.tuples(steps, st.none() | questions()), min_size=3, max_size=14),
    last=st.lists(questions(), min_size=2, max_size=4),
)
def test_every_answer_is_what_the_events_say(
    kind: str,
    place: tuple[str, str],
    history: list[tuple[tuple[Any, ...], dict[str, Any] | None]],
    last: list[dict[str, Any]],
) -> None:
    with TemporaryDirectory() as folder:
        world = World(kind, Path(folder), *place)
        try:
            for (step, *what), question in history:
                getattr(world, step)(*what)
                world.look(SITES[0])
                if question:
                    world.ask(question)
            for question in last:
                world.ask(question)
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

    @property
    def store(self) -> Store:
        return self.home.store

    def record(self, sent: list[dict[str, Any]], refused: list[Tally]) -> None:
        each = batch(*map(self._event, sent), received_at=self.clock.now, refused=tuple(refused))
        stored, duplicates = self.store.record(each).result(timeout=30)
        assert ([new.event_id for new in stored], duplicates) == self.witness.record(each)

    def _event(self, sent: dict[str, Any]) -> StoredEvent:
        """The clock step of the pipeline lets no event through that is 7 days old or far ahead."""
        fields = dict(sent)
        happened = self.base + fields.pop("moment")
        earliest, latest = self.clock.now - 7 * DAY, self.clock.now + 5 * MINUTE
        return event(min(max(happened, earliest), latest), **fields)

    def wait(self, ms: int) -> None:
        self.clock.now += ms

    def reopen(self) -> None:
        self.home.reopen()

    def purge(self, moment: int) -> None:
        assert self.store.purge(self.base + moment) == self.witness.purge(self.base + moment)

    def ask(self, question: dict[str, Any]) -> None:
        fields = dict(question)
        start = self.base + fields.pop("start")
        period = Period(start, start + fields.pop("length"))
        query = Query(**fields, period=period, timezone=self.timezone)
        result = self.store.run(query)
        expected, total = self.witness.answer(query)
        assert [(row.dimensions, row.metrics) for row in result.rows] == expected, query
        assert result.total_rows == total

    def look(self, site: str) -> None:
        live = self.store.live(site, self.clock.now)
        sessions, recent = self.witness.live(site, self.clock.now)
        seen = [self._seen(each) for each in live.sessions]
        assert Counter(seen) == Counter(sessions)
        assert [(each[5], each[0]) for each in seen] == [(each[5], each[0]) for each in sessions]  # in this order
        assert live.recent == recent

    def _seen(self, live: LiveSession) -> tuple[Any, ...]:
        session = live.session
        return (
            *(live.public_id, session.site_id, session.session_id, session.visitor_id, session.started_at),
            *(session.last_activity, session.last_type, session.entry_page, session.exit_page, session.context),
            *(session.events, session.page_views, session.interactions, session.conversions),
            session.is_online(self.clock.now),
        )

    def ask_everything(self) -> None:
        for site in (*SITES, None):
            for public_id in {visit.public_id for visit in self.witness.visits()} | {"nobody"}:
                assert self.store.session_events(public_id, site) == self.witness.session_events(public_id, site)
            hours = Period(self.base - DAY, self.clock.now)
            assert self.store.ledger(site, hours) == self.witness.ledger(site, *hours)
        ever = Period(self.base - 30 * DAY, self.base + 30 * DAY)
        for site in SITES:
            query = Query(site_id=site, metrics=tuple(METRICS), period=ever, timezone=self.timezone)
            [row] = self.store.run(query).rows
            assert ((), row.metrics) == self.witness.answer(query)[0][0]
