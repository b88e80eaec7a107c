"""The sessions of one visitor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from liveinsight.stats.question import Question, check_limit

if TYPE_CHECKING:
    from liveinsight.models.sessions import Session


class PublicSession(NamedTuple):
    """A session as people see it: with its public id (`<session_id>` or `<session_id>.<k>`)."""

    public_id: str
    session: Session


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorSessions(Question[list[PublicSession]]):
    """The sessions of a visitor on a site that started before `before` (ms), latest first, then by public id."""

    site_id: str
    visitor_id: str
    before: int
    limit: int = 20

    def __post_init__(self) -> None:
        check_limit(self.limit)
