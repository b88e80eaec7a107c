"""The answers about ways: funnels, retention, journeys."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from liveinsight.questions.conditions import nodes
from liveinsight.stats import period as periods
from liveinsight.stats.query import share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from liveinsight.questions import FunnelQuestion, JourneyQuestion, RetentionQuestion
    from liveinsight.questions.occasion import Occasion
    from liveinsight.reports.run import Answer, Run
    from liveinsight.stats.filters import Condition
    from liveinsight.stats.journey import Flow, Link
    from liveinsight.stats.period import Period
    from liveinsight.stats.retention import Cohort


def funnel(body: FunnelQuestion, occasion: Occasion, run: Run) -> Answer:
    """`data` of /api/query/funnel."""
    asked, names = body.at(occasion)
    steps = run(asked)
    reached = [step.reached for step in steps]
    return {
        "query": {
            **frame(asked.site_id, asked.period, asked.filters),
            "timezone": body.timezone_at(occasion),
            "steps": [{"name": name, "filters": nodes(step)} for name, step in zip(names, asked.steps, strict=True)],
            "days": asked.days,
        },
        "counted": "visitors" if asked.days else "sessions",
        "steps": [
            {
                "step": number,
                "name": names[number - 1],
                "reached": step.reached,
                "rate": share(step.reached, reached[0]),
                "rate_from_previous": share(step.reached, reached[max(number - 2, 0)]),
                "dropped": step.reached - reached[number] if number < len(steps) else 0,
                "median_ms": step.median_ms,
            }
            for number, step in enumerate(steps, 1)
        ],
    }


def retention(body: RetentionQuestion, occasion: Occasion, run: Run) -> Answer:
    """`data` of /api/query/retention. Parts that have not begun are left out: nobody knows yet who will return."""
    asked = body.at(occasion)
    starts = asked.parts()
    cohorts = run(asked)
    return {
        "query": {
            **frame(asked.site_id, asked.period, asked.filters),
            "timezone": asked.timezone,
            "interval": asked.interval,
            "later": asked.later,
        },
        "cohorts": [
            {
                "time": cohort.start,
                "label": periods.label(cohort.start, asked.interval, asked.timezone),
                "visitors": cohort.returned[0],
                **_returned(cohort, starts[number : number + asked.later + 1], occasion.now),
            }
            for number, cohort in enumerate(cohorts)
        ],
    }


def _returned(cohort: Cohort, starts: Sequence[int], now: int) -> Answer:
    begun = sum(start <= now for start in starts)
    returned = list(cohort.returned[:begun])
    return {"returned": returned, "rates": [share(each, cohort.returned[0]) for each in returned]}


def journey(body: JourneyQuestion, occasion: Occasion, run: Run) -> Answer:
    """`data` of /api/query/journey."""
    asked = body.at(occasion)
    flow = run(asked)
    return {
        "query": {
            **frame(asked.site_id, asked.period, asked.filters),
            "timezone": body.timezone_at(occasion),
            "page": asked.page,
            "before": asked.before,
            "after": asked.after,
            "limit": asked.limit,
        },
        "sessions": flow.sessions,
        "links": [link(each) for each in flow.links],
        "others": others(flow),
    }


def link(found: Link) -> Answer:
    """One link. `from` null: the session began there; `to` null: it ended."""
    return {"step": found.step, "from": found.origin, "to": found.target, "sessions": found.sessions}


def others(flow: Flow) -> dict[str, int]:
    """The sessions of each step that are in no link of the answer."""
    shown: Counter[int] = Counter()
    for each in flow.links:
        shown[each.step] += each.sessions
    return {str(step): sessions - shown[step] for step, sessions in flow.moves.items()}


def frame(site_id: str, period: Period, filters: tuple[Condition, ...]) -> Answer:
    """What every question has, as it was understood."""
    return {"site_id": site_id, "from": period.start, "to": period.end, "filters": nodes(filters)}
