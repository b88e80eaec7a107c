"""What DynamoDB says when it does not do as asked, and what that means here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import (
    ClientError,
    ConnectionError,  # noqa: A004  botocore's own, not Python's
    HTTPClientError,
)

from liveinsight.errors import QueueFull, StartError, StoreUnavailable

if TYPE_CHECKING:
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
EXPECTED = LOST | {CONDITION_FAILED}  # answers to act upon, no faults
_NO_CONNECTION = (HTTPClientError, ConnectionError)
_NOT_FOUND = "ResourceNotFoundException"
_NOT_ALLOWED = frozenset({"AccessDeniedException", "AccessDenied"})
_NOBODY = frozenset({"UnrecognizedClientException", "InvalidSignatureException", "ExpiredTokenException"})


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
    return isinstance(error, _NO_CONNECTION) or code_of(error) in THROTTLED | UNCERTAIN


def given_up(error: Exception) -> LiveInsightError:
    """What to answer when it did not pass in time: 503, and the client sends it again."""
    return QueueFull() if is_throttle(error) else StoreUnavailable()


def at_start(error: BaseException, operation: str, table: str) -> StartError:
    """Why the store cannot be opened, with what to do about it."""
    code = code_of(error)
    words = {
        _NOT_FOUND: f"The table {table} does not exist: create it with `liveinsight tables create`.",
        **dict.fromkeys(
            _NOT_ALLOWED, f"AWS does not allow dynamodb:{operation} on {table}: allow it to this user or role."
        ),
        **dict.fromkeys(
            _NOBODY, f"AWS does not accept these credentials ({code}): check AWS_ACCESS_KEY_ID and its secret."
        ),
        "NoRegionError": "No AWS region is set: name one with AWS_DEFAULT_REGION.",
        "NoCredentialsError": "There are no AWS credentials: set AWS_ACCESS_KEY_ID and its secret, or use a role.",
        "PartialCredentialsError": "AWS credentials lack a part: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
    }
    if code in words:
        return StartError(words[code])
    if isinstance(error, _NO_CONNECTION):
        return StartError(
            "DynamoDB does not answer: check the network, AWS_DEFAULT_REGION and AWS_ENDPOINT_URL_DYNAMODB."
        )
    return StartError(f"DynamoDB refused {operation} on {table}: {code}.")
