"""What the routers share: the service, the JSON answers, and what their documentation has in common."""

from __future__ import annotations

from hashlib import blake2b
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_json

from liveinsight.handlers.auth import require_reader
from liveinsight.handlers.shapes import Failure
from liveinsight.service import Analytics

NO_STORE = {"Cache-Control": "no-store"}
_REVALIDATED = {"Cache-Control": "private, no-cache"}
# For the OpenAPI document: routes that answer through `if_changed`.
UNCHANGED: dict[int | str, dict[str, Any]] = {
    304: {"description": "Unchanged since the answer whose ETag the request has as If-None-Match."}
}


async def _analytics(request: Request) -> Analytics:
    service: Analytics = request.app.state.analytics
    return service


Service = Annotated[Analytics, Depends(_analytics)]


class NoQuestion(BaseModel):
    """A route without parameters: a misspelt one is an error and not ignored."""

    model_config = ConfigDict(extra="forbid")


class SiteQuestion(NoQuestion):
    """The parameter of routes that only ask for a site."""

    site_id: Annotated[str | None, Field(max_length=253, description="May be left out while there is one site.")] = None


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
    """The data itself as JSON. It is ours, so it is not validated again on its way out: tests hold it to its schema."""
    return Response(to_json(data, inf_nan_mode="null"), headers=headers, media_type="application/json")


def success(data: Any, headers: dict[str, str] = NO_STORE) -> Response:
    """The data in its envelope."""
    return bare({"status": "success", "data": data}, headers)


def if_changed(request: Request, answer: Response) -> Response:
    """The answer to a GET with its ETag, a hash of what it says; 304 without a body when the client has it already.

    A weak one: the same answer may go out compressed.
    """
    if request.method != "GET":
        return answer
    etag = f'W/"{blake2b(answer.body, digest_size=16).hexdigest()}"'
    headers = {**_REVALIDATED, "ETag": etag}
    if not {"*", etag.removeprefix("W/")}.isdisjoint(_tags(request.headers.get("if-none-match", ""))):
        return Response(status_code=304, headers=headers)
    answer.headers.update(headers)
    return answer


def _tags(header: str) -> set[str]:
    return {each.strip().removeprefix("W/") for each in header.split(",")}
