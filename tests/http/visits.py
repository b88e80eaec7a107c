"""Visits as they arrive over HTTP, for tests that tell a story."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.factories import MINUTE, NOON
from tests.http.messages import collect, sent

if TYPE_CHECKING:
    import httpx

    from tests.factories import Clock

Step = str | tuple[str, str, dict[str, Any]]


def visit(who: str, *steps: Step, at: int = NOON, session: str = "", query: str = "", **first: Any) -> list[Any]:
    """A visit of `who`, a step a minute. A step is the page that is viewed, or (event type, page, more fields).

    `query` is that of the first address; `first` are further fields of the first event.
    """
    events = []
    for number, step in enumerate(steps):
        kind, page, more = ("page_view", step, {}) if isinstance(step, str) else step
        if not number:
            page, more = page + query, {**more, **first}
        where = {"session_id": session or f"{who}-{at}", "user_id": who, "timestamp": at + number * MINUTE}
        events.append(sent(kind, page, **{**where, **more}))
    return events


def happen(client: httpx.Client, clock: Clock, *visits: list[Any]) -> None:
    """Let visits arrive while they happen: the collector takes nothing that is a week old."""
    for events in sorted(visits, key=lambda each: each[0]["timestamp"]):
        clock.now = max(clock.now, events[-1]["timestamp"])
        collect(client, *events)


def ask(client: httpx.Client, route: str = "/api/query", **question: Any) -> Any:
    """The data of an answer; `from_` stands for from."""
    body = {name.rstrip("_"): value for name, value in question.items()}
    answer = client.post(route, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def rows(client: httpx.Client, **question: Any) -> list[tuple[Any, ...]]:
    """The rows of a query, each as one tuple: dimensions, then metrics."""
    return [(*row["dimensions"], *row["metrics"]) for row in ask(client, **question)["rows"]]


def where(dimension: str, *values: str, operator: str = "is") -> dict[str, Any]:
    """A filter node."""
    return {"dimension": dimension, "operator": operator, "values": list(values)}
