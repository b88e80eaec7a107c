"""How FastAPI's app answers errors: each with its problem, as `wire.problems` has it."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Match

from liveinsight.errors import LiveInsightError
from liveinsight.handlers.body import ClientGone
from liveinsight.wire import problems
from liveinsight.wire.answering import NO_STORE
from liveinsight.wire.problems import Problem, problem_of_status
from liveinsight.wire.reading import InvalidRequest

_METHODS = ("DELETE", "GET", "HEAD", "POST", "PUT")


def problem_of(error: Exception) -> Problem:
    """What to answer to an error, of ours or of the frameworks."""
    if isinstance(error, RequestValidationError):
        return problems.problem_of(InvalidRequest(error.errors()))
    if isinstance(error, HTTPException):
        return problem_of_status(error.status_code, error.headers)
    if isinstance(error, ClientGone):
        return Problem(400, "The request ended before its body did.", "invalid_input", [], {})
    return problems.problem_of(error)


def add_problem_handlers(app: FastAPI) -> None:
    """Have the app answer every exception with its problem."""
    for kind in (LiveInsightError, InvalidRequest, RequestValidationError, HTTPException, ClientGone, Exception):
        app.add_exception_handler(kind, _answer)


async def _answer(request: Request, error: Exception) -> Response:
    problem = problem_of(error)
    headers = {**NO_STORE, **problem.headers}
    if isinstance(error, HTTPException) and "Allow" in problem.headers:
        headers["Allow"] = ", ".join(_allowed(request))
    return Response(problem.body(), problem.status, headers, "application/json")


def _allowed(request: Request) -> list[str]:
    """The methods that this address takes. Starlette names only those of the first route that it finds there."""

    def takes(method: str) -> bool:
        scope = {**request.scope, "method": method}
        return any(route.matches(scope)[0] == Match.FULL for route in request.app.routes)

    return [method for method in _METHODS if takes(method)]
