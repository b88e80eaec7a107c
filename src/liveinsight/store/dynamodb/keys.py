"""How things are named in the tables. The parts of a key are joined by a character that is escaped within them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

if TYPE_CHECKING:
    from liveinsight.models.events import StoredEvent

BETWEEN = "\x1f"
AFTER = "\x20"  # sorts after every key that goes on with BETWEEN
_ESCAPE = "\x1e"
NOTE = "note"


class Lane(NamedTuple):
    """A share of a site's sessions: what its batches write belongs to it alone."""

    site_id: str
    number: int


class Chain(NamedTuple):
    """All sessions of one client session id on a site."""

    site_id: str
    session_id: str


class Listing(NamedTuple):
    """A UTC day, and a visitor in a few characters, which others may share."""

    day: str
    visitor: str


def joined(*parts: str) -> str:
    """One key of several parts; different parts never make the same key."""
    return BETWEEN.join(map(_escaped, parts))


def parts_of(key: str) -> list[str]:
    """The parts that were joined."""
    return [_unescaped(part) for part in key.split(BETWEEN)]


def lane_of(chain: Chain, lanes: int) -> Lane:
    """The lane that a chain belongs to, for ever."""
    return Lane(chain.site_id, crc32(chain.session_id.encode()) % lanes)


def chain_of(event: StoredEvent) -> Chain:
    """The chain that an event is of."""
    return Chain(event.site_id, event.session_id)


def event_id(event: StoredEvent) -> str:
    """The key of an event: an id is unique on its site, whatever the session and the time."""
    return joined(event.site_id, event.event_id)


def note_id(site_id: str, nonce: str) -> str:
    """The key of a note. It has a part more than an event's."""
    return joined(site_id, nonce, NOTE)


def of_lane(kind: str, lane: Lane, *more: str) -> str:
    """The partition of something that a lane has."""
    return joined(kind, lane.site_id, str(lane.number), *more)


def chunk(chain: Chain, number: int) -> dict[str, str]:
    """The key of a chunk of a chain's events."""
    return {"pk": joined("chain", chain.session_id), "sk": joined(chain.site_id, f"{number:05}")}


def day(at: int) -> str:
    """The UTC day that holds `at` (ms): 2026-03-10."""
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d")


def midnight(day_text: str) -> int:
    """The start (ms) of a UTC day."""
    return round(datetime.strptime(day_text, "%Y-%m-%d").replace(tzinfo=UTC).timestamp() * 1000)


def listing(timestamp: int, visitor_id: str) -> Listing:
    """What the chain of an event is listed under."""
    return Listing(day(timestamp), f"{crc32(visitor_id.encode()):08x}")


def day_entry(lane: Lane, listed: Listing, session_id: str) -> dict[str, str]:
    """The key of the note that a chain has an event of a visitor on a day."""
    return {"pk": of_lane("days", lane, listed.day[:7]), "sk": joined(*listed, session_id)}


def session_of_entry(sk: str) -> str:
    """The session id of such a note by its sort key."""
    return parts_of(sk)[2]


def hour_row(hour: int, outcome: str, reason: str) -> str:
    """The sort key of a row of the ledger; `hour` in ms."""
    return joined(f"{hour:015}", outcome, reason)


def hours_of(lane: Lane, day_text: str) -> dict[str, str]:
    """The key of what says which cells of a day count."""
    return {"pk": of_lane("hours", lane, day_text[:7]), "sk": day_text}


def cells_of(lane: Lane, day_text: str, hour: int, number: int, part: int) -> dict[str, str]:
    """The key of a part of the cells of an hour (0 to 23), by the batch that wrote them."""
    return {"pk": of_lane("cells", lane, day_text), "sk": joined(f"{hour:02}", f"{number:012}", str(part))}


def _escaped(part: str) -> str:
    return part.replace(_ESCAPE, f"{_ESCAPE}e").replace(BETWEEN, f"{_ESCAPE}b")


def _unescaped(part: str) -> str:
    return part.replace(f"{_ESCAPE}b", BETWEEN).replace(f"{_ESCAPE}e", _ESCAPE)
