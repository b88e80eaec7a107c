"""Funnels. See `stats.funnel.Funnel` for what the numbers mean."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from liveinsight.stats.funnel import Step
from liveinsight.store.plain.visits import passes

if TYPE_CHECKING:
    from liveinsight.models.events import StoredEvent
    from liveinsight.stats.funnel import Funnel
    from liveinsight.store.plain.visits import Visit

    Moment = tuple[StoredEvent, Visit]


def funnel(asked: Funnel, visits: list[Visit]) -> list[Step]:
    """The steps of a funnel."""
    attempts = [best for moments in _walkers(asked, visits) if (best := _best_attempt(asked, moments))]
    steps = []
    for number in range(len(asked.steps)):
        reached = [times for times in attempts if len(times) > number]
        waits = [times[number] - times[number - 1] for times in reached] if number else []
        steps.append(Step(len(reached), float(median(waits)) if waits else 0.0))
    return steps


def _walkers(asked: Funnel, visits: list[Visit]) -> list[list[Moment]]:
    """The events of each session or visitor, oldest first."""
    if not asked.window:
        return [[(event, visit) for event in visit.events] for visit in visits]
    visitors: dict[str, list[Moment]] = {}
    for visit in visits:
        for event in visit.events:
            visitors.setdefault(event.visitor_id, []).append((event, visit))
    return [sorted(moments, key=lambda moment: moment[0].key) for moments in visitors.values()]


def _best_attempt(asked: Funnel, moments: list[Moment]) -> list[int]:
    """The times at which the steps were reached in the attempt that gets furthest, the earliest of those."""
    best: list[int] = []
    start, end = asked.period
    for index, (event, visit) in enumerate(moments):
        if start <= event.timestamp < end and passes((*asked.steps[0], *asked.filters), event, visit):
            times = _attempt(asked, moments[index:])
            if len(times) > len(best):
                best = times
    return best


def _attempt(asked: Funnel, moments: list[Moment]) -> list[int]:
    times = [moments[0][0].timestamp]
    for event, visit in moments[1:]:
        if len(times) == len(asked.steps) or (asked.window and event.timestamp - times[0] > asked.window):
            break
        if passes(asked.steps[len(times)], event, visit):
            times.append(event.timestamp)
    return times
