"""Requests in every shape that AWS gives them, through each function: the answers are those of the ASGI app."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from liveinsight.aws import apps
from liveinsight.service import Analytics
from liveinsight.settings import Settings
from liveinsight.store.memory import MemoryStore
from tests.factories import SITE, Clock
from tests.http import lambda_events
from tests.http.front_ends import ADDRESS, TOKEN, asgi
from tests.http.messages import sent

if TYPE_CHECKING:
    from collections.abc import Callable

    Shape = Callable[[httpx.Request, str], dict[str, Any]]

SHAPES = [lambda_events.function_url, lambda_events.http_api, lambda_events.rest_api, lambda_events.load_balancer]
READER = {"Authorization": f"Bearer {TOKEN}", "Accept-Encoding": "gzip"}
BEACON = {"Content-Type": "text/plain;charset=UTF-8"}
PREFLIGHT = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
EVENT = sent(user_id="ann", page_title="가격 \u2013 €", element_text="💡")
JUNK = bytes(range(256))

COLLECTED: dict[str, dict[str, Any]] = {
    "json": {"method": "POST", "json": EVENT},
    "a batch": {"method": "POST", "json": {"events": [EVENT, sent(timestamp=-1)], "sent_at": 1}},
    "a beacon": {"method": "POST", "content": json.dumps(EVENT), "headers": BEACON},
    "a beacon in base64": {"method": "POST", "content": json.dumps(EVENT), "headers": {"Content-Type": "x/y"}},
    "binary junk": {"method": "POST", "content": JUNK, "headers": {"Content-Type": "application/octet-stream"}},
    "binary junk as text": {"method": "POST", "content": JUNK, "headers": BEACON},
    "nothing": {"method": "POST"},
    "6 MB": {"method": "POST", "content": b"[" + b" " * 6_000_000 + b"]", "headers": BEACON},
    "6 MB of junk": {"method": "POST", "content": JUNK * 23_000, "headers": {"Content-Type": "image/png"}},
    "compressed": {"method": "POST", "content": b"\x1f\x8b", "headers": {"Content-Encoding": "gzip"}},
    "a preflight": {"method": "OPTIONS", "headers": PREFLIGHT},
    "another method": {"method": "DELETE"},
}
READ = [
    "/api/realtime/",
    f"/api/realtime?site_id={SITE}",
    "/api/realtime?site_id=nobody.example",
    "/api/realtime?surprise=1",
    "/api/sessions/active/",
    "/api/sessions/s1/events/",
    "/api/sessions/%EC%84%B8%EC%85%98%2F1/events",
    "/api/stats?period=today&compare=previous",
    "/api/statistics/hourly/?hours=3&timezone=Asia%2FSeoul",
    "/api/statistics/pages/",
    '/api/query?q={"metrics": ["visitors"], "dimensions": ["page"]}',
    "/api/vocabulary",
    "/api/nothing",
    "/login",
    "/login?token=wrong",
    "/healthz",
]


def service(clock: Clock) -> Analytics:
    return Analytics(MemoryStore(), Settings(admin_token=TOKEN), clock)


def answers_of(function: Any, shape: Shape, request: httpx.Request) -> httpx.Response:
    return lambda_events.read_answer(function(shape(request, ADDRESS), None))


def same(answer: httpx.Response, expected: httpx.Response) -> None:
    assert answer.status_code == expected.status_code
    assert answer.content == expected.content
    assert told(answer) == told(expected)


def told(answer: httpx.Response) -> dict[str, str]:
    """The headers. AWS names a type also for what is empty, and the length by itself."""
    left_out = {"content-length"} | (set() if answer.content else {"content-type"})
    return {name: value for name, value in answer.headers.multi_items() if name not in left_out}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("asked", COLLECTED.values(), ids=COLLECTED)
def test_the_collector_answers_as_the_app(shape: Shape, asked: dict[str, Any]) -> None:
    request = httpx.Request(url="https://live.example/api/events", **asked)
    with asgi(service(Clock())) as client:
        expected = client.request(url="/api/events", **asked)
    same(answers_of(apps.collector(service(Clock())), shape, request), expected)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("path", READ)
def test_readers_get_the_answers_of_the_app(shape: Shape, path: str) -> None:
    analytics = service(Clock())
    events = [sent(user_id="ann"), sent("click", user_id="ann"), sent(session_id="세션/1")]
    with asgi(analytics) as client:
        client.post("/api/events", json=events)
        expected = client.get(path, headers=READER)
    functions = [apps.stats(analytics, TOKEN)]
    if path.startswith(("/api/realtime", "/api/sessions")):
        functions.append(apps.realtime(analytics, TOKEN))
    for function in functions:
        same(answers_of(function, shape, httpx.Request("GET", f"https://live.example{path}", headers=READER)), expected)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_question_can_be_posted(shape: Shape, analytics: Analytics) -> None:
    body = {"metrics": ["visitors"], "dimensions": ["page"]}
    request = httpx.Request("POST", "https://live.example/api/query/", json=body, headers=READER)
    assert answers_of(apps.stats(analytics, TOKEN), shape, request).json()["data"]["rows"] == []


@pytest.mark.parametrize("shape", SHAPES)
def test_the_login_gives_a_cookie_that_opens_the_numbers(shape: Shape, analytics: Analytics) -> None:
    function = apps.stats(analytics, TOKEN)
    answer = answers_of(function, shape, httpx.Request("GET", f"https://live.example/login?token={TOKEN}"))
    assert (answer.status_code, answer.headers["location"]) == (303, "./")
    assert "secure" in answer.headers["set-cookie"].lower()
    cookie = {"Cookie": f"theme=dark; {answer.headers['set-cookie'].partition(';')[0]}"}
    answer = answers_of(function, shape, httpx.Request("GET", "https://live.example/api/sites", headers=cookie))
    assert answer.status_code == 200


def test_without_the_token_nothing_is_told(analytics: Analytics) -> None:
    for function in (apps.realtime(analytics, TOKEN), apps.stats(analytics, TOKEN)):
        request = httpx.Request("GET", "https://live.example/api/realtime")
        assert answers_of(function, lambda_events.function_url, request).status_code == 401


@pytest.mark.parametrize("path", ["/api/realtime", "/api/sessions/active/"])
def test_what_cloudfront_keeps_for_a_moment_it_must_not_show_when_the_function_fails(
    path: str, analytics: Analytics
) -> None:
    request = httpx.Request("GET", f"https://live.example{path}", headers=READER)
    answer = answers_of(apps.realtime(analytics, TOKEN), lambda_events.function_url, request)
    assert answer.status_code == 200
    assert "stale-if-error=0" in answer.headers["cache-control"]  # as AWS says how to


def test_who_asks_for_a_stream_is_told_to_poll(analytics: Analytics) -> None:
    request = httpx.Request("GET", "https://live.example/api/live", headers=READER)
    answer = answers_of(apps.stats(analytics, TOKEN), lambda_events.function_url, request)
    assert (answer.status_code, answer.json()["code"]) == (404, "no_stream")
    assert "/api/realtime" in answer.json()["message"]


def test_the_collector_has_nothing_else(analytics: Analytics) -> None:
    request = httpx.Request("GET", "https://live.example/api/stats", headers=READER)
    answer = answers_of(apps.collector(analytics), lambda_events.function_url, request)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
