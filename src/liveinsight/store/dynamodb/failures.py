"""What DynamoDB says when it does not do as asked, and what that means here."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004  botocore's own, not Python's
    HTTPClientError,
)

from liveinsight.errors import QueueFull, StartError, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from liveinsight.errors import LiveInsightError

# Nothing was done, and the same may pass in a moment. Statements of a batch have names of their own for it.
THROTTLED = frozenset(
    {
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingError",
        "ThrottlingException",
        "LimitExceededException",
    }
)
# It may have been done or not.
UNCERTAIN = frozenset(
    {
        "InternalServerError",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "TransactionConflict",
        "TransactionConflictException",
        "InternalFailure",
    }
)
CONDITION_FAILED = "ConditionalCheckFailedException"
LOST = frozenset({"ExpiredIteratorException", "TrimmedDataAccessException"})  # a place in the stream
NOT_FOUND = "ResourceNotFoundException"
_MISSING = frozenset({NOT_FOUND, "ResourceNotFound"})  # the second one of a statement
INVALID = "ValidationException"
_NO_CONNECTION = (HTTPClientError, ConnectionError)
_SERVER_ERROR = 500
_NOT_ALLOWED = frozenset({"AccessDeniedException", "AccessDenied"})
_NOBODY = frozenset(
    {
        "UnrecognizedClientException",
        "InvalidSignatureException",
        "IncompleteSignatureException",
        "MissingAuthenticationTokenException",
        "ExpiredTokenException",
        "ExpiredToken",
        "InvalidClientTokenId",
    }
)
_SENTENCES = {
    **dict.fromkeys(THROTTLED, "DynamoDB is asked for more than it allows now ({}): try again, or raise its limits."),
    **dict.fromkeys(
        _NOBODY,
        "AWS does not accept these credentials ({}): check AWS_ACCESS_KEY_ID and what belongs to it.",
    ),
    "NoRegionError": "No AWS region is set: name one with AWS_DEFAULT_REGION.",
    "NoCredentialsError": "There are no AWS credentials: set AWS_ACCESS_KEY_ID and its secret, or use a role.",
    "PartialCredentialsError": "AWS credentials lack a part: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
}
_NO_ANSWER = "DynamoDB does not answer: check the network, AWS_DEFAULT_REGION and AWS_ENDPOINT_URL_DYNAMODB."
_PERMISSIONS = {"BatchExecuteStatement": "PartiQLInsert"}  # where it is not called as the operation


def code_of(error: BaseException) -> str:
    """DynamoDB's word for it; the exception's name when there was no answer."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", ""))
    return type(error).__name__


def is_throttle(error: Exception) -> bool:
    """Too much at once: it was certainly not done."""
    return code_of(error) in THROTTLED


def may_pass(error: Exception) -> bool:
    """Whether the same call may succeed in a moment."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return status >= _SERVER_ERROR or code_of(error) in THROTTLED | UNCERTAIN
    return isinstance(error, _NO_CONNECTION)


def is_about_content(error: Exception) -> bool:
    """Whether it is what was to be written that failed, and something else may pass: not the network, nor who asks."""
    if isinstance(error, ClientError):
        return code_of(error) == INVALID
    return not isinstance(error, (StoreUnavailable, BotoCoreError))


def without_content(error: Exception, place: str) -> Exception:
    """The same error, with where it happened for a message: DynamoDB's own may tell what was to be written."""
    if not isinstance(error, ClientError):
        return error
    told: Any = {**error.response, "Error": {"Code": code_of(error), "Message": place}}
    same: Exception = ClientError(told, error.operation_name)
    return same


def given_up(error: Exception) -> LiveInsightError:
    """What to answer when it did not pass in time: 503, and the client sends it again."""
    return QueueFull() if is_throttle(error) else StoreUnavailable()


@contextmanager
def as_start_error() -> Iterator[None]:
    """What DynamoDB answers in here is a StartError that says what to do about it."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise StartError(what_failed(error)) from None
    except StoreUnavailable as error:
        raise StartError(what_failed(error)) from None


def refusal(error: Exception) -> str:
    """The same sentence for what DynamoDB answered; nothing for any other error."""
    return what_failed(error) if isinstance(error, (ClientError, BotoCoreError)) else ""


def what_failed(error: BaseException) -> str:
    """One sentence of what DynamoDB did not do, and what to do about it."""
    if isinstance(error, StoreUnavailable):
        error = error.__cause__ or error
    code = code_of(error)
    if code in _SENTENCES:
        return _SENTENCES[code].format(code)
    if isinstance(error, Exception) and may_pass(error):
        return _NO_ANSWER
    if isinstance(error, ClientError):
        return _refused(error)
    return f"DynamoDB cannot be asked: {error}"


def _refused(error: ClientError) -> str:
    code, operation = code_of(error), error.operation_name
    place = error.response.get("Error", {}).get("Message", "")
    if code in _MISSING:
        return f"{place[:1].upper()}{place[1:]} does not exist: create it with `liveinsight tables create`."
    if code in _NOT_ALLOWED:
        permission = _PERMISSIONS.get(operation, operation)
        return f"AWS does not allow dynamodb:{permission} on {place}: allow it to this user or role."
    return f"DynamoDB refused {operation} on {place}: {code}."
