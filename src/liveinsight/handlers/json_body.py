"""JSON that a request brings, read by hand: not before the reader is known to be one, and never more than is allowed.

A question comes as the body of a POST, or in the address of a GET.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from liveinsight.errors import InvalidInput
from liveinsight.handlers.body import read_body

Body = TypeVar("Body", bound=BaseModel)

_MAX_BYTES = 256 * 1024
_JSON = "application/json"
_QUESTION = "q"


def json_body(model: type[BaseModel]) -> dict[str, Any]:
    """For the OpenAPI document: a body that the route reads by itself. `openapi` adds the model to the document."""
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"requestBody": {"required": True, "content": {_JSON: {"schema": schema}}}}


def json_parameter(model: type[BaseModel]) -> dict[str, Any]:
    """For the OpenAPI document: the same in the parameter `q`."""
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    text = "The question: the JSON that POST takes as its body."
    parameter = {"name": _QUESTION, "in": "query", "required": True, "description": text}
    return {"parameters": [{**parameter, "content": {_JSON: {"schema": schema}}}]}


def reading(model: type[Body]) -> Callable[[Request], Awaitable[Body]]:
    """A dependency that gives a question: the body, of any content type, as curl sends it; of a GET, the parameter."""

    async def read(request: Request) -> Body:
        if request.method == "GET":
            return _checked(_parameter(request), model, ("query", _QUESTION))
        return await _body(request, model)

    return read


def writing(model: type[Body]) -> Callable[[Request], Awaitable[Body]]:
    """A dependency that gives what is to be saved: JSON that says so.

    A page of another origin can make a reader's browser send a form with the reader's cookie, when it is of the same
    site. It cannot make it say that this is JSON: the browser would ask us first, and we would not answer.
    """

    async def read(request: Request) -> Body:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _JSON:
            msg = f"Send it with the header Content-Type: {_JSON}."
            raise InvalidInput(msg, code="json_required")
        return await _body(request, model)

    return read


async def _body(request: Request, model: type[Body]) -> Body:
    text = await read_body(dict(request.scope["headers"]), request.receive, _MAX_BYTES)
    return _checked(text, model, ("body",))


def _parameter(request: Request) -> str:
    for name in request.query_params:
        if name != _QUESTION:
            raise RequestValidationError([{"type": "extra_forbidden", "loc": ("query", name), "msg": ""}])
    found = request.query_params.getlist(_QUESTION)
    if len(found) != 1:
        raise RequestValidationError([{"type": "missing", "loc": ("query", _QUESTION), "msg": ""}])
    return found[0]


def _checked(text: str | bytes, model: type[Body], whole: tuple[str, ...]) -> Body:
    """`whole` is the place of an error that is no field's: the fields have the same names wherever they stand."""
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        found = [{**each, "loc": ("body", *path) if (path := _path(each["loc"])) else whole} for each in errors]
        raise RequestValidationError(found) from None


def _path(loc: tuple[int | str, ...]) -> list[int | str]:
    """The place of an error as the sender knows it, without the tags of `questions.conditions`."""
    return [each for each in loc if not str(each).startswith("<")]
