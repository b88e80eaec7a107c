"""Answers: JSON, its envelope, its ETag, and what caches may do with it."""

from __future__ import annotations

import gzip
from hashlib import blake2b
from typing import Any

from pydantic_core import to_json

# `private` is for caches that do not heed `no-store`: that of Django 4.2 would keep for all what a token has read. The
# third is for one that is told to keep answers for a moment all the same (infra/template.yaml): when no other comes,
# CloudFront would go on giving the last one as if it were new.
NO_STORE = {"Cache-Control": "private, no-store, stale-if-error=0"}
REVALIDATED = {"Cache-Control": "private, no-cache"}
COMPRESS_FROM = 1024  # bytes
COMPRESS_LEVEL = 4  # half the time of the usual 9, for a tenth more bytes


def as_json(data: Any) -> bytes:
    """The data as JSON. It is ours, so it is not validated again on its way out: tests hold it to its schema."""
    return to_json(data, inf_nan_mode="null")


def envelope(data: Any) -> dict[str, Any]:
    """The data in its envelope."""
    return {"status": "success", "data": data}


def etag_of(body: bytes) -> str:
    """A hash of what an answer says. A weak one: the same answer may go out compressed."""
    return f'W/"{blake2b(body, digest_size=16).hexdigest()}"'


def is_known(etag: str, if_none_match: str) -> bool:
    """Whether the client that sent this If-None-Match has the answer already."""
    known = {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
    return not {"*", etag.removeprefix("W/")}.isdisjoint(known)


def compressed(body: bytes) -> bytes:
    """The same in gzip."""
    return gzip.compress(body, COMPRESS_LEVEL, mtime=0)
