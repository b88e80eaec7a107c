"""POST /api/store/v1/{operation}: the store of this server for other processes of its owner, see `store.remote`.

It is private: both sides are of the same version. Whoever knows the admin token may do what the owner may.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from liveinsight.errors import InvalidInput
from liveinsight.handlers.answering import Service
from liveinsight.handlers.auth import require_reader
from liveinsight.handlers.body import read_body
from liveinsight.served_store import ServedStore
from liveinsight.store.wire import dumps, loads
from liveinsight.wire.answering import NO_STORE

PREFIX = "/api/store/v1"
_JSON = "application/json"
_MAX_BYTES = 64 * 1024 * 1024  # a group of the largest requests, or a part of a copy
_END = b"end\n"

router = APIRouter(prefix=PREFIX, include_in_schema=False, dependencies=[Depends(require_reader)])


@router.post("/{operation}")
async def operate(operation: str, request: Request, analytics: Service) -> Response:
    """Do one operation: its arguments are a JSON list."""
    if request.headers.get("content-type") != _JSON:  # no page of another origin can make a browser send that
        msg = f"Send it with the header Content-Type: {_JSON}."
        raise InvalidInput(msg, code="json_required")
    arguments = loads(await read_body(dict(request.scope["headers"]), request.receive, _MAX_BYTES))
    if operation == "arrivals":
        return StreamingResponse(_lines(analytics.served, arguments), headers=NO_STORE, media_type="text/plain")
    return Response(await run_in_threadpool(_answer, analytics.served, operation, arguments), headers=NO_STORE)


def _answer(store: ServedStore, operation: str, arguments: Any) -> bytes:
    return dumps(store.call(operation, arguments))


def _lines(store: ServedStore, arguments: Any) -> Iterator[bytes]:
    for part in store.arrivals(*arguments):
        yield dumps(part) + b"\n"
    yield _END
