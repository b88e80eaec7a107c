"""Goals and funnels that owners save."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.factories import SITE
from tests.http.front_ends import with_cookie
from tests.http.messages import collect, problem, sent
from tests.http.visits import ask, happen, rows, visit, where

if TYPE_CHECKING:
    import httpx

    from tests.factories import Clock

SIGNUP = {"name": "Sign up", "filters": [where("event_type", "signup")]}
PRICING = {"name": "요금제 보기", "filters": [where("page", "/pricing*", operator="matches")]}
FUNNEL = {"name": "Trial", "steps": [{"name": "Prices", "filters": PRICING["filters"]}, {"goal": "sign-up"}], "days": 7}


@pytest.fixture
def shop(reader: httpx.Client, clock: Clock) -> httpx.Client:
    """A site where one of two visitors signed up."""
    happen(
        reader,
        clock,
        visit("ann", "/", "/pricing", ("signup", "/pricing", {"plan": "pro"}), referrer="https://search.naver.com/"),
        visit("bob", "/", "/pricing/team"),
    )
    return reader


def saved(client: httpx.Client, route: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(route, json=body)
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


def test_a_goal_is_saved_listed_changed_and_deleted(shop: httpx.Client) -> None:
    goal = saved(shop, "/api/goals", SIGNUP)
    assert goal == {"id": "sign-up", **SIGNUP}
    saved(shop, "/api/goals", PRICING)
    assert [each["id"] for each in shop.get("/api/goals").json()["data"]["goals"]] == ["sign-up", "요금제-보기"]

    changed = {"name": "Signed up", "filters": [where("event_type", "signup", "subscribe")]}
    assert shop.put("/api/goals/sign-up", json=changed).json()["data"] == {"id": "sign-up", **changed}
    assert shop.delete("/api/goals/요금제-보기").json()["data"]["name"] == PRICING["name"]
    assert shop.get("/api/goals/").json()["data"]["goals"] == [{"id": "sign-up", **changed}]


def test_a_funnel_is_saved_listed_changed_and_deleted(shop: httpx.Client) -> None:
    saved(shop, "/api/goals", SIGNUP)
    assert saved(shop, "/api/funnels", FUNNEL) == {"id": "trial", **FUNNEL}
    shorter = {"name": "Trial", "steps": FUNNEL["steps"]}
    assert shop.put("/api/funnels/trial/", json=shorter).json()["data"] == {"id": "trial", **shorter, "days": 0}
    assert [each["days"] for each in shop.get("/api/funnels").json()["data"]["funnels"]] == [0]
    assert shop.delete("/api/funnels/trial").status_code == 200
    assert shop.get("/api/funnels").json()["data"]["funnels"] == []


def test_conversions_of_a_goal_by_source(shop: httpx.Client) -> None:
    saved(shop, "/api/goals", SIGNUP)
    asked: dict[str, Any] = {"metrics": ["conversions", "conversion_rate"], "dimensions": ["source"], "goal": "sign-up"}
    assert rows(shop, **asked) == [("Naver", 1, 1.0), ("Direct", 0, 0.0)]
    assert ask(shop, **asked)["query"]["goal"] == SIGNUP["filters"]


def test_how_often_each_goal_was_reached_most_often_first(shop: httpx.Client) -> None:
    for goal in (SIGNUP, PRICING):
        saved(shop, "/api/goals", goal)
    # Of the two visitors both saw a price: ann one page view and her sign-up there, bob one page view.
    assert shop.get("/api/statistics/goals/").json() == [
        {
            "goal": "요금제-보기",
            "name": "요금제 보기",
            "conversions": 3,
            "conversion_rate": 1.0,
            "converted_sessions": 2,
            "session_conversion_rate": 1.0,
        },
        {
            "goal": "sign-up",
            "name": "Sign up",
            "conversions": 1,
            "conversion_rate": 0.5,
            "converted_sessions": 1,
            "session_conversion_rate": 0.5,
        },
    ]
    none_then = shop.get("/api/statistics/goals", params={"period": "yesterday"}).json()
    assert [each["conversions"] for each in none_then] == [0, 0]


def test_names_that_look_alike_have_ids_of_their_own(shop: httpx.Client) -> None:
    ids = [saved(shop, "/api/goals", {**SIGNUP, "name": name})["id"] for name in ("Buy", "Buy!", "buy?", "!!!")]
    assert ids == ["buy", "buy-2", "buy-3", "goal"]


@pytest.mark.parametrize("name", ["Sign up", "SIGN UP", " sign   up "])
def test_a_name_is_taken_once(shop: httpx.Client, name: str) -> None:
    saved(shop, "/api/goals", SIGNUP)
    assert problem(shop.post("/api/goals", json={**SIGNUP, "name": name}), 400)["code"] == "goal_exists"
    saved(shop, "/api/goals", PRICING)
    assert problem(shop.put("/api/goals/요금제-보기", json={**PRICING, "name": name}), 400)["code"] == "goal_exists"
    assert shop.put("/api/goals/sign-up", json={**SIGNUP, "name": name}).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"name": "", "filters": SIGNUP["filters"]},
        {"name": "\n", "filters": SIGNUP["filters"]},
        {"name": "a\x00b", "filters": SIGNUP["filters"]},
        {"name": "x" * 101, "filters": SIGNUP["filters"]},
        {"name": "x"},
        {"name": "x", "filters": []},
        {"name": "x", "filters": [where("no_such", "y")]},
        {"name": "x", "filters": [where("page", "/"), {}]},
        {**SIGNUP, "id": "mine"},
        [],
    ],
)
def test_a_goal_that_means_nothing_is_a_400(shop: httpx.Client, body: Any) -> None:
    problem(shop.post("/api/goals", json=body), 400)
    assert shop.get("/api/goals").json()["data"]["goals"] == []


@pytest.mark.parametrize(
    ("steps", "status"),
    [
        ([], 400),
        ([{"filters": SIGNUP["filters"]}], 400),
        ([{"filters": SIGNUP["filters"]}] * 11, 400),
        ([{"filters": SIGNUP["filters"]}, {}], 400),
        ([{"filters": SIGNUP["filters"]}, {"filters": []}], 400),
        ([{"filters": SIGNUP["filters"]}, {"filters": SIGNUP["filters"], "goal": "sign-up"}], 400),
        ([{"filters": SIGNUP["filters"]}, {"filters": [where("no_such", "y")]}], 400),
        ([{"filters": SIGNUP["filters"]}, {"goal": "nobody-s"}], 404),
    ],
)
def test_a_funnel_that_means_nothing_is_refused(shop: httpx.Client, steps: list[Any], status: int) -> None:
    problem(shop.post("/api/funnels", json={"name": "x", "steps": steps}), status)
    assert shop.get("/api/funnels").json()["data"]["funnels"] == []


def test_a_goal_that_a_funnel_needs_stays(shop: httpx.Client) -> None:
    saved(shop, "/api/goals", SIGNUP)
    saved(shop, "/api/funnels", FUNNEL)
    envelope = problem(shop.delete("/api/goals/sign-up"), 400)
    assert envelope["code"] == "goal_in_use"
    assert "Trial" in envelope["message"]
    shop.delete("/api/funnels/trial")
    assert shop.delete("/api/goals/sign-up").status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("goal", SIGNUP),
        ("funnel", {"name": "x", "steps": [PRICING_STEP := {"filters": SIGNUP["filters"]}, PRICING_STEP]}),
    ],
)
def test_what_is_not_there_is_a_404(shop: httpx.Client, method: str, kind: str, body: Any) -> None:
    saved(shop, "/api/goals", SIGNUP)
    for unknown in ("nobody-s", "%00", "x" * 90):
        envelope = problem(shop.request(method, f"/api/{kind}s/{unknown}", json=body), 404)
        assert envelope["code"] == f"unknown_{kind}"


def test_a_goal_nearly_named_right_is_offered(shop: httpx.Client) -> None:
    saved(shop, "/api/goals", SIGNUP)
    envelope = problem(shop.post("/api/query", json={"metrics": ["conversions"], "goal": "signup"}), 404)
    assert "'sign-up'" in envelope["message"]


def test_sites_have_goals_of_their_own(shop: httpx.Client) -> None:
    collect(shop, sent(site_id="other.example"))
    assert problem(shop.post("/api/goals", json=SIGNUP), 400)["code"] == "site_required"
    saved(shop, "/api/goals", {**SIGNUP, "site_id": "other.example"})
    assert len(shop.get("/api/goals", params={"site_id": "other.example"}).json()["data"]["goals"]) == 1
    assert shop.get("/api/goals", params={"site_id": SITE}).json()["data"]["goals"] == []
    problem(shop.delete("/api/goals/sign-up", params={"site_id": SITE}), 404)


def test_before_the_first_event_a_goal_needs_its_site(reader: httpx.Client) -> None:
    assert problem(reader.post("/api/goals", json=SIGNUP), 400)["code"] == "site_required"
    assert reader.get("/api/goals").json()["data"]["goals"] == []
    assert reader.post("/api/goals", json={**SIGNUP, "site_id": SITE}).status_code == 200


def test_a_site_has_so_many_goals_and_no_more(shop: httpx.Client) -> None:
    for number in range(50):
        saved(shop, "/api/goals", {**SIGNUP, "name": f"Goal {number}"})
    assert problem(shop.post("/api/goals", json=SIGNUP), 400)["code"] == "too_many_goals"


@pytest.mark.parametrize("route", ["/api/goals", "/api/funnels", "/api/goals/x", "/api/funnels/x"])
def test_only_readers_may_save(client: httpx.Client, route: str) -> None:
    for method in ("GET", "POST") if route.count("/") == 2 else ("PUT", "DELETE"):
        problem(client.request(method, route, json=SIGNUP), 401)


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data", ""])
def test_a_form_on_another_page_can_save_nothing_with_a_readers_cookie(shop: httpx.Client, kind: str) -> None:
    del shop.headers["Authorization"]
    with_cookie(shop)
    body = b'{"name": "Sign up", "filters": [{"dimension": "page", "values": ["/"]}]}'
    for method, route in (("POST", "/api/goals"), ("PUT", "/api/goals/x"), ("POST", "/api/funnels")):
        answer = shop.request(method, route, content=body, headers={"Content-Type": kind})
        assert problem(answer, 400)["code"] == "json_required"
    assert shop.get("/api/goals").json()["data"]["goals"] == []
    json = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert shop.post("/api/goals", content=body, headers=json).status_code == 200


def test_a_browser_that_asks_for_another_page_is_not_told_that_it_may(shop: httpx.Client) -> None:
    asks = {"Origin": "https://evil.example", "Access-Control-Request-Method": "PUT"}
    answer = shop.options("/api/goals/sign-up", headers=asks)
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_goal_that_is_too_large_is_a_413(shop: httpx.Client) -> None:
    problem(shop.post("/api/goals", json={**SIGNUP, "filters": [where("page", "x" * 300_000)]}), 413)


def test_a_page_is_reached_once_however_long_it_is_read(reader: httpx.Client, clock: Clock) -> None:
    reading: list[Any] = [("heartbeat", "/thanks", {}), ("heartbeat", "/thanks", {}), ("page_exit", "/thanks", {})]
    happen(reader, clock, visit("ann", "/thanks", *reading))
    page = where("page", "/thanks")
    assert rows(reader, metrics=["conversions"], goal=[page]) == [(1,)]
    assert rows(reader, metrics=["conversions"], goal=[page, where("event_type", "heartbeat")]) == [(2,)]
