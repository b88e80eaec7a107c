"""Reads the golden vectors: events as stores take them, questions as stores are asked, answers as they are written."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from math import isclose
from pathlib import Path
from typing import TYPE_CHECKING, Any

from liveinsight.stats.filters import AllOf, AnyOf, Did, Filter, Not
from liveinsight.stats.funnel import Funnel
from liveinsight.stats.journey import Journey
from liveinsight.stats.period import Period
from liveinsight.stats.query import Query
from liveinsight.stats.retention import Retention
from liveinsight.stats.visits import PublicSession, VisitorSessions
from liveinsight.stats.vocabulary import INTERVALS
from tests.brute_force import told_of
from tests.factories import SITE, event, local

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.models.events import StoredEvent
    from liveinsight.stats.filters import Condition

FILES = sorted(Path(__file__).parent.glob("*.json"))
TIMES = ("start", "started_at", "last_activity", *INTERVALS)
TOLD = (  # what `tests.brute_force.told_of` tells of a session
    *("id", "site", "client_id", "visitor", "started_at", "last_activity", "last_type", "entry_page", "exit_page"),
    *("context", "events", "page_views", "interactions", "conversions"),
)


@dataclass(frozen=True)
class Asked:
    """A question and its whole answer. Without a question, the events of a session are asked for."""

    why: str
    site: str
    session: str
    question: Any
    expected: Any

    def check(self, run: Callable[[Any], Any], session_events: Callable[[str, str], list[StoredEvent]]) -> None:
        """Somebody who can be asked gives this answer."""
        if self.question is None:
            found = [each.event_id for each in session_events(self.session, self.site)]
        else:
            found = written(self.question, run(self.question))
        assert _same(found, self.expected), (self.why, found)


class Golden:
    """One file."""

    def __init__(self, path: Path) -> None:
        self.fields: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        self.timezone: str = self.fields["timezone"]
        self.order_matters: bool = self.fields.get("order_matters", False)
        self.events = [self._event(**each) for each in self.fields["events"]]
        self.questions = [self._asked(**each) for each in self.fields["questions"]]

    def _event(self, *, id: str, at: str, site: str = SITE, why: str = "", **more: Any) -> StoredEvent:  # noqa: A002
        return event(local(at, self.timezone), more.pop("type", "page_view"), event_id=id, site=site, **more)

    def _asked(self, *, why: str, ask: str, expect: Any, site: str = SITE, **more: Any) -> Asked:
        timezone = more.pop("timezone", self.timezone)
        session = more.pop("session", "")
        fields = {"site_id": site, **{_NAMES.get(key, key): _READ.get(key, _as_is)(each) for key, each in more.items()}}
        if ask in {"query", "retention"}:
            fields["timezone"] = timezone
        if ask in {"query", "funnel", "retention", "journey"}:
            edges = (fields.pop(edge, None) or self.fields[edge] for edge in ("from", "to"))
            fields["period"] = Period(*(local(edge, timezone) for edge in edges))
        if ask == "visitor_sessions":
            fields["before"] = local(fields["before"], timezone)
        question = _KINDS[ask](**fields) if ask in _KINDS else None
        return Asked(why, site, session, question, _number(expect, timezone))


def written(question: Any, answer: Any) -> Any:
    """The answer of a store or of the brute force as the files write it."""
    if isinstance(question, Query):
        names = (*question.dimensions, *question.metrics)
        return [dict(zip(names, (*dimensions, *metrics), strict=True)) for dimensions, metrics in answer[0]]
    if isinstance(question, Funnel):
        return [{"reached": reached, "median_ms": median} for reached, median in answer]
    if isinstance(question, Retention):
        return [{"start": start, "returned": list(returned)} for start, returned in answer]
    if isinstance(question, Journey):
        sessions, links, moves = answer
        named = [dict(zip(("step", "from", "to", "sessions"), link, strict=True)) for link in links]
        return {"sessions": sessions, "links": named, "moves": {str(step): number for step, number in moves.items()}}
    told = (told_of(each) if isinstance(each, PublicSession) else each for each in answer)
    return [dict(zip(TOLD, each, strict=True)) for each in told]


def _same(found: Any, expected: Any, name: str = "") -> bool:
    """Of a session only what is named must be as expected; of all else, everything."""
    if isinstance(expected, dict):
        known = found.keys() >= expected.keys() if "id" in expected else found.keys() == expected.keys()
        return bool(known) and all(_same(found[key], each, key) for key, each in expected.items())
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(_same, found, expected))
    if name.startswith("revenue"):
        return isclose(found, expected, rel_tol=1e-9)
    return bool(found == expected)


def _condition(node: dict[str, Any]) -> Condition:
    if "dimension" in node:
        return Filter(node["dimension"], node["operator"], tuple(node["values"]))
    [(kind, inside)] = node.items()
    if kind in {"and", "or"}:
        return (AllOf if kind == "and" else AnyOf)(_conditions(inside))
    return (Not if kind == "not" else Did)(_condition(inside))


def _conditions(nodes: list[dict[str, Any]]) -> tuple[Condition, ...]:
    return tuple(map(_condition, nodes))


def _number(found: Any, timezone: str, name: str = "") -> Any:
    """What is expected, with its quotients and times as numbers."""
    if isinstance(found, dict):
        return {key: _number(each, timezone, key) for key, each in found.items()}
    if isinstance(found, list):
        return [_number(each, timezone) for each in found]
    if name in TIMES:
        return local(found, timezone)
    quotient = _QUOTIENT.fullmatch(str(found))
    return int(quotient[1]) / int(quotient[2]) if quotient else found


def _as_is(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


_QUOTIENT = re.compile(r"(\d+)/(\d+)")
_KINDS: dict[str, Any] = {
    "query": Query,
    "funnel": Funnel,
    "retention": Retention,
    "journey": Journey,
    "visitor_sessions": VisitorSessions,
}
_NAMES = {"visitor": "visitor_id"}
_READ: dict[str, Callable[[Any], Any]] = {
    "filters": _conditions,
    "goal": _conditions,
    "steps": lambda steps: tuple(_conditions(step) for step in steps),
    "order_by": lambda order: tuple((each["by"], each.get("descending", False)) for each in order),
}
