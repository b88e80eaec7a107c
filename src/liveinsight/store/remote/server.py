"""Calls of a LiveInsight that runs elsewhere: connections are kept and shared, failures come out as the house's own."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import urllib3
from pydantic_core import from_json
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ReadTimeoutError

from liveinsight.errors import InvalidInput, QueueFull, StoreUnavailable
from liveinsight.store.silence import Silence
from liveinsight.store.wire import dumps, loads

if TYPE_CHECKING:
    from collections.abc import Iterator

logger = logging.getLogger(__name__)

PATH = "/api/store/v1"
END = b"end"  # the last line of a stream: one without it was cut off
_CONNECTIONS = 32
_CONNECT_S = 3.0
_SHORT_S = 5.0  # a front end's collector waits for these; a group of events that comes again is known
_LONG_S = 3600.0  # a purge, or the next part of a copy
_SHORT = frozenset({"hello", "record", "live", "document", "documents", "put_document"})
_LONG = frozenset({"purge", "arrivals", "restore"})
_OK, _UNAUTHORIZED, _REFUSED = 200, (401, 403), (400, 404, 413)
_MOST_RETRY_AFTER_S = 3600
_ASK_AGAIN_S = 10


class AnswerLost(StoreUnavailable):
    """The server was reached and did not answer: it may have done what was asked, or not."""


class TooSlow(AnswerLost):
    """The store did not answer in time. Ask again in a moment."""


class Unusable(StoreUnavailable):
    """The server at this address refuses the token, or is no LiveInsight that serves its store."""


class Server:
    """One server. Any thread may call. Raises StoreUnavailable when it cannot be asked, InvalidInput when it refuses.

    `patience`: seconds that a report may take. The token goes into a header, never into an address or a log.
    """

    def __init__(self, url: str, token: str, patience: float) -> None:
        self._url = url.rstrip("/") + PATH
        self._patience = patience
        self._silence = Silence()
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._pool = urllib3.PoolManager(num_pools=1, maxsize=_CONNECTIONS, retries=False)

    def call(self, operation: str, *arguments: Any) -> Any:
        """The result of an operation. All of them may be repeated, so a lost answer is asked for once more."""
        body = dumps(list(arguments))
        try:
            answer = self._post(operation, body)
        except TooSlow:  # it has enough to do
            raise
        except AnswerLost:  # a kept connection of a server that was restarted looks just like that
            answer = self._post(operation, body)
        return loads(answer.data)

    def once(self, operation: str, body: bytes) -> Any:
        """As `call`, without a second try."""
        return loads(self._post(operation, body).data)

    def lines(self, operation: str, *arguments: Any) -> Iterator[Any]:
        """The results of an operation that has many."""
        answer = self._post(operation, dumps(list(arguments)), stream=True)
        rest = b""
        try:
            for part in answer.stream(1 << 16):
                *lines, rest = (rest + part).split(b"\n")
                yield from (loads(line) for line in lines if line != END)
                if lines and lines[-1] == END:
                    return
        except HTTPError as error:
            raise AnswerLost from error
        finally:
            answer.close()
        raise AnswerLost

    def close(self) -> None:
        """Let go of the connections."""
        self._pool.clear()

    def _post(self, operation: str, body: bytes, *, stream: bool = False) -> urllib3.BaseHTTPResponse:
        self._silence.check()
        patience = self._patience_with(operation)
        timeout = urllib3.Timeout(connect=_CONNECT_S, read=patience)
        try:
            answer = self._pool.request(
                "POST",
                f"{self._url}/{operation}",
                body=body,
                headers=self._headers,
                timeout=timeout,
                redirect=False,
                preload_content=not stream,
            )
        except HTTPError as error:
            facts = {"operation": operation, "error": type(error).__name__}
            logger.warning("the server of the store does not answer %(operation)s: %(error)s", facts, extra=facts)
            if isinstance(error, ReadTimeoutError):
                raise self._too_slow(operation, patience) from error
            is_known = isinstance(error, NewConnectionError | ConnectTimeoutError)
            raise (StoreUnavailable if is_known else AnswerLost) from error
        self._silence.end()
        if answer.status != _OK:
            raise _failure(answer)
        return answer

    def _patience_with(self, operation: str) -> float:
        if operation in _SHORT:
            return _SHORT_S
        return _LONG_S if operation in _LONG else self._patience

    def _too_slow(self, operation: str, patience: float) -> TooSlow:
        if operation in _SHORT:  # a report may just be slow
            self._silence.begin()
            return TooSlow(retry_after=_ASK_AGAIN_S)
        msg = (
            f"The store did not answer within {patience:g} seconds. Ask again in a moment, or about a shorter period."
            " Where reports take longer than that, the setting STORE_TIMEOUT lets them."
        )
        return TooSlow(msg, retry_after=_ASK_AGAIN_S)


def _failure(answer: urllib3.BaseHTTPResponse) -> Exception:
    problem = _problem(answer.data)
    code, message = str(problem.get("code", "")), str(problem.get("message", ""))
    if code and answer.status in _REFUSED and code != "not_found":
        return InvalidInput(message, code=code, details=problem.get("details"))
    if answer.status in _UNAUTHORIZED or answer.status in _REFUSED or answer.status < _REFUSED[0]:
        logger.error("the server of the store refuses its client", extra={"status": answer.status, "code": code})
        return Unusable()
    wait = answer.headers.get("Retry-After", "")
    retry_after = min(int(wait), _MOST_RETRY_AFTER_S) if wait.isdigit() else 1
    return (QueueFull if code == QueueFull.code else StoreUnavailable)(retry_after=retry_after)


def _problem(content: bytes) -> dict[str, Any]:
    try:
        found = from_json(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
