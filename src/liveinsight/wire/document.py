"""What the OpenAPI documents of all front ends have in common: the collector's route, and bodies read by hand."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import models_json_schema

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
from liveinsight.wire.collecting import PATH
from liveinsight.wire.shapes import Collected, Failure, Success

REF = "#/components/schemas/{model}"
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


def add_what_is_read_by_hand(document: dict[str, Any]) -> None:
    """Complete a document: the collector's route, and the models of bodies that routes read by themselves."""
    schemas = document["components"]["schemas"]
    references, definitions = models_json_schema(
        [
            (Event, "validation"),
            (EventBatch, "validation"),
            (Success[Collected], "serialization"),
            *((body, "validation") for body in _BODIES),
        ],
        ref_template=REF,
    )
    schemas.update(definitions["$defs"])
    schemas[Event.__name__]["description"] = f"{Event.__doc__} {_PROPERTIES}"
    event, batch, collected, *_ = references.values()
    document["paths"][PATH] = {"post": _collect(event, batch, collected)}


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
    schema = {"$ref": REF.format(model=Failure.__name__)}
    answer: dict[str, Any] = {"description": text, "content": {"application/json": {"schema": schema}}}
    if status in {429, 503}:
        answer["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
    return answer
