"""Who is there now: one item for every chain that is or was just active, with all that a live question asks."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from liveinsight.models.sessions import SESSION_GAP_MS
from liveinsight.store.base import RECENT_MS, Live
from liveinsight.store.dynamodb import keys
from liveinsight.store.dynamodb.codec import pack, session_of, unpack

if TYPE_CHECKING:
    from liveinsight.store.dynamodb.chains import State
    from liveinsight.store.dynamodb.client import Client, Item
    from liveinsight.store.dynamodb.keys import Lane
    from liveinsight.store.dynamodb.lanes import Lanes

_SPAN_MS = 2 * SESSION_GAP_MS  # of a chain's last sessions: more than one is active when one is ahead of the clock
_MOST_BYTES = 100_000  # an item holds 400 KB; people fill hundreds of bytes


def active_item(lane: Lane, state: State) -> Item:
    """The item of a chain: its last sessions, and how many events of which type there were in its last seconds."""
    visits = state.visits()
    last = max((visit.session.last_activity for visit in visits), default=0)
    sessions = [(visit.public_id, visit.session) for visit in visits if visit.session.last_activity > last - _SPAN_MS]
    recent = Counter(
        (event.timestamp // 1000, event.event_type)
        for event in state.events
        if event.timestamp > last - 2 * RECENT_MS - 1000  # somebody may be five minutes ahead of the clock
    )
    rows = sorted(((*of, events) for of, events in recent.items()), reverse=True)
    while len(now := pack([sessions, rows])) > _MOST_BYTES:  # of types that somebody makes up, the latest
        rows = rows[: len(rows) // 2]
    return {"pk": keys.of_lane("active", lane), "sk": state.chain.session_id, "now": now}


def live(client: Client, lanes: Lanes, site_id: str, now: int) -> Live:
    """The active sessions and the last five minutes of a site."""

    def read(lane: Lane) -> list[Item]:
        return list(client.query(client.names.active, keys.of_lane("active", lane), now=True))

    sessions = []
    recent: Counter[tuple[int, str]] = Counter()
    second = now // 1000
    for items in client.parallel(read, lanes.of_site(site_id)):
        for item in items:
            told, rows = unpack(item["now"])
            sessions += [each for each in map(session_of, told) if each.session.is_active(now)]
            for at, kind, events in rows:
                if second - RECENT_MS // 1000 < at <= second:
                    recent[at, kind] += events
    sessions.sort(key=lambda each: (-each.session.last_activity, each.public_id))
    return Live(sessions, dict(recent))
