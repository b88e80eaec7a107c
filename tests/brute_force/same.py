"""Whether a store answered what the witness says."""

from __future__ import annotations

from dataclasses import replace
from math import isclose
from typing import TYPE_CHECKING, Any

from liveinsight.stats.query import Query
from liveinsight.stats.visits import VisitorSessions

if TYPE_CHECKING:
    from liveinsight.stats.visits import PublicSession
    from tests.brute_force.witness import Witness


def assert_same(witness: Witness, question: Any, answer: Any) -> None:
    """Money may differ in its last digits, for a sum of floats depends on its order; all else is exactly the same."""
    expected = witness.answer(question)
    if isinstance(question, Query):
        _assert_same_rows(question, answer, *expected)
    elif isinstance(question, VisitorSessions):
        told = [told_of(each) for each in answer]
        assert [(each[4], each[0]) for each in told] == [(each[4], each[0]) for each in expected], question
        assert set(told) <= set(witness.answer(replace(question, limit=1000))), question  # two may have one public id
    else:
        assert answer == expected, question


def told_of(public: PublicSession) -> tuple[Any, ...]:
    """A session of a store as `told` tells it, without being online."""
    session = public.session
    return (
        *(public.public_id, session.site_id, session.session_id, session.visitor_id),
        *(session.started_at, session.last_activity, session.last_type, session.entry_page, session.exit_page),
        *(session.context, session.events, session.page_views, session.interactions, session.conversions),
    )


def _assert_same_rows(question: Query, answer: Any, expected: Any, total: int) -> None:
    assert [row.dimensions for row in answer.rows] == [dimensions for dimensions, _ in expected], question
    assert answer.total_rows == total, question
    for row, (dimensions, numbers) in zip(answer.rows, expected, strict=True):
        for name, number, right in zip(question.metrics, row.metrics, numbers, strict=True):
            is_money = name.startswith("revenue")
            is_right = isclose(number, right, rel_tol=1e-9, abs_tol=1e-9) if is_money else number == right
            assert is_right, (name, number, right, dimensions, question)
            assert type(number) is type(right), (name, number, right, question)
