"""What the routers share: the service, the JSON answers, and what their documentation has in common."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from liveinsight.handlers.auth import require_reader
from liveinsight.service import Analytics
from liveinsight.wire.answering import NO_STORE, REVALIDATED, as_json, envelope, etag_of, is_known
from liveinsight.wire.shapes import Failure

# For the OpenAPI document: routes that answer through `if_changed`.
UNCHANGED: dict[int | str, dict[str, Any]] = {
    304: {"description": "Unchanged since the answer whose ETag the request has as If-None-Match."}
}


async def _analytics(request: Request) -> Analytics:
    service: Analytics = request.app.state.analytics
    return service


Service = Annotated[Analytics, Depends(_analytics)]


def failures(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For the OpenAPI document: these statuses carry the error envelope."""
    return {status: {"model": Failure} for status in statuses}


def reader_router(tag: str, more: dict[int | str, dict[str, Any]] | None = None) -> APIRouter:
    """A router whose routes need the admin token. `more`: further failures that they answer."""
    return APIRouter(
        prefix="/api",
        tags=[tag],
        dependencies=[Depends(require_reader)],
        responses={**failures(400, 401, 404, 405, 429, 500, 503), **(more or {})},
    )


def bare(data: Any, headers: dict[str, str] = NO_STORE) -> Response:
    """The data itself as JSON."""
    return Response(as_json(data), headers=headers, media_type="application/json")


def success(data: Any, headers: dict[str, str] = NO_STORE) -> Response:
    """The data in its envelope."""
    return bare(envelope(data), headers)


def if_changed(request: Request, answer: Response) -> Response:
    """The answer to a GET with its ETag; 304 without a body when the client has it already."""
    if request.method != "GET":
        return answer
    etag = etag_of(bytes(answer.body))
    headers = {**REVALIDATED, "ETag": etag}
    if is_known(etag, request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    answer.headers.update(headers)
    return answer
