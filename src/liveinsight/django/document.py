"""The OpenAPI document of the routes, made of what the views say: their addresses, and `@takes` of each method."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, get_args

from pydantic.json_schema import models_json_schema

from liveinsight import __version__
from liveinsight.django.security import LOGIN, TOKEN, schemes
from liveinsight.wire.document import REF, add_what_is_read_by_hand
from liveinsight.wire.reading import JSON, QUESTION
from liveinsight.wire.shapes import Failure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pydantic import BaseModel

    from liveinsight.django.answering import Operation

TITLE = "LiveInsight"
DESCRIPTION = "Real-time web analytics. A trailing slash is optional everywhere. Times are ms since the epoch."
_PART = re.compile(r"\(\?P<pk>[^)]*\)")
_METHODS = ("get", "post", "put", "delete")
_SECURITY = {"Login": LOGIN, "Bearer": TOKEN}
_UNCHANGED = {"description": "Unchanged since the answer whose ETag the request has as If-None-Match."}
_STREAM = {"200": {"description": "A stream.", "content": {"text/event-stream": {"schema": {"type": "string"}}}}}


def build(patterns: Mapping[str, Iterable[Any]]) -> dict[str, Any]:
    """The document of these patterns, by what goes before them; without views that say `is_public = False`."""
    operations = [
        each for prefix, found in patterns.items() for pattern in found for each in _operations(pattern, prefix)
    ]
    shapes = [Failure, *(_model(operation.gives) for *_, operation in operations if operation)]
    _, definitions = models_json_schema([(each, "serialization") for each in dict.fromkeys(shapes)], ref_template=REF)
    logins = schemes()
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": __version__, "description": DESCRIPTION},
        "paths": {},
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {name: logins[kind] for name, kind in _SECURITY.items()},
        },
    }
    for path, method, view, text, operation in operations:
        described = _described(view, method, text, operation)
        document["paths"].setdefault(path, {})[method] = described
    add_what_is_read_by_hand(document)
    return document


def _operations(pattern: Any, prefix: str) -> Iterator[tuple[str, str, Any, str, Operation | None]]:
    view = getattr(getattr(pattern, "callback", None), "cls", None)
    if view is None or not getattr(view, "is_public", True):
        return
    path = prefix + _path(str(pattern.pattern), getattr(view, "id_name", ""))
    names = getattr(pattern.callback, "actions", None) or {each: each for each in _METHODS}
    for method, name in names.items():
        found = getattr(view, name, None)
        if found is not None and method in _METHODS:
            yield path, method, view, found.__doc__ or "", getattr(found, "liveinsight", None)


def _path(pattern: str, id_name: str) -> str:
    return _PART.sub(f"{{{id_name}}}", pattern.removeprefix("^").removesuffix("/?$")).replace("\\", "")


def _described(view: Any, method: str, text: str, operation: Operation | None) -> dict[str, Any]:
    name = view.__name__.removesuffix("ViewSet").removesuffix("View")
    described: dict[str, Any] = {
        "tags": [name.lower()],
        "description": " ".join(text.split()),
        "responses": {**_STREAM, **failures(400, 401, 403, 404, 405, 429, 500, 503)},
    }
    if view.permission_classes:
        described["security"] = [{each: []} for each in _SECURITY]
    if operation is None:
        return described
    schema = schema_of(operation.gives)
    described["responses"]["200"] = {"description": "The answer.", "content": {JSON: {"schema": schema}}}
    described["parameters"] = [_id(view.id_name, longest) for _, longest in operation.ids]
    reference = {"$ref": REF.format(model=operation.takes.__name__)}
    if operation.where == "parameters":
        described["parameters"] += parameters_of(operation.takes)
    elif operation.where == "question" and method == "get":
        described["parameters"].append(_question(reference))
    else:
        described["requestBody"] = {"required": True, "content": {JSON: {"schema": reference}}}
        described["responses"] |= failures(413)
    if operation.cached and method == "get":
        described["responses"]["304"] = _UNCHANGED
    return described


def schema_of(gives: Any) -> dict[str, Any]:
    """The JSON schema of what a view gives: a model, or a list of them."""
    reference = {"$ref": REF.format(model=_name(_model(gives)))}
    return {"type": "array", "items": reference} if get_args(gives) else reference


def parameters_of(model: type[BaseModel]) -> list[dict[str, Any]]:
    """The parameters of an address that is read as `model`."""
    schema = model.model_json_schema(ref_template=REF)
    required = schema.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": each}
        for name, each in schema.get("properties", {}).items()
    ]


def failures(*statuses: int) -> dict[str, Any]:
    """These statuses carry the error envelope."""
    content = {JSON: {"schema": {"$ref": REF.format(model=Failure.__name__)}}}
    return {str(status): {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def _id(name: str, longest: int) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "maxLength": longest}}


def _question(reference: dict[str, Any]) -> dict[str, Any]:
    text = "The question: the JSON that POST takes as its body."
    return {
        "name": QUESTION,
        "in": "query",
        "required": True,
        "description": text,
        "content": {JSON: {"schema": reference}},
    }


def _model(gives: Any) -> Any:
    return get_args(gives)[0] if get_args(gives) else gives


def _name(model: type[BaseModel]) -> str:
    """As Pydantic names it in a document."""
    return re.sub(r"[^a-zA-Z0-9.\-_]", "_", model.__name__)
