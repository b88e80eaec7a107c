"""What came after what: funnels, retention, journeys. See their questions in `stats` for what the numbers mean."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from operator import itemgetter
from statistics import median
from typing import TYPE_CHECKING, Any

import polars as pl

from benchmarks.independent.conditions import all_hold, part_of, within
from benchmarks.independent.facts import IS_VIEW, Facts
from benchmarks.independent.queries import parts
from liveinsight.stats.funnel import Funnel, Step
from liveinsight.stats.journey import Flow, Journey, Link
from liveinsight.stats.period import DAY_MS, Period
from liveinsight.stats.retention import Cohort, Retention

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST_PART = {"day": 2, "week": 8, "month": 32}  # days, at least


def funnel(asked: Funnel, facts: Facts) -> list[Step]:
    """Every attempt of every session or visitor is tried."""
    walker = "visitor_id" if asked.days else "session"
    reaches = {f"step {number}": all_hold(step) for number, step in enumerate(asked.steps)}
    begins = reaches["step 0"] & all_hold(asked.filters) & within(asked.period)
    moments = facts.events.select(walker, "timestamp", "event_id", begins=begins, **reaches)
    ordered = moments.filter(pl.any_horizontal(*reaches)).sort(walker, "timestamp", "event_id").drop("event_id")
    best = [_best_attempt(asked, list(walk)) for _, walk in groupby(ordered.collect().iter_rows(), itemgetter(0))]
    steps = []
    for number in range(len(asked.steps)):
        times = [each for each in best if len(each) > number]
        waits = [each[number] - each[number - 1] for each in times] if number else []
        steps.append(Step(len(times), float(median(waits)) if waits else 0.0))
    return steps


def _best_attempt(asked: Funnel, walk: list[tuple[Any, ...]]) -> list[int]:
    """The times of the attempt that gets furthest. Of a moment: the walker, its time, begins, and which steps it is."""
    attempts = [_attempt(asked, walk, at) for at, (_, _, begins, *_) in enumerate(walk) if begins]
    return max(attempts, key=len, default=[])  # the first of the longest


def _attempt(asked: Funnel, walk: list[tuple[Any, ...]], at: int) -> list[int]:
    times = [walk[at][1]]
    for _, time, _, *reaches in walk[at + 1 :]:
        if len(times) == len(reaches) or (asked.days and time - times[0] > asked.days * DAY_MS):
            break
        if reaches[len(times)]:
            times.append(time)
    return times


def retention(asked: Retention, facts: Facts) -> list[Cohort]:
    """The cohorts of a retention table."""
    starts = parts(asked.period, asked.interval, asked.timezone)
    last = asked.period.end + asked.later * _LONGEST_PART[asked.interval] * DAY_MS
    numbers = {start: at for at, start in enumerate(parts(Period(starts[0], last), asked.interval, asked.timezone))}
    of_visitor = facts.events.with_columns(
        part=part_of("timestamp", asked.interval, asked.timezone), passes=all_hold(asked.filters)
    ).sort("timestamp", "event_id")
    visitors = of_visitor.group_by("visitor_id", maintain_order=True).agg(
        pl.col("timestamp").first(), pl.col("passes").first(), pl.col("part").unique()
    )
    members = visitors.filter(within(asked.period) & pl.col("passes"))
    returned = Counter(
        (numbers[min(came)], numbers[part] - numbers[min(came)])
        for (came,) in members.select("part").collect().iter_rows()
        for part in came
        if part in numbers
    )
    later = range(asked.later + 1)
    return [Cohort(start, tuple(returned[at, away] for away in later)) for at, start in enumerate(starts)]


def journey(asked: Journey, facts: Facts) -> Flow:
    """The moves to and from a page."""
    counts = (pl.col("page") == asked.page) & within(asked.period) & all_hold(asked.filters)
    views = facts.events.select("session", "page", "event_type", counts=counts).filter(IS_VIEW).collect()
    moves: Counter[tuple[int, str | None, str | None]] = Counter()
    sessions = 0
    for _, of_session in groupby(views.iter_rows(), itemgetter(0)):
        runs = [(page, any(view[3] for view in run)) for page, run in groupby(of_session, itemgetter(1))]
        at = next((number for number, (_, is_counted) in enumerate(runs, 1) if is_counted), None)
        if at is not None:
            sessions += 1
            moves.update(_moves(asked, [None, *(page for page, _ in runs), None], at))
    steps = [*range(-1, -asked.before - 1, -1), *range(1, asked.after + 1)]
    links = [link for step in steps for link in _links(moves, step)[: asked.limit]]
    totals = {step: sum(link.sessions for link in _links(moves, step)) for step in steps}
    return Flow(sessions, links, {step: total for step, total in totals.items() if total})


def _moves(asked: Journey, path: list[str | None], at: int) -> Iterator[tuple[int, str | None, str | None]]:
    """The moves around the page at `at` of a path that begins and ends with None."""
    for step in range(1, min(asked.before, at) + 1):
        yield -step, path[at - step], path[at - step + 1]
    for step in range(1, min(asked.after, len(path) - 1 - at) + 1):
        yield step, path[at + step - 1], path[at + step]


def _links(moves: Counter[tuple[int, str | None, str | None]], step: int) -> list[Link]:
    links = [Link(*move, sessions) for move, sessions in moves.items() if move[0] == step]
    return sorted(links, key=lambda link: (-link.sessions, link.origin or "", link.target or ""))
