"""The OpenAPI document: FastAPI's, with the route that FastAPI does not know and without the answers we never give."""

from __future__ import annotations

from threading import Lock
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response
from pydantic.json_schema import models_json_schema

from liveinsight.handlers.answering import bare
from liveinsight.handlers.event_collector import PATH as COLLECT
from liveinsight.handlers.shapes import Collected, Failure, Success
from liveinsight.models.events import Event, EventBatch
from liveinsight.questions import (
    FunnelBody,
    FunnelQuestion,
    GoalBody,
    JourneyQuestion,
    PageQuestion,
    QueryBody,
    RetentionQuestion,
    SegmentBody,
    SiteBody,
    SiteChange,
)

_REF = "#/components/schemas/{model}"
_PROPERTIES = (
    "Any other top-level key is a custom property: up to 30, names up to 64 characters, values text (up to 500 "
    "characters), numbers, true, false or null."
)
_FAILURES = {
    400: "Nothing in the request was valid.",
    405: "Another method than POST.",
    413: "More than 1 MiB or 500 events.",
    429: "This address sends too often.",
    500: "A fault of ours.",
    503: "The store cannot take it now: send the same request again.",
}

# The bodies that routes read by themselves.
_BODIES = (
    *(QueryBody, FunnelQuestion, RetentionQuestion, JourneyQuestion, PageQuestion),
    *(GoalBody, FunnelBody, SegmentBody, SiteBody, SiteChange),
)

router = APIRouter(include_in_schema=False)

_building = Lock()


@router.get("/api/openapi.json")
def document(request: Request) -> Response:
    """The document; built when it is first asked for."""
    app: FastAPI = request.app
    with _building:  # FastAPI keeps its document before ours is complete
        if app.openapi_schema is None:
            _complete(app.openapi())
    return bare(app.openapi_schema)


def _complete(document: dict[str, Any]) -> None:
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)  # invalid input is a 400 here
    schemas = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    references, definitions = models_json_schema(
        [
            (Event, "validation"),
            (EventBatch, "validation"),
            (Success[Collected], "serialization"),
            *((body, "validation") for body in _BODIES),
        ],
        ref_template=_REF,
    )
    schemas.update(definitions["$defs"])
    schemas[Event.__name__]["description"] = f"{Event.__doc__} {_PROPERTIES}"
    event, batch, collected, *_ = references.values()
    document["paths"][COLLECT] = {"post": _collect(event, batch, collected)}


def _collect(event: dict[str, Any], batch: dict[str, Any], collected: dict[str, Any]) -> dict[str, Any]:
    body = {"schema": {"anyOf": [event, batch, {"type": "array", "items": event, "minItems": 1, "maxItems": 500}]}}
    return {
        "tags": ["collect"],
        "summary": "Collect",
        "operationId": "collect",
        "description": "Collect one event, a list, or a batch. The answer comes after the events are durable; the same "
        "event_id counts once. Valid events are stored even when others of the request are not.",
        "requestBody": {"required": True, "content": {"application/json": body, "text/plain": body}},
        "responses": {
            "200": {
                "description": "At least one event was valid.",
                "content": {"application/json": {"schema": collected}},
            },
            **{str(status): _failure(status, text) for status, text in _FAILURES.items()},
        },
    }


def _failure(status: int, text: str) -> dict[str, Any]:
    schema = {"$ref": _REF.format(model=Failure.__name__)}
    answer: dict[str, Any] = {"description": text, "content": {"application/json": {"schema": schema}}}
    if status in {429, 503}:
        answer["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
    return answer
