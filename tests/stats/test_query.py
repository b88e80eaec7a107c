"""Questions that cannot be answered say why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from liveinsight.errors import InvalidInput
from liveinsight.stats.period import Period
from liveinsight.stats.question import MAX_ROWS
from liveinsight.stats.vocabulary import DIMENSIONS
from tests.factories import EVERY_METRIC, did, either, funnel, journey, query, retention, saw, where, without

if TYPE_CHECKING:
    from collections.abc import Callable

HOME = saw("/")
BAD = {
    "a slow pattern": (
        ("events",),
        {"where": (where("page", "matches", "*a" * 11),)},
        "invalid_query",
        "at most 10 *",
    ),
    "a currency in small letters": (("revenue:krw",), {}, "unknown_metric", "'revenue:KRW'"),
    "no metric": ((), {}, "invalid_query", "1 to 20 metrics"),
    "unknown metric": (("visiters",), {}, "unknown_metric", "Did you mean 'visitors'?"),
    "dimension as metric": (("page",), {}, "unknown_metric", "no metric 'page'"),
    "unknown dimension": (("events",), {"by": "contry"}, "unknown_dimension", "Did you mean 'country'?"),
    "property without name": (("events",), {"by": "prop:"}, "unknown_dimension", "prop:"),
    "three dimensions": (("events",), {"by": ("page", "os", "device")}, "invalid_query", "at most 2"),
    "the same twice": (("events",), {"by": ("page", "page")}, "invalid_query", "different dimensions"),
    "two times": (("events",), {"by": ("hour", "day")}, "invalid_query", "one time dimension"),
    "filter by time": (("events",), {"where": (where("hour", "is", "1"),)}, "invalid_query", "cannot be about hour"),
    "unknown filter": (("events",), {"where": (where("pages", "is", "/"),)}, "unknown_dimension", "'page'"),
    "operator": (("events",), {"where": (where("page", "like", "/"),)}, "unknown_operator", "no operator 'like'"),
    "21 filters": (("events",), {"where": (where("page", "is", "/"),) * 21}, "invalid_query", "at most 20 filters"),
    "101 values": (("events",), {"where": (where("page", "is", *"x" * 101),)}, "invalid_query", "1 to 100 values"),
    "order": (("events",), {"order_by": (("visitors", True),)}, "invalid_query", "order_by names 'visitors'"),
    "no rows": (("events",), {"limit": 0}, "invalid_query", "limit"),
    "too many rows": (("events",), {"limit": MAX_ROWS + 1}, "invalid_query", "limit"),
    "offset": (("events",), {"offset": -1}, "invalid_query", "offset"),
    "empty period": (("events",), {"period": Period(5, 5)}, "invalid_period", "ends before it starts"),
    "time zone": (("events",), {"timezone": "Mars"}, "invalid_timezone", "no time zone 'Mars'"),
    "21 metrics": (("events",) * 21, {}, "invalid_query", "1 to 20 metrics"),
    "money": (("revenue",), {}, "currency_required", "revenue:KRW"),
    "money of two": (("revenue",), {"where": (where("currency", "is", "KRW", "USD"),)}, "currency_required", "several"),
    "money but one": (("revenue",), {"where": (where("currency", "is_not", "USD"),)}, "currency_required", "several"),
    "money perhaps": (
        ("revenue",),
        {"where": (either(where("currency", "is", "KRW"), HOME),)},
        "currency_required",
        "several",
    ),
    "no currency": (("revenue:won",), {}, "unknown_metric", "no metric 'revenue:won'"),
    "small currency": (("revenue:krw",), {}, "unknown_metric", "no metric 'revenue:krw'"),
    "goal": (("conversions",), {"goal": (where("pages", "is", "/"),)}, "unknown_dimension", "'page'"),
    "filter in a tree": (("events",), {"where": (either(HOME, where("day", "is", "1")),)}, "invalid_query", "day"),
    "or of nothing": (("events",), {"where": (either(),)}, "invalid_query", "need a filter inside"),
    "21 in trees": (
        ("events",),
        {"where": (either(*[HOME] * 11), without(either(*[HOME] * 10)))},
        "invalid_query",
        "20",
    ),
    "no values": (("events",), {"where": (where("page", "is"),)}, "invalid_query", "1 to 100 values"),
    "seven deep": (
        ("events",),
        {"where": (without(without(without(without(without(without(HOME)))))),)},
        "invalid_query",
        "at most 6 deep",
    ),
    "did in did": (("events",), {"where": (did(without(did(HOME))),)}, "invalid_query", "did cannot stand inside did"),
}
BAD_STEPS = {
    "one step": (lambda: funnel(HOME), "2 to 10 steps"),
    "eleven steps": (lambda: funnel(*[HOME] * 11), "2 to 10 steps"),
    "an empty step": (lambda: funnel(steps=((HOME,), ())), "at least one filter"),
    "a step without values": (lambda: funnel(HOME, where("page", "is")), "1 to 100 values"),
    "too many days": (lambda: funnel(HOME, HOME, days=91), "days must be 0"),
    "negative days": (lambda: funnel(HOME, HOME, days=-1), "days must be 0"),
    "retention backwards": (lambda: retention("2026-03-10", "2026-03-09"), "ends before it starts"),
    "retention by hour": (lambda: retention("2026-03-09", "2026-03-10", interval="hour"), "no interval 'hour'"),
    "too much later": (lambda: retention("2026-03-09", "2026-03-10", later=61), "later must be 0 to 60"),
    "too many cohorts": (lambda: retention("2024-01-01", "2026-01-01", interval="day"), "over 400 cohorts"),
    "no page": (lambda: journey(""), "Name a page"),
    "six before": (lambda: journey("/", before=6), "must be 0 to 5"),
    "minus one after": (lambda: journey("/", after=-1), "must be 0 to 5"),
    "no links": (lambda: journey("/", limit=0), "limit must be 1 to 100"),
    "too many links": (lambda: journey("/", limit=101), "limit must be 1 to 100"),
    "journey filter": (lambda: journey("/", where=(where("minute", "is", "1"),)), "minute"),
}


@pytest.mark.parametrize(("metrics", "fields", "code", "message"), BAD.values(), ids=BAD)
def test_a_question_that_cannot_be_answered_says_why(
    metrics: tuple[str, ...], fields: dict[str, Any], code: str, message: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        query(*metrics, **fields)
    assert refused.value.code == code
    assert message in refused.value.message


@pytest.mark.parametrize(("ask", "message"), BAD_STEPS.values(), ids=BAD_STEPS)
def test_so_do_funnels_retention_and_journeys(ask: Callable[[], object], message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        ask()
    assert message in refused.value.message


@pytest.mark.parametrize("name", [*DIMENSIONS, "prop:plan", "prop:a b.c"])
def test_every_metric_can_be_asked_by_every_dimension(name: str) -> None:
    assert query(*EVERY_METRIC, by=name).dimensions == (name,)


def test_money_needs_one_currency_and_there_are_three_ways_to_name_it() -> None:
    korean = where("currency", "is", "KRW")
    for asked in (query("revenue", by="currency"), query("revenue", where=(HOME, korean)), query("revenue:KRW")):
        assert len(asked.metrics) == 1


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
