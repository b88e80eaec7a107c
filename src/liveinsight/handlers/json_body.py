"""JSON that a request brings, read by hand: not before the reader is known to be one, and never more than is allowed.

A question comes as the body of a POST, or in the address of a GET.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel

from liveinsight.handlers.body import read_body
from liveinsight.wire.reading import JSON, MAX_JSON_BYTES, QUESTION, asked, checked, must_be_json

Body = TypeVar("Body", bound=BaseModel)


def json_body(model: type[BaseModel]) -> dict[str, Any]:
    """For the OpenAPI document: a body that the route reads by itself. `openapi` adds the model to the document."""
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"requestBody": {"required": True, "content": {JSON: {"schema": schema}}}}


def json_parameter(model: type[BaseModel]) -> dict[str, Any]:
    """For the OpenAPI document: the same in the parameter `q`."""
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    text = "The question: the JSON that POST takes as its body."
    parameter = {"name": QUESTION, "in": "query", "required": True, "description": text}
    return {"parameters": [{**parameter, "content": {JSON: {"schema": schema}}}]}


def reading(model: type[Body]) -> Callable[[Request], Awaitable[Body]]:
    """A dependency that gives a question: the body, of any content type, as curl sends it; of a GET, the parameter."""

    async def read(request: Request) -> Body:
        if request.method == "GET":
            return asked(request.query_params.multi_items(), model)
        return await _body(request, model)

    return read


def writing(model: type[Body]) -> Callable[[Request], Awaitable[Body]]:
    """A dependency that gives what is to be saved: JSON that says so."""

    async def read(request: Request) -> Body:
        must_be_json(request.headers.get("content-type", ""))
        return await _body(request, model)

    return read


async def _body(request: Request, model: type[Body]) -> Body:
    return checked(await read_body(dict(request.scope["headers"]), request.receive, MAX_JSON_BYTES), model)
