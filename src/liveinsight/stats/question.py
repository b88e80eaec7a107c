"""What a store can be asked. A question is a checked value; every store answers every kind of question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NoReturn, TypeVar

from liveinsight.errors import InvalidInput
from liveinsight.stats import period as periods
from liveinsight.stats.filters import check_filters

if TYPE_CHECKING:
    from liveinsight.stats.filters import Condition
    from liveinsight.stats.period import Period

R = TypeVar("R")

MAX_ROWS = 10_000


class Question(Generic[R]):
    """A question about a site (None: about all) whose answer is an `R`."""

    __slots__ = ()
    site_id: str | None


def refuse(code: str, message: str) -> NoReturn:
    """Raises InvalidInput."""
    raise InvalidInput(message, code=code)


def check_frame(period: Period, filters: tuple[Condition, ...], timezone: str = "UTC") -> None:
    """What every question has: a period that ends after it starts, a time zone there is, filters that mean something.

    Raises InvalidInput.
    """
    if period.end <= period.start:
        refuse("invalid_period", "The period ends before it starts: from must be earlier than to.")
    periods.zone(timezone)
    check_filters(filters)


def check_limit(limit: int) -> None:
    """How many rows of a list. Raises InvalidInput."""
    if not 0 < limit <= MAX_ROWS:
        refuse("invalid_query", f"limit must be 1 to {MAX_ROWS}.")
