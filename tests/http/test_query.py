"""POST /api/query: filters, goals, comparison, and the sentences for questions that make no sense.

Yesterday ann looked at the front page. Today, at noon:

| visitor | came from | did |
| --- | --- | --- |
| ann | Naver | /, /pricing, bought for 29 EUR there |
| bob | nowhere | /, clicked there |
| cat | campaign `spring` | /blog/tea, /pricing |
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.factories import DAY, HOUR, MINUTE, NOON, local
from tests.http.messages import problem, sent
from tests.http.visits import ask, happen, rows, visit, where

if TYPE_CHECKING:
    import httpx

    from tests.factories import Clock

NAVER = "https://search.naver.com/x"
BUYS = ("conversion", "/pricing", {"conversion_type": "purchase", "value": 29.0, "currency": "EUR", "plan": "pro"})
TODAY = {"period": "today"}
SPRING = where("utm_campaign", "spring")
BOUGHT = where("conversion_type", "purchase")


@pytest.fixture
def shop(reader: httpx.Client, clock: Clock) -> httpx.Client:
    happen(
        reader,
        clock,
        visit("ann", "/", at=NOON - DAY),
        visit("ann", "/", "/pricing", BUYS, referrer=NAVER),
        visit("bob", "/", ("click", "/", {"element_tag": "button", "element_id": "buy"})),
        visit("cat", "/blog/tea", "/pricing", query="?utm_source=mail&utm_campaign=spring"),
    )
    clock.now = NOON + HOUR
    return reader


@pytest.mark.parametrize(
    ("filters", "visitors"),
    [
        ([], 3),
        ([where("page", "/pricing")], 2),
        ([where("page", "/pricing", operator="is_not")], 3),
        ([where("page", "blog", operator="contains")], 1),
        ([where("page", "/blog", "/pri", operator="starts_with")], 2),
        ([where("page", "/*tea", operator="matches")], 1),
        ([where("prop:plan", "pro")], 1),
        ([{"dimension": "page", "values": ["/pricing"]}], 2),
        ([where("page", "/"), where("source", "Naver")], 1),
        ([{"or": [SPRING, where("source", "Naver")]}], 2),
        ([{"and": [SPRING, where("source", "Naver")]}], 0),
        ([{"not": SPRING}], 2),
        ([{"did": BOUGHT}], 1),
        ([{"not": {"did": BOUGHT}}], 2),
        ([{"not": {"or": [SPRING, {"did": BOUGHT}]}}], 1),
    ],
)
def test_filters_say_whose_events_count(shop: httpx.Client, filters: list[Any], visitors: int) -> None:
    assert rows(shop, metrics=["visitors"], filters=filters, **TODAY) == [(visitors,)]


def test_what_buyers_saw_in_the_same_session(shop: httpx.Client) -> None:
    found = rows(shop, metrics=["page_views"], dimensions=["page"], filters=[{"did": BOUGHT}], **TODAY)
    assert found == [("/", 1), ("/pricing", 1)]


def test_two_dimensions_at_once(shop: httpx.Client) -> None:
    found = rows(shop, metrics=["page_views"], dimensions=["utm_campaign", "page"], **TODAY)
    assert found == [("", "/", 2), ("", "/pricing", 1), ("spring", "/blog/tea", 1), ("spring", "/pricing", 1)]


def test_a_goal_can_be_written_into_the_question(shop: httpx.Client) -> None:
    goal = [where("page", "/pricing"), where("event_type", "page_view")]
    asked = {"metrics": ["conversions", "conversion_rate"], "dimensions": ["utm_campaign"], "goal": goal}
    assert rows(shop, **asked, **TODAY) == [("", 1, 0.5), ("spring", 1, 1.0)]


def test_without_a_goal_conversions_are_those_of_the_site(shop: httpx.Client) -> None:
    found = rows(
        shop, metrics=["conversion_rate", "revenue:EUR"], dimensions=["source"], filters=[where("source", "Naver")]
    )
    assert found == [("Naver", 1.0, 29.0)]


def test_each_row_is_compared_with_the_period_before(shop: httpx.Client) -> None:
    data = ask(shop, metrics=["page_views", "visitors"], dimensions=["page"], compare="previous", **TODAY)
    assert [(row["dimensions"], row["comparison"], row["change"]) for row in data["rows"]] == [
        (["/"], [1, 1], [1.0, 1.0]),  # 2 views and 2 visitors today
        (["/pricing"], [0, 0], [None, None]),
        (["/blog/tea"], [0, 0], [None, None]),
    ]
    # It is one o'clock now: that much of the day before.
    assert data["query"]["compared"] == {"from": local("2026-03-09"), "to": NOON - DAY + HOUR}


def test_a_morning_is_not_compared_with_a_whole_day(shop: httpx.Client, clock: Clock) -> None:
    clock.now = NOON + DAY - HOUR
    asked: dict[str, Any] = {"metrics": ["visitors"], "compare": "previous"}
    assert [row["comparison"] for row in ask(shop, **asked, **TODAY)["rows"]] == [[0]]  # by then nobody had come
    clock.now = NOON + DAY + HOUR
    assert [row["comparison"] for row in ask(shop, **asked, **TODAY)["rows"]] == [[3]]
    assert [row["comparison"] for row in ask(shop, **asked, period="yesterday")["rows"]] == [[1]]


def test_rows_of_a_running_day_are_compared_to_the_nearest_quarter_of_an_hour(shop: httpx.Client, clock: Clock) -> None:
    asked: dict[str, Any] = {"metrics": ["visitors"], "dimensions": ["page"], "compare": "previous", "period": "today"}
    for minutes, until in ((7, 0), (8, 15), (22, 15), (23, 30)):
        clock.now = NOON + minutes * MINUTE
        assert ask(shop, **asked)["query"]["compared"]["to"] == NOON - DAY + until * MINUTE
        assert ask(shop, **{**asked, "dimensions": []})["query"]["compared"]["to"] == clock.now - DAY
    clock.now = local("2026-03-10 00:04")
    assert ask(shop, **asked)["query"]["compared"]["to"] == local("2026-03-09 00:15")


def test_the_total_is_compared_and_a_rate_may_fall(shop: httpx.Client) -> None:
    (row,) = ask(shop, metrics=["bounce_rate", "page_views"], compare="previous", **TODAY)["rows"]
    assert row["metrics"] == [0.0, 5]
    assert row["comparison"] == [1.0, 1]
    assert row["change"] == [-1.0, 4.0]


def test_hours_are_compared_one_by_one(shop: httpx.Client) -> None:
    data = ask(shop, metrics=["page_views"], dimensions=["hour"], compare="previous", **TODAY)
    assert len(data["rows"]) == 24
    assert [row for row in data["rows"] if row["comparison"] != [0]] == [
        {"dimensions": [NOON], "metrics": [5], "comparison": [1], "change": [4.0]}
    ]


def test_hours_and_pages_are_compared_together(shop: httpx.Client) -> None:
    asked: dict[str, Any] = {"metrics": ["page_views"], "dimensions": ["hour", "page"], "compare": "previous"}
    assert {row["dimensions"][1]: row["comparison"] for row in ask(shop, **asked, **TODAY)["rows"]} == {
        "/": [1],
        "/pricing": [0],
        "/blog/tea": [0],
    }


def test_the_29th_of_february_has_no_day_to_be_compared_with(shop: httpx.Client) -> None:
    asked = {"metrics": ["visitors"], "dimensions": ["day"], "from": "2024-02-27", "to": "2024-02-29"}
    data = shop.post("/api/query", json={**asked, "compare": "year"}).json()["data"]
    assert [row["comparison"] for row in data["rows"]] == [[0], [0], None]
    assert data["rows"][2]["change"] is None
    assert data["query"]["compared"] == {"from": local("2023-02-27"), "to": local("2023-03-01")}


def test_a_later_page_of_the_rows_is_compared_as_well(shop: httpx.Client) -> None:
    asked: dict[str, Any] = {"metrics": ["page_views"], "dimensions": ["page"], "compare": "previous"}
    asked["order_by"] = [{"by": "page", "descending": True}]
    data = ask(shop, **asked, **TODAY, limit=2, offset=1)
    assert [(row["dimensions"], row["comparison"]) for row in data["rows"]] == [(["/blog/tea"], [0]), (["/"], [1])]
    assert data["total_rows"] == 3
    assert ask(shop, **asked, **TODAY, offset=9)["rows"] == []


def test_without_comparison_there_is_none(shop: httpx.Client) -> None:
    data = ask(shop, metrics=["visitors"], **TODAY)
    assert data["rows"] == [{"dimensions": [], "metrics": [3]}]
    assert (data["query"]["compare"], data["query"]["compared"]) == ("none", None)


def test_the_answer_repeats_the_question_with_every_default(shop: httpx.Client) -> None:
    tree = [{"not": {"or": [{"dimension": "page", "values": ["/"]}, {"did": SPRING}]}}]
    understood = ask(shop, metrics=["visitors"], dimensions=["day"], filters=tree, goal=[BOUGHT], **TODAY)["query"]
    assert understood == {
        "site_id": "shop.example",
        "metrics": ["visitors"],
        "dimensions": ["day"],
        "filters": [{"not": {"or": [where("page", "/"), {"did": SPRING}]}}],
        "goal": [BOUGHT, where("event_type", "heartbeat", "page_exit", "scroll", "web_vital", operator="is_not")],
        "from": local("2026-03-10"),
        "to": local("2026-03-11"),
        "timezone": "UTC",
        "compare": "none",
        "compared": None,
        "order_by": [{"by": "day", "descending": False}, {"by": "visitors", "descending": True}],
        "limit": 10_000,  # every part of the time
        "offset": 0,
    }


@pytest.mark.parametrize(
    ("question", "code", "hint"),
    [
        ({"metrics": ["visitor"]}, "unknown_metric", "'visitors'"),
        ({"metrics": ["visitors"], "dimensions": ["utm_campain"]}, "unknown_dimension", "'utm_campaign'"),
        ({"metrics": ["visitors"], "filters": [where("contry", "KR")]}, "unknown_dimension", "'country'"),
        (
            {"metrics": ["visitors"], "filters": [where("page", "x", operator="start_with")]},
            "unknown_operator",
            "'starts_with'",
        ),
        ({"metrics": ["visitors"], "goal": [where("pag", "/")]}, "unknown_dimension", "'page'"),
        ({"metrics": ["revenue"]}, "currency_required", "revenue:KRW"),
        ({"metrics": ["visitors"], "order_by": [{"by": "sessions"}]}, "invalid_query", "sessions"),
    ],
)
def test_a_wrong_name_is_a_400_that_offers_the_right_one(
    shop: httpx.Client, question: dict[str, Any], code: str, hint: str
) -> None:
    envelope = problem(shop.post("/api/query", json=question), 400)
    assert envelope["code"] == code
    assert hint in envelope["message"]


@pytest.mark.parametrize(
    ("filters", "field", "message"),
    [
        ([{}], "filters.0", "must have exactly one of dimension, and, or, not, did"),
        ([{"dimension": "page", "values": ["/"], "or": [SPRING]}], "filters.0", "must have exactly one of"),
        ([{"dimension": "page"}], "filters.0", "must have values"),
        ([{"did": SPRING, "operator": "is"}], "filters.0", "must not have operator or values"),
        ([SPRING, {"or": []}], "filters.1.or", "must have at least 1 item"),
        ([{"or": [SPRING, {"and": [{"did": 1}]}]}], "filters.0.or.1.and.0.did", "must be a JSON object"),
        ([{"not": {"dimension": "page", "values": [1]}}], "filters.0.not.values.0", "must be a valid string"),
        ([{"dimension": "page", "values": []}], "filters.0.values", "must have at least 1 item"),
        ([{"dimension": "page", "value": "/"}], "filters.0.value", "is not known here"),
        ("page", "filters", "must be a list"),
    ],
)
def test_a_filter_that_is_none_is_named_with_its_place(
    shop: httpx.Client, filters: Any, field: str, message: str
) -> None:
    for name in ("filters", "goal") if isinstance(filters, list) else ("filters",):
        found = problem(shop.post("/api/query", json={"metrics": ["visitors"], name: filters}), 400)["details"]
        assert found[0]["field"] == field.replace("filters", name)
        assert message in found[0]["message"]


@pytest.mark.parametrize(
    "filters",
    [
        [{"did": {"did": SPRING}}],
        [where("hour", "12")],
        [{"or": [where("page", f"/{each}") for each in range(11)]}] * 2,
        [{"not": {"not": {"not": {"not": {"not": {"not": SPRING}}}}}}],
    ],
    ids=["did in did", "time", "too many", "too deep"],
)
def test_a_filter_that_means_nothing_is_a_400(shop: httpx.Client, filters: list[Any]) -> None:
    problem(shop.post("/api/query", json={"metrics": ["visitors"], "filters": filters}), 400)


def test_filters_nested_without_end_are_a_400(shop: httpx.Client) -> None:
    body = '{"metrics": ["visitors"], "filters": [' + '{"not":' * 20_000 + "1" + "}" * 20_000 + "]}"
    problem(shop.post("/api/query", content=body), 400)


@pytest.mark.parametrize("moment", [10**400, -1, 1.5, [1]])
def test_a_time_that_is_none_is_a_400(shop: httpx.Client, moment: Any) -> None:
    problem(shop.post("/api/query", json={"metrics": ["visitors"], "from": moment}), 400)


def test_a_goal_without_filters_is_a_400(shop: httpx.Client) -> None:
    problem(shop.post("/api/query", json={"metrics": ["conversions"], "goal": []}), 400)


def test_a_goal_that_nobody_saved_is_a_404(shop: httpx.Client) -> None:
    envelope = problem(shop.post("/api/query", json={"metrics": ["conversions"], "goal": "signup"}), 404)
    assert envelope["code"] == "unknown_goal"


def test_money_beyond_counting_is_refused_and_harms_no_sum(reader: httpx.Client, clock: Clock) -> None:
    much: dict[str, Any] = {"conversion_type": "purchase", "currency": "KRW", "value": 1e308}
    answer = reader.post("/api/events", json=[sent("conversion", timestamp=clock.now, **much) for _ in range(2)])
    assert problem(answer, 400)["details"][0]["field"] == "value"
    happen(reader, clock, visit("ann", "/", ("conversion", "/", {**much, "value": 10})))
    assert rows(reader, metrics=["revenue:KRW"], **TODAY) == [(10.0,)]


def test_a_number_is_one_value_however_it_was_written(reader: httpx.Client, clock: Clock) -> None:
    sizes = [2, 2.0, 1e16, 1e22, 1e-7, 0.5]
    happen(reader, clock, visit("ann", "/", *[("fit", "/", {"size": size}) for size in sizes]))
    found = dict(rows(reader, metrics=["events"], dimensions=["prop:size"], **TODAY))
    assert found == {"2": 2, "1e+16": 1, "1e+22": 1, "1e-07": 1, "0.5": 1}
