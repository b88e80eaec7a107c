"""How reports ask a store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from liveinsight.stats.question import Question, R

Answer = dict[str, Any]


class Run(Protocol):
    """Answers a question of any kind, as `Store.run` does."""

    def __call__(self, question: Question[R]) -> R: ...
