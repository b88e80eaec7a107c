"""Events and sessions as bytes of an item, and back: JSON arrays in the order of their fields, compressed."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from zlib import compress, decompress

from pydantic_core import from_json, to_json

from liveinsight.models.events import Context, StoredEvent
from liveinsight.models.sessions import Moment, Session
from liveinsight.stats.visits import PublicSession

if TYPE_CHECKING:
    from collections.abc import Iterable

_AT_CONTEXT = StoredEvent._fields.index("context")


def pack(value: Any) -> bytes:
    """Anything JSON can say; tuples become arrays."""
    return compress(to_json(value), 6)


def unpack(content: bytes) -> Any:
    """What was packed, with arrays as lists."""
    return from_json(decompress(content))


def digest(value: object) -> str:
    """32 characters that nothing else has which packs otherwise."""
    return blake2b(pack(value), digest_size=16).hexdigest()


def pack_events(events: Iterable[StoredEvent]) -> bytes:
    """Events, whole."""
    return pack(list(events))


def unpack_events(content: bytes) -> list[StoredEvent]:
    """The events that were packed."""
    return [event_of(fields) for fields in unpack(content)]


def event_of(fields: list[Any]) -> StoredEvent:
    """An event from its fields. Older ones may lack the last fields of events and contexts, which have defaults."""
    fields[_AT_CONTEXT] = Context(*fields[_AT_CONTEXT])
    return StoredEvent(*fields)


def session_of(fields: list[Any]) -> PublicSession:
    """A session from [public id, fields]."""
    public_id, (site_id, session_id, visitor_id, first, last, last_type, first_view, last_view, *counts, context) = (
        fields
    )
    moments = (
        Moment(*first),
        Moment(*last),
        last_type,
        first_view and Moment(*first_view),
        last_view and Moment(*last_view),
    )
    return PublicSession(
        public_id, Session._make([site_id, session_id, visitor_id, *moments, *counts, Context(*context)])
    )
