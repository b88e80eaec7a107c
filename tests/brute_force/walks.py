"""The answers to questions about what came after what: funnels, retention, journeys, the sessions of a visitor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.brute_force.conditions import all_hold
from tests.brute_force.visit import told
from tests.brute_force.wall_clock import part_after, parts_of

if TYPE_CHECKING:
    from liveinsight.models.events import StoredEvent
    from liveinsight.stats.funnel import Funnel
    from liveinsight.stats.journey import Journey
    from liveinsight.stats.retention import Retention
    from liveinsight.stats.visits import VisitorSessions
    from tests.brute_force.visit import Visit

    Walk = list[tuple[StoredEvent, Visit]]  # events in order, each with its session
    Move = tuple[int, str | None, str | None]  # step, origin, target


def funnel_of(question: Funnel, visits: list[Visit]) -> list[tuple[int, float]]:
    """How many reached each step, and the median time that it took from the one before."""
    walks = (
        visitor_walks(visits).values() if question.days else [[(e, visit) for e in visit.events] for visit in visits]
    )
    best = []
    for walk in walks:
        attempts = [
            attempt(question, walk, position)
            for position, (event, visit) in enumerate(walk)
            if question.period.start <= event.timestamp < question.period.end
            and all_hold(question.steps[0], event, visit)
            and all_hold(question.filters, event, visit)
        ]
        furthest = max(map(len, attempts), default=0)
        best += [each for each in attempts if len(each) == furthest][:1]
    answer = []
    for step in range(len(question.steps)):
        reached = [times for times in best if len(times) > step]
        answer.append((len(reached), _median([times[step] - times[step - 1] for times in reached if step])))
    return answer


def attempt(question: Funnel, walk: Walk, position: int) -> list[int]:
    """The times of the steps that are reached when the event at this position is the first of them."""
    times = [walk[position][0].timestamp]
    for step in question.steps[1:]:
        reaching = [at for at in range(position + 1, len(walk)) if all_hold(step, *walk[at])]
        if not reaching:
            break
        position = reaching[0]
        time = walk[position][0].timestamp
        if question.days and time - times[0] > question.days * 86_400_000:
            break
        times.append(time)
    return times


def retention_of(question: Retention, visits: list[Visit]) -> list[tuple[int, tuple[int, ...]]]:
    """(start, returned) of every cohort."""
    answer = []
    for start in parts_of(*question.period, question.interval, question.timezone):
        edges = [start]
        for _ in range(question.later + 1):
            edges.append(part_after(edges[-1], question.interval, question.timezone))
        cohort = []
        for walk in visitor_walks(visits).values():
            first, visit = walk[0]
            is_in_period = question.period.start <= first.timestamp < question.period.end
            if is_in_period and edges[0] <= first.timestamp < edges[1] and all_hold(question.filters, first, visit):
                cohort.append([event.timestamp for event, _ in walk])
        returned = [
            len([times for times in cohort if any(edges[part] <= time < edges[part + 1] for time in times)])
            for part in range(question.later + 1)
        ]
        answer.append((start, tuple(returned)))
    return answer


def journey_of(question: Journey, visits: list[Visit]) -> tuple[int, list[tuple[Any, ...]], dict[int, int]]:
    """The sessions that saw the page; (step, origin, target, sessions) of every link; the sessions of every step."""
    moves: list[Move] = []
    sessions = 0
    for visit in visits:
        path: list[StoredEvent] = []  # of every page several times running, the first view
        seen_at = None
        for view in visit.views:
            if not path or path[-1].page != view.page:
                path.append(view)
            is_in_period = question.period.start <= view.timestamp < question.period.end
            if seen_at is None and is_in_period and view.page == question.page:
                seen_at = len(path) - 1 if all_hold(question.filters, view, visit) else None
        if seen_at is not None:
            sessions += 1
            moves += _moves(question, [None, *(view.page for view in path), None], seen_at + 1)
    links = []
    for step in [*range(-1, -question.before - 1, -1), *range(1, question.after + 1)]:
        counted = [(step, move[1], move[2], moves.count(move)) for move in set(moves) if move[0] == step]
        counted.sort(key=lambda link: (-link[3], _none_first(link[1]), _none_first(link[2])))
        links += counted[: question.limit]
    steps = [move[0] for move in moves]
    return sessions, links, {step: steps.count(step) for step in steps}


def _moves(question: Journey, stops: list[str | None], at: int) -> list[Move]:
    """The moves of one session; `stops` has a None at both ends."""
    before = [away for away in range(1, question.before + 1) if at - away >= 0]
    after = [away for away in range(1, question.after + 1) if at + away < len(stops)]
    return [
        *((-away, stops[at - away], stops[at - away + 1]) for away in before),
        *((away, stops[at + away - 1], stops[at + away]) for away in after),
    ]


def sessions_of(question: VisitorSessions, visits: list[Visit]) -> list[tuple[Any, ...]]:
    """The sessions as `told` tells them, without being online."""
    found = [each for each in visits if each.visitor == question.visitor_id and each.start < question.before]
    found.sort(key=lambda visit: (-visit.start, visit.public_id.encode()))
    return [told(visit, 0)[:-1] for visit in found[: question.limit]]


def visitor_walks(visits: list[Visit]) -> dict[str, Walk]:
    """The events of every visitor, oldest first."""
    walks: dict[str, Walk] = {}
    for visit in visits:
        for event in visit.events:
            walks.setdefault(event.visitor_id, []).append((event, visit))
    for walk in walks.values():
        walk.sort(key=lambda each: (each[0].timestamp, each[0].event_id.encode()))
    return walks


def _median(numbers: list[int]) -> float:
    """Take away the smallest and the largest until one or two are left."""
    left = sorted(numbers)
    while len(left) > 2:
        left = left[1:-1]
    return sum(left) / len(left) if left else 0.0


def _none_first(page: str | None) -> bytes:
    return b"" if page is None else b"=" + page.encode()
