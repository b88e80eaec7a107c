"""Funnels, retention, journeys and one page in detail. The numbers are worked out by hand beside each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.factories import DAY, HOUR, NOON, local
from tests.http.messages import problem
from tests.http.visits import ask, happen, visit, where

if TYPE_CHECKING:
    import httpx

    from tests.factories import Clock

BUYS = ("conversion", "/pricing", {"conversion_type": "purchase"})
STEPS: list[dict[str, Any]] = [
    {"name": "Home", "filters": [where("page", "/")]},
    {"name": "Prices", "filters": [where("page", "/pricing"), where("event_type", "page_view")]},
    {"filters": [where("conversion_type", "purchase")]},
]


@pytest.fixture
def steps(reader: httpx.Client, clock: Clock) -> httpx.Client:
    """Four visitors on their way to buy, and one who starts in the middle."""
    happen(
        reader,
        clock,
        visit("ann", "/", "/pricing", BUYS, referrer="https://search.naver.com/"),
        visit("bob", "/", "/blog", "/pricing"),
        visit("cat", "/"),
        visit("dan", "/pricing", BUYS),
        visit("eve", "/", at=NOON + HOUR),
        visit("eve", "/pricing", at=NOON + 2 * DAY),
    )
    return reader


def test_a_funnel_within_a_session(steps: httpx.Client) -> None:
    # ann, bob, cat and eve come home. ann sees the prices after one minute, bob after two; ann buys a minute later.
    data = ask(steps, "/api/query/funnel", steps=STEPS)
    assert data["counted"] == "sessions"
    assert data["steps"] == [
        {"step": 1, "name": "Home", "reached": 4, "rate": 1.0, "rate_from_previous": 1.0, "dropped": 2, "median_ms": 0},
        {
            "step": 2,
            "name": "Prices",
            "reached": 2,
            "rate": 0.5,
            "rate_from_previous": 0.5,
            "dropped": 1,
            "median_ms": 90_000,
        },
        {
            "step": 3,
            "name": None,
            "reached": 1,
            "rate": 0.25,
            "rate_from_previous": 0.5,
            "dropped": 0,
            "median_ms": 60_000,
        },
    ]
    no_presence = where("event_type", "heartbeat", "page_exit", "scroll", "web_vital", operator="is_not")
    assert data["query"]["steps"][2] == {"name": None, "filters": [*STEPS[2]["filters"], no_presence]}


def test_a_funnel_over_days_follows_the_visitor(steps: httpx.Client) -> None:
    reached = {days: ask(steps, "/api/query/funnel", steps=STEPS, days=days)["steps"][1]["reached"] for days in (1, 2)}
    assert reached == {1: 2, 2: 3}  # eve sees the prices 47 hours later
    assert ask(steps, "/api/query/funnel", steps=STEPS, days=2)["counted"] == "visitors"


def test_a_funnel_of_those_from_one_source(steps: httpx.Client) -> None:
    data = ask(steps, "/api/query/funnel", steps=STEPS, filters=[where("source", "Naver")])
    assert [each["reached"] for each in data["steps"]] == [1, 1, 1]


def test_a_saved_funnel_is_asked_by_its_id(steps: httpx.Client) -> None:
    goal = {"name": "Purchase", "filters": STEPS[2]["filters"]}
    steps.post("/api/goals", json=goal)
    saved = {"name": "Shop", "steps": [*STEPS[:2], {"goal": "purchase"}], "days": 2}
    assert steps.post("/api/funnels", json=saved).status_code == 200
    data = ask(steps, "/api/query/funnel", funnel="shop")
    assert [(each["name"], each["reached"]) for each in data["steps"]] == [("Home", 4), ("Prices", 3), ("Purchase", 1)]
    assert data["query"]["days"] == 2
    assert ask(steps, "/api/query/funnel", funnel="shop", days=0)["steps"][1]["reached"] == 2

    steps.put("/api/goals/purchase", json={**goal, "filters": [where("page", "/pricing")]})
    assert ask(steps, "/api/query/funnel", funnel="shop")["steps"][2]["reached"] == 1  # ann's purchase is on that page


def test_a_funnel_that_nobody_entered_has_rates_of_zero(steps: httpx.Client) -> None:
    data = ask(steps, "/api/query/funnel", steps=STEPS, period="yesterday")
    assert {(each["reached"], each["rate"], each["rate_from_previous"]) for each in data["steps"]} == {(0, 0.0, 0.0)}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"steps": STEPS, "funnel": "shop"},
        {"steps": STEPS[:1]},
        {"steps": STEPS * 4},
        {"steps": STEPS, "days": 91},
        {"steps": [*STEPS, {"filters": [where("pag", "/")]}]},
        {"steps": [*STEPS, {"name": "x"}]},
        {"steps": STEPS, "filters": [{}]},
        {"steps": STEPS, "compare": "previous"},
    ],
)
def test_a_funnel_that_means_nothing_is_a_400(steps: httpx.Client, body: dict[str, Any]) -> None:
    problem(steps.post("/api/query/funnel", json=body), 400)


def test_a_funnel_that_nobody_saved_is_a_404(steps: httpx.Client) -> None:
    assert problem(steps.post("/api/query/funnel", json={"funnel": "shop"}), 404)["code"] == "unknown_funnel"


@pytest.fixture
def returning(reader: httpx.Client, clock: Clock) -> httpx.Client:
    """ann comes on the 10th, 11th and 13th, bob on the 10th, cat on the 11th and 12th; it is noon on the 13th."""
    days = {"ann": (0, 1, 3), "bob": (0,), "cat": (1, 2)}
    happen(reader, clock, *(visit(who, "/", at=NOON + day * DAY) for who, came in days.items() for day in came))
    assert clock.now == local("2026-03-13 12:00")
    return reader


def test_who_came_back_by_day(returning: httpx.Client) -> None:
    asked = {"interval": "day", "later": 3, "from": "2026-03-10", "to": "2026-03-11"}
    data = returning.post("/api/query/retention", json=asked).json()["data"]
    assert data["cohorts"] == [
        {
            "time": local("2026-03-10"),
            "label": "2026-03-10",
            "visitors": 2,
            "returned": [2, 1, 0, 1],
            "rates": [1.0, 0.5, 0.0, 0.5],
        },
        # The 14th, three days after, has not begun: nobody knows.
        {
            "time": local("2026-03-11"),
            "label": "2026-03-11",
            "visitors": 1,
            "returned": [1, 1, 0],
            "rates": [1.0, 1.0, 0.0],
        },
    ]


def test_a_cohort_is_whole(returning: httpx.Client) -> None:
    asked = {"interval": "week", "later": 1, "from": "2026-03-11", "to": "2026-03-13"}
    data = returning.post("/api/query/retention", json=asked).json()["data"]
    assert data["query"]["from"] == local("2026-03-09")  # that Monday
    assert [(each["label"], each["returned"]) for each in data["cohorts"]] == [("2026-03-09", [3])]


@pytest.mark.parametrize(("interval", "cohorts"), [("day", 14), ("week", 9), ("month", 12)])
def test_without_a_period_there_are_as_many_cohorts_as_one_can_read(
    returning: httpx.Client, interval: str, cohorts: int
) -> None:
    assert len(ask(returning, "/api/query/retention", interval=interval)["cohorts"]) == cohorts


def test_a_cohort_that_has_not_begun_knows_nothing(returning: httpx.Client) -> None:
    asked = {"interval": "day", "from": "2026-03-20", "to": "2026-03-20"}
    (cohort,) = returning.post("/api/query/retention", json=asked).json()["data"]["cohorts"]
    assert (cohort["visitors"], cohort["returned"], cohort["rates"]) == (0, [], [])


@pytest.mark.parametrize("body", [{"interval": "hour"}, {"interval": "weak"}, {"later": 61}, {"later": -1}])
def test_a_retention_that_means_nothing_is_a_400(returning: httpx.Client, body: dict[str, Any]) -> None:
    problem(returning.post("/api/query/retention", json=body), 400)


LEAVES = {"engaged_ms": 30_000, "scroll_depth": 80}
CLICK = ("click", "/pricing", {"element_tag": "button", "element_id": "buy", "element_text": "Buy"})


@pytest.fixture
def ways(reader: httpx.Client, clock: Clock) -> httpx.Client:
    """Three ways through /pricing."""
    skims = {"engaged_ms": 10_000, "scroll_depth": 40}
    happen(
        reader,
        clock,
        visit("ann", "/", "/pricing", CLICK, CLICK, ("page_exit", "/pricing", LEAVES), "/cart"),
        visit(
            "bob", "/pricing", CLICK, ("page_exit", "/pricing", skims), "/blog", referrer="https://search.naver.com/"
        ),
        visit("cat", "/", "/pricing", "/pricing"),
        visit("dan", "/"),
    )
    return reader


def test_where_people_go_from_a_page(ways: httpx.Client) -> None:
    data = ask(ways, "/api/query/journey", page="/pricing/", before=1, after=2)
    assert data["sessions"] == 3
    assert [tuple(each.values()) for each in data["links"]] == [
        (-1, "/", "/pricing", 2),
        (-1, None, "/pricing", 1),
        (1, "/pricing", None, 1),
        (1, "/pricing", "/blog", 1),
        (1, "/pricing", "/cart", 1),
        (2, "/blog", None, 1),
        (2, "/cart", None, 1),
    ]
    assert data["others"] == {"-1": 0, "1": 0, "2": 0}
    assert data["query"]["page"] == "/pricing"


def test_links_that_are_left_out_are_counted(ways: httpx.Client) -> None:
    data = ask(ways, "/api/query/journey", page="/pricing", before=1, after=1, limit=1)
    assert [tuple(each.values()) for each in data["links"]] == [(-1, "/", "/pricing", 2), (1, "/pricing", None, 1)]
    assert data["others"] == {"-1": 1, "1": 2}


def test_the_way_of_those_from_one_source(ways: httpx.Client) -> None:
    data = ask(ways, "/api/query/journey", page="/pricing", before=0, after=1, filters=[where("source", "Naver")])
    assert [each["to"] for each in data["links"]] == ["/blog"]


def test_a_page_that_nobody_saw_leads_nowhere(ways: httpx.Client) -> None:
    data = ask(ways, "/api/query/journey", page="/nothing")
    assert (data["sessions"], data["links"]) == (0, [])


@pytest.mark.parametrize("body", [{}, {"page": ""}, {"page": "/", "after": 6}, {"page": "/", "limit": 0}])
def test_a_journey_that_means_nothing_is_a_400(ways: httpx.Client, body: dict[str, Any]) -> None:
    problem(ways.post("/api/query/journey", json=body), 400)


def test_a_page_in_detail(ways: httpx.Client) -> None:
    data = ask(ways, "/api/query/page", page="/pricing", period="today")
    assert data["summary"] == {
        "page_views": 4,  # cat loaded it again
        "visitors": 3,
        "sessions": 3,
        "entries": 1,  # bob
        "exits": 1,  # cat
        "exit_rate": 0.25,
        "time_on_page": 20_000.0,  # ann 30 seconds, bob 10; cat's browser said nothing
        "scroll_depth": 60.0,  # 80 and 40 percent
        "conversions": 0,
    }
    assert (data["comparison"], data["change"]) == (None, None)
    assert [each for each in data["timeseries"] if each["page_views"]] == [
        {"time": NOON, "page_views": 4, "visitors": 3}
    ]
    assert data["next"] == [
        {"page": None, "sessions": 1},
        {"page": "/blog", "sessions": 1},
        {"page": "/cart", "sessions": 1},
    ]
    assert data["previous"] == [{"page": "/", "sessions": 2}, {"page": None, "sessions": 1}]
    assert data["clicks"] == [{"element": 'button#buy "Buy"', "events": 3, "visitors": 2}]
    assert data["sources"] == [
        {"source": "Direct", "visitors": 2, "page_views": 3},
        {"source": "Naver", "visitors": 1, "page_views": 1},
    ]


def test_a_page_compared_and_filtered(ways: httpx.Client, clock: Clock) -> None:
    happen(ways, clock, visit("ann", "/pricing", at=NOON + DAY))
    clock.now = NOON + DAY + 2 * HOUR
    data = ask(ways, "/api/query/page", page="/pricing", period="today", compare="previous")
    assert (data["summary"]["visitors"], data["comparison"]["visitors"]) == (1, 3)
    assert data["change"]["page_views"] == -0.75
    naver = ask(ways, "/api/query/page", page="/pricing", filters=[where("source", "Naver")])
    assert (naver["summary"]["page_views"], naver["next"]) == (1, [{"page": "/blog", "sessions": 1}])


def test_a_page_that_nobody_saw_is_all_zero(ways: httpx.Client) -> None:
    data = ask(ways, "/api/query/page", page="/nothing")
    assert not any(data["summary"].values())
    assert data["clicks"] == data["sources"] == data["next"] == data["previous"] == []


def test_a_page_by_the_minute_for_a_year_is_refused(ways: httpx.Client) -> None:
    body = {"page": "/", "interval": "minute", "period": "12mo"}
    assert problem(ways.post("/api/query/page", json=body), 400)["code"] == "too_many_rows"
