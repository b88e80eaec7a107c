"""An error of ours as it is answered, without a web framework: the collector needs none.

Every error, on every route, is `{"status": "error", "message": "one plain sentence", "code": "stable_code",
"details": [...]}`. What went wrong inside is logged and never answered.
"""

from __future__ import annotations

import logging
from typing import Any, NamedTuple

from pydantic_core import to_json

from liveinsight.errors import (
    BodyTooLarge,
    InvalidInput,
    LiveInsightError,
    NotFound,
    RateLimited,
    Retryable,
    Unauthorized,
)
from liveinsight.handlers.body import ClientGone

logger = logging.getLogger(__name__)

# The first class that fits decides: subclasses come before what they derive from.
_STATUSES: tuple[tuple[type[LiveInsightError], int], ...] = (
    (BodyTooLarge, 413),
    (InvalidInput, 400),
    (Unauthorized, 401),
    (NotFound, 404),
    (RateLimited, 429),
    (Retryable, 503),
)
_FAULT = "Something went wrong on our side. The server's log says what."


class Problem(NamedTuple):
    """An error as it is answered."""

    status: int
    message: str
    code: str
    details: list[dict[str, Any]]
    headers: dict[str, str]

    def body(self) -> bytes:
        """The envelope as JSON."""
        envelope = {"status": "error", "message": self.message, "code": self.code, "details": self.details}
        return to_json(envelope, inf_nan_mode="null")


def problem_of(error: Exception) -> Problem:
    """What to answer to an error. One that nobody raised on purpose is logged, and answered without any detail."""
    if isinstance(error, LiveInsightError):
        for kind, status in _STATUSES:
            if isinstance(error, kind):
                return Problem(status, error.message, error.code, error.details, _headers(error))
    if isinstance(error, ClientGone):
        return Problem(400, "The request ended before its body did.", "invalid_input", [], {})
    logger.error("request failed", exc_info=error)
    return Problem(500, _FAULT, "internal_error", [], {})


def _headers(error: LiveInsightError) -> dict[str, str]:
    if isinstance(error, Retryable):
        return {"Retry-After": str(error.retry_after)}
    if isinstance(error, Unauthorized):
        return {"WWW-Authenticate": "Bearer"}
    return {}
