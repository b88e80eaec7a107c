"""Sessions, found by comparing every pair of events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from liveinsight.models.events import StoredEvent

PRESENCE = {"heartbeat", "page_exit", "scroll", "web_vital"}


class Visit:
    """A session: its events, oldest first, and the number it has among those of its client id."""

    def __init__(self, events: list[StoredEvent], number: int) -> None:
        self.events = events
        self.views = [each for each in events if each.event_type == "page_view"]
        self.site, self.client_id = events[0].site_id, events[0].session_id
        self.public_id = self.client_id if number == 1 else f"{self.client_id}.{number}"
        self.visitor = events[-1].visitor_id
        self.start, self.end = events[0].timestamp, events[-1].timestamp
        self.page_views = len(self.views)
        self.interactions = len([each for each in events if each.event_type not in PRESENCE | {"page_view"}])
        self.conversions = len([each for each in events if each.event_type == "conversion"])
        self.entry_page = (self.views or events)[0].page
        self.exit_page = self.views[-1].page if self.views else events[0].page

    def is_online(self, now: int) -> bool:
        if now - self.end > 300_000:
            return False
        return self.events[-1].event_type != "page_exit" or now - self.end <= 10_000


def in_order(events: list[StoredEvent]) -> list[StoredEvent]:
    """By time, then by event id, compared by code point."""
    return sorted(events, key=lambda each: (each.timestamp, each.event_id.encode()))


def visits_of(events: list[StoredEvent]) -> list[Visit]:
    """The sessions that events make."""
    found = []
    for site, client_id in {(each.site_id, each.session_id) for each in events}:
        groups: list[list[StoredEvent]] = []
        for event in events:
            if (event.site_id, event.session_id) != (site, client_id):
                continue
            near = [each for each in groups if any(abs(o.timestamp - event.timestamp) <= 1_800_000 for o in each)]
            groups = [each for each in groups if each not in near]
            groups.append([event, *(other for each in near for other in each)])
        ordered = sorted(map(in_order, groups), key=lambda each: each[0].timestamp)
        found += [Visit(each, number) for number, each in enumerate(ordered, 1)]
    return found


def told(visit: Visit, now: int) -> tuple[Any, ...]:
    """Everything that is known about a session."""
    return (
        *(visit.public_id, visit.site, visit.client_id, visit.visitor, visit.start, visit.end),
        *(visit.events[-1].event_type, visit.entry_page, visit.exit_page, visit.events[0].context),
        *(len(visit.events), visit.page_views, visit.interactions, visit.conversions, visit.is_online(now)),
    )
