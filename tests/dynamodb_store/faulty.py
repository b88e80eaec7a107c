"""A client of DynamoDB on a bad day. It calls the real one, or does not, or says something else than what happened."""

from __future__ import annotations

from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, ReadTimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

WRITES = frozenset({"put_item", "update_item", "delete_item", "batch_write_item", "batch_execute_statement"})

# Of a store behind `Faulty`, which would try for long. Whoever reads the outcome has all his patience.
IMPATIENT_S = 0.3

SAID = "it was /secret that arn:aws:iam::123456789012:user/kim wrote"  # what an answer of AWS may tell besides its code


class Killed(BaseException):
    """The process dies here."""


class Late:
    """Writes that stay on their way: their answer is a timeout, and they are done when others have gone on."""

    def __init__(self) -> None:
        self._writes: list[Callable[[], Any]] = []
        self._lock = Lock()

    def send(self, write: Callable[[], Any]) -> None:
        with self._lock:
            self._writes.append(write)

    def arrive(self, most: int) -> None:
        """The first of them arrive. Nobody waits for what they say."""
        with self._lock:
            arriving, self._writes = self._writes[:most], self._writes[most:]
        for write in arriving:
            with suppress(ClientError):
                write()


class Remembering:
    """Remembers the writes that were made, so that all of them can arrive once more."""

    def __init__(self, aws: Any) -> None:
        self._aws = aws
        self._writes: list[Callable[[], Any]] = []

    def __getattr__(self, operation: str) -> Any:
        call = getattr(self._aws, operation)

        def remembered(**arguments: Any) -> Any:
            if operation in WRITES:
                self._writes.append(lambda: call(**arguments))
            return call(**arguments)

        return remembered

    def again(self) -> None:
        """All of them, the first ones last: what they would undo stays undone."""
        for write in reversed(self._writes):
            with suppress(ClientError):
                write()


class Refusing:
    """The real client, but for operations that are answered with an error: a code, or an exception as it is.

    `only`: which of their calls, by their arguments.
    """

    def __init__(self, aws: Any, refused: dict[str, str | Exception] | None = None) -> None:
        self._aws = aws
        self.refused = refused or {}
        self.only: Callable[[dict[str, Any]], bool] = lambda _: True

    def __getattr__(self, operation: str) -> Any:
        call = getattr(self._aws, operation)

        def answer(**arguments: Any) -> Any:
            refused = self.refused.get(operation)
            if refused and not self.only(arguments):
                refused = None
            if isinstance(refused, Exception):
                raise refused
            if refused:
                named = "".join(word.capitalize() for word in operation.split("_"))
                raise ClientError({"Error": {"Code": refused, "Message": SAID}}, named)
            return call(**arguments)

        return answer


class Faulty:
    """`share` of the calls go wrong; `deaths` is how many writes may still be the last thing that a process does."""

    def __init__(self, aws: Any, random: Random, late: Late, deaths: int = 0) -> None:
        self._aws = aws
        self._random = random
        self._late = late
        self._share = 0.0
        self._deaths = deaths
        self._lock = Lock()

    def __getattr__(self, operation: str) -> Any:
        call = getattr(self._aws, operation)
        return lambda **arguments: self._call(operation, call, arguments)

    def begin(self, share: float) -> None:
        """From now on, this share goes wrong."""
        self._share = share

    def _call(self, operation: str, call: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        with self._lock:
            draw, what = self._random.random(), self._random.randrange(10)
            dies = self._deaths > 0 and operation in WRITES and self._random.random() < self._share / 2
            self._deaths -= dies
        if dies:
            if what % 2:
                call(**arguments)
            raise Killed
        if draw > self._share:
            return call(**arguments)
        if what == 0:
            self._late.arrive(1)
            return call(**arguments)
        if what in {1, 8, 9} and operation in WRITES:
            self._late.send(lambda: call(**arguments))
            raise _timeout()
        if what in {2, 3} and operation.startswith("batch"):
            return self._partly(operation, call, arguments)
        if what in {4, 5}:
            call(**arguments)
            raise _timeout() if what == 4 else _error("InternalServerError", operation)
        raise _timeout() if what == 6 else _error("ProvisionedThroughputExceededException", operation)

    def _partly(self, operation: str, call: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        """Some of a batch is done; of some it is said that it was not, though it was."""
        if operation == "batch_execute_statement":
            statements = arguments["Statements"]
            cut = len(statements) // 2
            responses = call(Statements=statements[: cut + 1])["Responses"]
            responses[-1] = {"Error": {"Code": "InternalServerError"}}
            return {"Responses": responses + [{"Error": {"Code": "ThrottlingError"}}] * (len(statements) - cut - 1)}
        [(table, asked)] = arguments["RequestItems"].items()
        requests = asked if isinstance(asked, list) else asked["Keys"]
        cut = len(requests) // 2 + 1
        some, rest = requests[:cut], requests[cut:]
        if isinstance(asked, list):
            answer = call(RequestItems={table: some})
            answer["UnprocessedItems"] = {table: rest} if rest else {}
        else:
            answer = call(RequestItems={table: {**asked, "Keys": some}})
            answer["UnprocessedKeys"] = {table: {**asked, "Keys": rest}} if rest else {}
        return answer


def _error(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code}}, operation)


def _timeout() -> ReadTimeoutError:
    return ReadTimeoutError(endpoint_url="dynamodb")
