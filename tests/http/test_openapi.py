"""The published document tells the truth: every answer is as it says, and every route is in it."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from liveinsight.handlers import openapi
from tests.factories import MINUTE, NOON, SITE
from tests.http.messages import collect, sent
from tests.http.schema import violations

if TYPE_CHECKING:
    import httpx

ROUTES = {
    ("post", "/api/events"),
    ("get", "/api/realtime"),
    ("get", "/api/live"),
    ("get", "/api/stats"),
    ("get", "/api/sessions/active"),
    ("get", "/api/sessions/{session_id}"),
    ("get", "/api/sessions/{session_id}/events"),
    ("get", "/api/visitors/{visitor}/sessions"),
    ("get", "/api/statistics/hourly"),
    ("get", "/api/statistics/summary"),
    ("get", "/api/statistics/pages"),
    ("get", "/api/statistics/referrers"),
    ("get", "/api/statistics/goals"),
    *((method, "/api/query") for method in ("get", "post")),
    *((method, "/api/query/funnel") for method in ("get", "post")),
    *((method, "/api/query/retention") for method in ("get", "post")),
    *((method, "/api/query/journey") for method in ("get", "post")),
    *((method, "/api/query/page") for method in ("get", "post")),
    ("get", "/api/goals"),
    ("post", "/api/goals"),
    ("put", "/api/goals/{goal_id}"),
    ("delete", "/api/goals/{goal_id}"),
    ("get", "/api/funnels"),
    ("post", "/api/funnels"),
    ("put", "/api/funnels/{funnel_id}"),
    ("delete", "/api/funnels/{funnel_id}"),
    ("get", "/api/segments"),
    ("post", "/api/segments"),
    ("put", "/api/segments/{segment_id}"),
    ("delete", "/api/segments/{segment_id}"),
    ("get", "/api/vocabulary"),
    ("get", "/api/ledger"),
    ("get", "/api/sites"),
    ("post", "/api/sites"),
    ("put", "/api/sites/{site_id}"),
    ("delete", "/api/sites/{site_id}"),
    ("get", "/healthz"),
}
CART = {"dimension": "page", "values": ["/cart"]}
FILTERS = [
    {"not": {"or": [{"dimension": "page", "operator": "contains", "values": ["x"]}, {"did": {"and": [CART, CART]}}]}}
]
GOAL = {"name": "Cart", "filters": [CART]}
FUNNEL = {
    "name": "Way",
    "steps": [{"filters": [{"dimension": "page", "values": ["/"]}]}, {"goal": "cart", "name": "Cart"}],
}
CALLS: list[tuple[str, str, str, Any]] = [
    ("POST", "/api/events", "/api/events", sent(timestamp=NOON)),
    ("POST", "/api/events?some=bad", "/api/events", [sent(), sent(timestamp=-1)]),
    ("POST", "/api/events?all=bad", "/api/events", sent(timestamp=-1)),
    ("POST", "/api/events?too=many", "/api/events", [sent()] * 501),
    ("GET", "/api/events", "/api/events", None),
    ("GET", "/api/realtime", "/api/realtime", None),
    ("GET", "/api/realtime?nothing=1", "/api/realtime", None),
    ("GET", "/api/stats?period=today&compare=year", "/api/stats", None),
    ("GET", "/api/stats", "/api/stats", None),
    ("GET", "/api/sessions/active", "/api/sessions/active", None),
    ("GET", "/api/sessions/s1", "/api/sessions/{session_id}", None),
    ("GET", "/api/sessions/nobody", "/api/sessions/{session_id}", None),
    ("GET", "/api/visitors/ann/sessions", "/api/visitors/{visitor}/sessions", None),
    ("GET", "/api/sessions/s1/events", "/api/sessions/{session_id}/events", None),
    ("GET", "/api/sessions/nobody/events", "/api/sessions/{session_id}/events", None),
    ("GET", "/api/statistics/hourly", "/api/statistics/hourly", None),
    ("GET", "/api/statistics/summary", "/api/statistics/summary", None),
    ("GET", "/api/statistics/summary?period=7d&compare=previous", "/api/statistics/summary", None),
    ("GET", "/api/statistics/pages", "/api/statistics/pages", None),
    ("GET", "/api/statistics/referrers", "/api/statistics/referrers", None),
    ("GET", "/api/statistics/goals", "/api/statistics/goals", None),
    ("GET", '/api/query?q={"metrics": ["visitors"], "dimensions": ["day"]}', "/api/query", None),
    ("GET", "/api/query", "/api/query", None),
    ("GET", '/api/query/funnel?q={"funnel": "way"}', "/api/query/funnel", None),
    ("GET", "/api/query/retention?q={}", "/api/query/retention", None),
    ("GET", '/api/query/journey?q={"page": "/"}', "/api/query/journey", None),
    ("GET", '/api/query/page?q={"page": "/"}', "/api/query/page", None),
    ("POST", "/api/query", "/api/query", {"metrics": ["visitors", "bounce_rate"], "dimensions": ["hour", "page"]}),
    ("POST", "/api/query/", "/api/query", {"metrics": ["nothing"]}),
    ("POST", "/api/query?a=tree", "/api/query", {"metrics": ["visitors"], "filters": FILTERS, "from": 1}),
    ("POST", "/api/query?a=change", "/api/query", {"metrics": ["visitors"], "dimensions": ["page"], "compare": "year"}),
    ("POST", "/api/query/funnel", "/api/query/funnel", {"funnel": "way", "filters": FILTERS}),
    ("POST", "/api/query/funnel?some=steps", "/api/query/funnel", {"steps": FUNNEL["steps"], "days": 3}),
    ("POST", "/api/query/funnel?no=steps", "/api/query/funnel", {}),
    ("POST", "/api/query/retention", "/api/query/retention", {"interval": "day", "later": 3}),
    ("POST", "/api/query/journey", "/api/query/journey", {"page": "/"}),
    ("POST", "/api/query/page", "/api/query/page", {"page": "/", "compare": "previous"}),
    ("GET", "/api/goals", "/api/goals", None),
    ("POST", "/api/goals", "/api/goals", {**GOAL, "name": "Another"}),
    ("POST", "/api/goals?twice=1", "/api/goals", GOAL),
    ("PUT", "/api/goals/cart", "/api/goals/{goal_id}", GOAL),
    ("DELETE", "/api/goals/cart", "/api/goals/{goal_id}", None),
    ("DELETE", "/api/goals/nothing", "/api/goals/{goal_id}", None),
    ("GET", "/api/funnels", "/api/funnels", None),
    ("POST", "/api/funnels", "/api/funnels", {**FUNNEL, "name": "Another", "days": 7}),
    ("PUT", "/api/funnels/way", "/api/funnels/{funnel_id}", FUNNEL),
    ("DELETE", "/api/funnels/way", "/api/funnels/{funnel_id}", None),
    ("GET", "/api/segments", "/api/segments", None),
    ("POST", "/api/segments", "/api/segments", {**GOAL, "name": "Another"}),
    ("PUT", "/api/segments/cart", "/api/segments/{segment_id}", GOAL),
    ("DELETE", "/api/segments/cart", "/api/segments/{segment_id}", None),
    ("GET", "/api/vocabulary", "/api/vocabulary", None),
    ("GET", "/api/ledger", "/api/ledger", None),
    ("GET", "/api/sites", "/api/sites", None),
    ("POST", "/api/sites", "/api/sites", {"site_id": "https://www.new.example/", "timezone": "Asia/Seoul"}),
    ("POST", "/api/sites?no=site", "/api/sites", {"site_id": "a b"}),
    ("PUT", f"/api/sites/{SITE}", "/api/sites/{site_id}", {"timezone": None, "retention_days": 30}),
    ("DELETE", "/api/sites/nobody-s.example", "/api/sites/{site_id}", None),
    ("GET", "/healthz", "/healthz", None),
]


_documents: dict[str, dict[str, Any]] = {}  # by front end: making one takes a while, and it is always the same


@pytest.fixture
def document(front_end: str, client: httpx.Client) -> dict[str, Any]:
    if front_end not in _documents:
        _documents[front_end] = client.get("/api/openapi.json").json()
    return _documents[front_end]


def test_every_route_is_published(document: dict[str, Any]) -> None:
    assert {(method, path) for path, item in document["paths"].items() for method in item} == ROUTES


def test_who_asks_while_the_document_is_made_gets_the_whole(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = openapi._complete

    def slowly(document: dict[str, Any]) -> None:
        time.sleep(0.2)
        made(document)

    monkeypatch.setattr(openapi, "_complete", slowly)
    with ThreadPoolExecutor(3) as pool:
        documents = list(pool.map(lambda _: client.get("/api/openapi.json").json(), range(3)))
    assert ["/api/events" in document["paths"] for document in documents] == [True] * 3


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    names = set(re.findall(r"'#/components/schemas/([^']+)'", str(document)))
    assert names <= document["components"]["schemas"].keys()
    assert "422" not in str(document)


def test_readers_routes_say_that_they_need_a_token(document: dict[str, Any]) -> None:
    public = {path for path, item in document["paths"].items() for each in item.values() if "security" not in each}
    assert public == {"/api/events", "/healthz"}


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call[0]} {call[1]}")
def test_answers_are_as_published(
    reader: httpx.Client, document: dict[str, Any], call: tuple[str, str, str, Any]
) -> None:
    method, url, path, body = call
    purchase = {"conversion_type": "purchase", "value": 29.5, "currency": "EUR", "plan": "pro", "trial": True}
    collect(reader, sent(), sent("conversion", "/cart", timestamp=NOON + MINUTE, user_id="ann", **purchase))
    for route, saved in (("goals", GOAL), ("funnels", FUNNEL), ("segments", GOAL)):
        assert reader.post(f"/api/{route}", json=saved).status_code == 200
    answer = reader.request(method, url, json=body)
    operations = document["paths"][path]
    operation = operations.get(method.lower()) or next(iter(operations.values()))
    schema = operation["responses"][str(answer.status_code)]["content"]["application/json"]["schema"]
    assert violations(answer.json(), schema, document) == []


def test_what_the_tracker_sends_is_as_published(document: dict[str, Any]) -> None:
    body = document["paths"]["/api/events"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    for message in (sent(), [sent()], {"events": [sent(plan="pro")], "sent_at": NOON}):
        assert violations(message, body, document) == []
    assert violations({"events": [{"session_id": SITE}]}, body, document)


def test_the_body_of_every_question_is_published(document: dict[str, Any]) -> None:
    bodies = [call for call in CALLS if call[0] in {"POST", "PUT"} and call[2] != "/api/events"]
    for method, url, path, body in bodies:
        schema = document["paths"][path][method.lower()]["requestBody"]["content"]["application/json"]["schema"]
        assert violations(body, schema, document) == [], url
        assert violations({**body, "nonsense": 1}, schema, document) == ["$.nonsense is not documented"]
    assert len({path for _, _, path, _ in bodies}) == 13
