"""Bodies in JSON, read by hand: not before the reader is known to be one, and never more than is allowed."""

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


def json_body(model: type[BaseModel]) -> dict[str, Any]:
    """For the OpenAPI document: a body that the route reads by itself. `openapi` adds the model to the document."""
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"requestBody": {"required": True, "content": {_JSON: {"schema": schema}}}}


def reading(model: type[Body]) -> Callable[[Request], Awaitable[Body]]:
    """A dependency that gives a question: JSON of any content type, as curl sends it."""

    async def read(request: Request) -> Body:
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
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        found = [{**each, "loc": ("body", *_path(each["loc"]))} for each in error.errors(include_url=False)]
        raise RequestValidationError(found) from None


def _path(loc: tuple[int | str, ...]) -> list[int | str]:
    """The place of an error as the sender knows it, without the tags of `questions.conditions`."""
    return [each for each in loc if not str(each).startswith("<")]
