"""Journeys. See `stats.journey.Journey` for what the numbers mean."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from liveinsight.models.events import PAGE_VIEW
from liveinsight.stats.journey import Flow, Link
from liveinsight.store.plain.visits import passes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from liveinsight.stats.journey import Journey
    from liveinsight.store.plain.visits import Visit

    Path = list[str | None]


def journey(asked: Journey, visits: list[Visit]) -> Flow:
    """The moves to and from a page."""
    found: Counter[tuple[int, str | None, str | None]] = Counter()
    sessions = 0
    for visit in visits:
        for path, at in _path(asked, visit):
            sessions += 1
            found.update(_moves(asked, path, at))
    links: list[Link] = []
    moves: dict[int, int] = {}
    for step in [*range(-1, -asked.before - 1, -1), *range(1, asked.after + 1)]:
        of_step = [Link(*key, number) for key, number in found.items() if key[0] == step]
        of_step.sort(key=lambda each: (-each.sessions, each.origin or "", each.target or ""))
        links += of_step[: asked.limit]
        if of_step:
            moves[step] = sum(each.sessions for each in of_step)
    return Flow(sessions, links, moves)


def _path(asked: Journey, visit: Visit) -> Iterator[tuple[Path, int]]:
    """The session's path and where in it the page stands, if the session counts."""
    views = [event for event in visit.events if event.event_type == PAGE_VIEW]
    runs = [list(run) for _, run in groupby(views, key=lambda view: view.page)]
    for at, run in enumerate(runs):
        for view in run:
            in_period = asked.period.start <= view.timestamp < asked.period.end
            if view.page == asked.page and in_period and passes(asked.filters, view, visit):
                yield [each[0].page for each in runs], at
                return


def _moves(asked: Journey, path: Path, at: int) -> Iterator[tuple[int, str | None, str | None]]:
    bounded = [None, *path, None]
    at += 1
    for step in range(1, asked.before + 1):
        if at - step < 0:
            break
        yield -step, bounded[at - step], bounded[at - step + 1]
    for step in range(1, asked.after + 1):
        if at + step >= len(bounded):
            break
        yield step, bounded[at + step - 1], bounded[at + step]
