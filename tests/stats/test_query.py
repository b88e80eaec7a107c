"""Questions that cannot be answered say why."""

from __future__ import annotations

from typing import Any

import pytest

from liveinsight.errors import InvalidInput
from liveinsight.stats.period import Period
from liveinsight.stats.query import MAX_ROWS
from liveinsight.stats.vocabulary import DIMENSIONS, METRICS
from tests.factories import query, where

BAD = {
    "no metric": ((), {}, "invalid_query", "at least one metric"),
    "unknown metric": (("visiters",), {}, "unknown_metric", "Did you mean 'visitors'?"),
    "dimension as metric": (("page",), {}, "unknown_metric", "no metric 'page'"),
    "unknown dimension": (("events",), {"by": "contry"}, "unknown_dimension", "Did you mean 'country'?"),
    "property without name": (("events",), {"by": "prop:"}, "unknown_dimension", "prop:"),
    "three dimensions": (("events",), {"by": ("page", "os", "device")}, "invalid_query", "at most 2"),
    "the same twice": (("events",), {"by": ("page", "page")}, "invalid_query", "different dimensions"),
    "two times": (("events",), {"by": ("hour", "day")}, "invalid_query", "one time dimension"),
    "filter by time": (("events",), {"where": (where("hour", "is", "1"),)}, "unknown_dimension", "hour"),
    "unknown filter": (("events",), {"where": (where("pages", "is", "/"),)}, "unknown_dimension", "'page'"),
    "operator": (("events",), {"where": (where("page", "like", "/"),)}, "invalid_query", "no operator 'like'"),
    "21 filters": (("events",), {"where": (where("page", "is", "/"),) * 21}, "invalid_query", "at most 20 filters"),
    "101 values": (("events",), {"where": (where("page", "is", *"x" * 101),)}, "invalid_query", "at most 100 values"),
    "order": (("events",), {"order_by": (("visitors", True),)}, "invalid_query", "order_by names 'visitors'"),
    "no rows": (("events",), {"limit": 0}, "invalid_query", "limit"),
    "too many rows": (("events",), {"limit": MAX_ROWS + 1}, "invalid_query", "limit"),
    "offset": (("events",), {"offset": -1}, "invalid_query", "offset"),
    "empty period": (("events",), {"period": Period(5, 5)}, "invalid_period", "ends before it starts"),
    "time zone": (("events",), {"timezone": "Mars"}, "invalid_timezone", "no time zone 'Mars'"),
}


@pytest.mark.parametrize(("metrics", "fields", "code", "message"), BAD.values(), ids=BAD)
def test_a_question_that_cannot_be_answered_says_why(
    metrics: tuple[str, ...], fields: dict[str, Any], code: str, message: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        query(*metrics, **fields)
    assert refused.value.code == code
    assert message in refused.value.message


@pytest.mark.parametrize("name", [*DIMENSIONS, "prop:plan", "prop:a b.c"])
def test_every_metric_can_be_asked_by_every_dimension(name: str) -> None:
    assert query(*METRICS, by=name).dimensions == (name,)


@pytest.mark.parametrize(
    ("by", "order_by", "expected"),
    [
        ((), (), (("events", True),)),
        (("page",), (), (("events", True), ("page", False))),
        (("page", "day"), (), (("day", False), ("events", True), ("page", False))),
        (("page", "os"), (("os", True),), (("os", True), ("page", False))),
        (("page",), (("visitors", False),), (("visitors", False), ("page", False))),
    ],
)
def test_rows_have_one_order_whatever_was_asked(by: Any, order_by: Any, expected: Any) -> None:
    assert query("events", "visitors", by=by, order_by=order_by).ordering() == expected
