"""Everything that LiveInsight raises on purpose.

LiveInsightError
├── InvalidInput            what was sent cannot be used (bad query, unknown site, bad setting in a request)
│   └── BodyTooLarge        a collect body or batch over its limit
├── NotFound                the thing asked for does not exist
├── Unauthorized            a reader without a valid token
├── Retryable               not now: the same request may pass later; carries retry_after
│   ├── RateLimited         one client sends too often
│   └── StoreUnavailable    the store cannot take or answer this now
│       └── QueueFull       more events wait than the store is allowed to hold in memory
└── StartError              the process cannot start as asked; the message says what to change
    ├── SettingError        a setting has a value that cannot work
    ├── StoreInUse          another process owns the data folder
    └── SchemaTooNew        the data was written by a newer LiveInsight

Every class has a stable `code`; HTTP statuses belong to `wire.problems`.
"""

from __future__ import annotations

from typing import Any


class LiveInsightError(Exception):
    """LiveInsight could not do what was asked."""

    code = "error"

    def __init__(
        self, message: str | None = None, *, code: str | None = None, details: list[dict[str, Any]] | None = None
    ) -> None:
        self.message = message or (type(self).__doc__ or "").strip()
        self.code = code or type(self).code
        self.details = details or []
        super().__init__(self.message)


class InvalidInput(LiveInsightError):
    """The request cannot be understood."""

    code = "invalid_input"


class BodyTooLarge(InvalidInput):
    """The body is larger than 1 MiB or holds more than 500 events. Send smaller batches."""

    code = "body_too_large"


class NotFound(LiveInsightError):
    """There is nothing at this address."""

    code = "not_found"


class Unauthorized(LiveInsightError):
    """Log in first: send the admin token as 'Authorization: Bearer', or open the login link printed at start."""

    code = "unauthorized"


class Retryable(LiveInsightError):
    """Try again a little later. Base of the errors that carry `retry_after`, in whole seconds."""

    def __init__(self, message: str | None = None, *, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class RateLimited(Retryable):
    """Too many requests from this address. Wait and send the same events again."""

    code = "rate_limited"


class StoreUnavailable(Retryable):
    """The store cannot take or read events right now. Send the same request again; nothing is counted twice."""

    code = "store_unavailable"


class QueueFull(StoreUnavailable):
    """More events are waiting than the store may hold. Send the same events again in a moment."""

    code = "queue_full"


class StartError(LiveInsightError):
    """LiveInsight cannot start."""

    code = "cannot_start"


class SettingError(StartError):
    """A setting has a value that cannot work."""

    code = "invalid_setting"


class StoreInUse(StartError):
    """Another process is using this data folder."""

    code = "store_in_use"


class SchemaTooNew(StartError):
    """The data was written by a newer LiveInsight. Install that version or a later one."""

    code = "schema_too_new"
