"""The one mapping of errors to HTTP: ours, as `problem` has them, and those that FastAPI raises by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Match

from liveinsight.errors import LiveInsightError
from liveinsight.handlers.body import ClientGone
from liveinsight.handlers.problem import Problem, problem_of

# What Starlette and FastAPI raise by themselves: code and message by status.
_OF_FRAMEWORK = {
    400: ("invalid_input", "The request cannot be understood."),
    401: ("unauthorized", "Log in first."),
    403: ("forbidden", "You may not do that."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take that method."),
    413: ("body_too_large", "The body is too large for this address."),
}
_PLACES = {"query": "parameter "}
_METHODS = ("DELETE", "GET", "HEAD", "POST", "PUT")
# Where Pydantic's own sentence would puzzle a person who wrote an address or a curl command.
_PLAIN = {
    "missing": "is required",
    "extra_forbidden": "is not known here",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "is too large a number",
    "int_from_float": "must be a whole number",
    "json_invalid": "is not valid JSON",
    "model_type": "must be a JSON object",
    "tuple_type": "must be a list",
}
_SUBJECT = re.compile(r"^\w+ should ")  # Pydantic names the type that it wants: the field is named already


class _Detail(NamedTuple):
    """One thing that is wrong with a request. `place` is how to call where it stands."""

    place: str
    field: str
    message: str

    def public(self) -> dict[str, Any]:
        return {"field": self.field, "message": self.message}


def add_problem_handlers(app: FastAPI) -> None:
    """Have the app answer every exception with its problem."""
    for kind in (LiveInsightError, RequestValidationError, HTTPException, ClientGone, Exception):
        app.add_exception_handler(kind, _answer)


async def _answer(request: Request, error: Exception) -> Response:
    problem = _problem_of(error)
    headers = {"Cache-Control": "no-store", **problem.headers}
    if isinstance(error, HTTPException) and "Allow" in problem.headers:
        headers["Allow"] = ", ".join(_allowed(request))
    return Response(problem.body(), problem.status, headers, "application/json")


def _allowed(request: Request) -> list[str]:
    """The methods that this address takes. Starlette names only those of the first route that it finds there."""

    def takes(method: str) -> bool:
        scope = {**request.scope, "method": method}
        return any(route.matches(scope)[0] == Match.FULL for route in request.app.routes)

    return [method for method in _METHODS if takes(method)]


def _problem_of(error: Exception) -> Problem:
    if isinstance(error, RequestValidationError):
        return _invalid([_detail(each) for each in error.errors()])
    if isinstance(error, HTTPException):
        return _of_framework(error)
    return problem_of(error)


def _of_framework(error: HTTPException) -> Problem:
    code, message = _OF_FRAMEWORK.get(error.status_code, ("http_error", "The request cannot be answered."))
    return Problem(error.status_code, message, code, [], dict(error.headers or {}))


def _invalid(details: list[_Detail]) -> Problem:
    first = details[0]
    subject = f"{first.place}{first.field}" if first.field else "the body"
    message = f"{subject[0].upper()}{subject[1:]} {first.message}."
    return Problem(400, message, "invalid_input", [each.public() for each in details], {})


def _detail(found: Mapping[str, Any]) -> _Detail:
    place, *path = found["loc"]
    return _Detail(_PLACES.get(place, ""), ".".join(map(str, path)), _plain(found))


def _plain(found: Mapping[str, Any]) -> str:
    message = _PLAIN.get(found["type"]) or str(found["msg"]).removeprefix("Value error, ")
    return _SUBJECT.sub("must ", message).replace(" after validation", "")
