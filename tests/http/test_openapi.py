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
    ("get", "/api/sessions/{session_id}/events"),
    ("get", "/api/statistics/hourly"),
    ("get", "/api/statistics/pages"),
    ("post", "/api/query"),
    ("get", "/api/ledger"),
    ("get", "/api/sites"),
    ("get", "/healthz"),
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
    ("GET", "/api/sessions/s1/events", "/api/sessions/{session_id}/events", None),
    ("GET", "/api/sessions/nobody/events", "/api/sessions/{session_id}/events", None),
    ("GET", "/api/statistics/hourly", "/api/statistics/hourly", None),
    ("GET", "/api/statistics/pages", "/api/statistics/pages", None),
    ("POST", "/api/query", "/api/query", {"metrics": ["visitors", "bounce_rate"], "dimensions": ["hour", "page"]}),
    ("POST", "/api/query/", "/api/query", {"metrics": ["nothing"]}),
    ("GET", "/api/ledger", "/api/ledger", None),
    ("GET", "/api/sites", "/api/sites", None),
    ("GET", "/healthz", "/healthz", None),
]


@pytest.fixture
def document(client: httpx.Client) -> dict[str, Any]:
    document: dict[str, Any] = client.get("/api/openapi.json").json()
    return document


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
    answer = reader.request(method, url, json=body)
    operation = next(iter(document["paths"][path].values()))
    schema = operation["responses"][str(answer.status_code)]["content"]["application/json"]["schema"]
    assert violations(answer.json(), schema, document) == []


def test_what_the_tracker_sends_is_as_published(document: dict[str, Any]) -> None:
    body = document["paths"]["/api/events"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    for message in (sent(), [sent()], {"events": [sent(plan="pro")], "sent_at": NOON}):
        assert violations(message, body, document) == []
    assert violations({"events": [{"session_id": SITE}]}, body, document)


def test_the_query_body_is_published(document: dict[str, Any]) -> None:
    schema = document["paths"]["/api/query"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert (
        violations({"metrics": ["visitors"], "filters": [{"dimension": "page", "values": ["/"]}]}, schema, document)
        == []
    )
    assert violations({"metric": ["visitors"]}, schema, document)
