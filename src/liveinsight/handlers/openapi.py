"""The OpenAPI document: FastAPI's, with the route that FastAPI does not know and without the answers we never give."""

from __future__ import annotations

from threading import Lock
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response

from liveinsight.handlers.answering import bare
from liveinsight.wire.document import add_what_is_read_by_hand

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
    add_what_is_read_by_hand(document)
