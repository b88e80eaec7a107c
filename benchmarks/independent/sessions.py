"""Single sessions: those of the regular visitor, whose events `Facts` keeps as they are."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from benchmarks.independent.facts import GAP_MS, PRESENCE, Facts
from liveinsight.models.sessions import Moment, Session
from liveinsight.stats.visits import PublicSession, VisitorSessions

if TYPE_CHECKING:
    from liveinsight.models.events import StoredEvent


def visitor_sessions(asked: VisitorSessions, facts: Facts) -> list[PublicSession]:
    """The sessions of the regular visitor, who shares a client session id with nobody."""
    found = [PublicSession(public_id, _session(events)) for public_id, events in sessions_of_regular(facts).items()]
    found = [each for each in found if each.session.started_at < asked.before]
    found.sort(key=lambda each: (-each.session.started_at, each.public_id))
    return found[: asked.limit]


def session_events(session_id: str, _site_id: str | None, facts: Facts) -> list[StoredEvent]:
    """The events of one session of the regular visitor."""
    return sessions_of_regular(facts)[session_id]


def sessions_of_regular(facts: Facts) -> dict[str, list[StoredEvent]]:
    """The sessions of the regular visitor by public id."""
    ordered = sorted(facts.of_regular, key=lambda each: (each.session_id, each.timestamp, each.event_id))
    found: dict[str, list[StoredEvent]] = {}
    for session_id, events in groupby(ordered, key=lambda each: each.session_id):
        number, last = 0, 0
        for event in events:
            number += event.timestamp - last > GAP_MS
            last = event.timestamp
            found.setdefault(session_id if number == 1 else f"{session_id}.{number}", []).append(event)
    return found


def _session(events: list[StoredEvent]) -> Session:
    moments = [Moment(each.timestamp, each.event_id, each.page) for each in events]
    types = [each.event_type for each in events]
    views = [moment for moment, kind in zip(moments, types, strict=True) if kind == "page_view"]
    return Session(
        site_id=events[0].site_id,
        session_id=events[0].session_id,
        visitor_id=events[-1].visitor_id,
        first=moments[0],
        last=moments[-1],
        last_type=types[-1],
        first_view=views[0] if views else None,
        last_view=views[-1] if views else None,
        events=len(events),
        page_views=len(views),
        interactions=sum(kind != "page_view" and kind not in PRESENCE for kind in types),
        conversions=types.count("conversion"),
        context=events[0].context,
    )
