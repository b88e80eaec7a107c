"""Reading a request's body, with its limit enforced while reading."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.types import Message, Receive

from liveinsight.wire.reading import too_large


class ClientGone(Exception):
    """The client hung up before its request was complete."""


async def read_body(headers: Mapping[bytes, bytes], receive: Receive, limit: int) -> bytes:
    """The whole body, of up to `limit` bytes. Raises BodyTooLarge as soon as it proves longer, and ClientGone."""
    announced = headers.get(b"content-length", b"")[:20]  # more digits are no smaller
    if announced.isdigit() and int(announced) > limit:
        raise too_large(limit)
    message = await receive()
    parts = [_part(message)]
    size = len(parts[0])
    while size <= limit and message.get("more_body"):
        message = await receive()
        parts.append(_part(message))
        size += len(parts[-1])
    if size > limit:
        raise too_large(limit)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _part(message: Message) -> bytes:
    if message["type"] == "http.disconnect":
        raise ClientGone
    part: bytes = message.get("body", b"")
    return part
