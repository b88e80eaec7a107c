"""POST /api/events, as trackers, beacons and strangers see it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from liveinsight.errors import QueueFull, StoreUnavailable
from liveinsight.store.memory import MemoryStore
from liveinsight.store.promise import Promise
from tests.factories import NOON
from tests.http.front_ends import as_reader
from tests.http.messages import collect, problem, sent

if TYPE_CHECKING:
    import httpx

    from liveinsight.store.base import Batch, Recorded
    from tests.factories import Clock
    from tests.http.front_ends import Start

URL = "/api/events"


@pytest.mark.parametrize("shape", ["one", "list", "batch"])
@pytest.mark.parametrize("content_type", ["application/json", "text/plain;charset=UTF-8", "application/x-unknown"])
def test_events_are_taken_in_three_shapes_and_any_content_type(
    client: httpx.Client, shape: str, content_type: str
) -> None:
    event = sent()
    body = {"one": event, "list": [event], "batch": {"events": [event], "sent_at": NOON}}[shape]
    answer = client.post(URL, content=json.dumps(body), headers={"Content-Type": content_type})
    assert answer.status_code == 200
    data = {"accepted": 1, "duplicates": 0, "filtered": 0, "rejected": []}
    assert answer.json() == {"status": "success", "data": data}


def test_a_trailing_slash_makes_no_difference(client: httpx.Client) -> None:
    assert client.post(f"{URL}/", json=sent()).json()["data"]["accepted"] == 1


def test_an_event_can_be_read_as_soon_as_it_is_answered(reader: httpx.Client) -> None:
    collect(reader, sent(page="/pricing"))
    assert reader.get("/api/realtime").json()["data"]["online_visitors"] == 1


def test_the_same_event_twice_counts_once(client: httpx.Client) -> None:
    event = sent()
    collect(client, event)
    assert client.post(URL, json=[event, event]).json()["data"] == {
        "accepted": 0,
        "duplicates": 2,
        "filtered": 0,
        "rejected": [],
    }


def test_the_valid_events_of_a_batch_are_stored_and_the_others_are_named(client: httpx.Client) -> None:
    answer = client.post(URL, json=[sent(), sent(timestamp=-1), sent(page_url="nowhere"), sent()])
    assert answer.status_code == 200
    data = answer.json()["data"]
    assert data["accepted"] == 2
    assert [(each["index"], each["field"]) for each in data["rejected"]] == [(1, "timestamp"), (2, "page_url")]


def test_nothing_valid_is_a_400_that_says_why(client: httpx.Client) -> None:
    envelope = problem(client.post(URL, json=[sent(event_type="page view")]), 400)
    assert envelope["details"][0]["field"] == "event_type"
    assert "event_type" in envelope["message"]


def test_a_bot_is_filtered_and_that_is_a_success(client: httpx.Client) -> None:
    data = client.post(URL, json=sent(user_agent="Googlebot/2.1")).json()["data"]
    assert data == {"accepted": 0, "duplicates": 0, "filtered": 1, "rejected": []}


@pytest.mark.parametrize(
    "body", [b"", b"{", b"null", b"[]", b'"text"', b"\xff\xfe", b"[" * 100_000, b'{"events": []}', b"1" * 10_000]
)
def test_a_body_that_is_no_event_is_a_400(client: httpx.Client, body: bytes) -> None:
    problem(client.post(URL, content=body), 400)


def test_more_than_one_mebibyte_is_a_413_announced_or_not(client: httpx.Client) -> None:
    large = b" " * (1024 * 1024 + 1)
    assert problem(client.post(URL, content=large), 413)["code"] == "body_too_large"
    in_parts = (large[start : start + 100_000] for start in range(0, len(large), 100_000))
    assert problem(client.post(URL, content=in_parts), 413)["code"] == "body_too_large"


def test_exactly_one_mebibyte_is_read(client: httpx.Client) -> None:
    body = json.dumps(sent()).encode()
    assert client.post(URL, content=body + b" " * (1024 * 1024 - len(body))).status_code == 200


def test_more_than_500_events_are_a_413(client: httpx.Client) -> None:
    assert problem(client.post(URL, json=[sent()] * 501), 413)["code"] == "too_many_events"


def test_a_compressed_body_is_refused_with_its_own_code(client: httpx.Client) -> None:
    answer = client.post(URL, content=b"x", headers={"Content-Encoding": "gzip"})
    assert problem(answer, 400)["code"] == "unsupported_encoding"


def test_a_body_that_is_not_even_read_is_in_the_ledger(reader: httpx.Client) -> None:
    reader.post(URL, content=b" " * (1024 * 1024 + 1))
    reader.post(URL, content=b"x", headers={"Content-Encoding": "gzip"})
    (line,) = reader.get("/api/ledger").json()["data"]["hours"]
    assert (line["site_id"], line["received"], line["rejected"]) == ("(unknown)", 2, 2)
    assert line["reasons"] == {"rejected": {"body_too_large": 1, "unsupported_encoding": 1}}


def test_a_page_of_any_site_may_send(client: httpx.Client) -> None:
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
    preflight = client.options(URL, headers={**asked, "Access-Control-Request-Headers": "content-type"})
    assert preflight.status_code == 204
    assert preflight.content == b""
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert preflight.headers["access-control-allow-methods"] == "POST"
    assert preflight.headers["access-control-allow-headers"] == "content-type"
    assert preflight.headers["access-control-max-age"] == "86400"


def test_every_answer_can_be_read_by_the_page_that_sent_and_carries_no_credentials(client: httpx.Client) -> None:
    for answer in (client.post(URL, json=sent()), client.post(URL, content=b"{"), client.get(URL), client.options(URL)):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_another_method_is_a_405_that_names_the_right_ones(client: httpx.Client, method: str) -> None:
    answer = client.request(method, URL)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "OPTIONS, POST"
    if method != "HEAD":
        assert problem(answer, 405)["code"] == "method_not_allowed"


def test_a_client_that_sends_too_often_is_told_when_to_come_back(start: Start) -> None:
    client = start(rate_limit=0.5)
    for _ in range(5):
        assert client.post(URL, json=sent()).status_code == 200
    answer = client.post(URL, json=sent())
    assert problem(answer, 429)["code"] == "rate_limited"
    assert 1 <= int(answer.headers["retry-after"]) <= 2
    assert answer.headers["access-control-expose-headers"] == "Retry-After"


def test_a_limit_of_0_is_none(start: Start) -> None:
    client = start(rate_limit=0.0)
    assert {client.post(URL, json=sent()).status_code for _ in range(50)} == {200}


def test_behind_a_proxy_each_client_has_its_own_limit(start: Start) -> None:
    client = start(rate_limit=0.1, trusted_proxies=1)

    def status(forwarded: str) -> int:
        return client.post(URL, json=sent(), headers={"X-Forwarded-For": forwarded}).status_code

    assert [status("198.51.100.1"), status("198.51.100.1"), status("198.51.100.2")] == [200, 429, 200]
    assert status("spoofed, 198.51.100.1") == 429


def test_without_a_proxy_forwarded_addresses_and_countries_prove_nothing(start: Start) -> None:
    client = as_reader(start(rate_limit=0.1))
    headers = {"X-Forwarded-For": "198.51.100.1", "CF-IPCountry": "KR"}
    assert client.post(URL, json=sent(), headers=headers).status_code == 200
    assert client.post(URL, json=sent(), headers={"X-Forwarded-For": "198.51.100.2"}).status_code == 429
    assert client.get("/api/sessions/active/").json()[0]["country"] == ""


@pytest.mark.parametrize("header", ["CF-IPCountry", "CloudFront-Viewer-Country", "X-Vercel-IP-Country"])
def test_a_trusted_proxy_tells_the_country(start: Start, header: str) -> None:
    client = as_reader(start(trusted_proxies=1))
    client.post(URL, json=sent(), headers={"X-Forwarded-For": "198.51.100.1", header: "KR"})
    assert client.get("/api/sessions/active/").json()[0]["country"] == "KR"


def test_events_of_a_site_that_is_not_ours_are_refused(start: Start) -> None:
    envelope = problem(start(sites=("other.example",)).post(URL, json=sent()), 400)
    assert envelope["code"] == "site_not_allowed"


class FullStore(MemoryStore):
    def record(self, batch: Batch) -> Promise[Recorded]:
        raise QueueFull(retry_after=7)


class LosingStore(MemoryStore):
    def record(self, batch: Batch) -> Promise[Recorded]:
        future: Promise[Recorded] = Promise()
        future.set_exception(StoreUnavailable())
        return future


class BrokenStore(MemoryStore):
    def record(self, batch: Batch) -> Promise[Recorded]:
        msg = "password=hunter2 in liveinsight/store.py"
        raise RuntimeError(msg)


def test_a_full_queue_is_a_503_that_says_when_to_come_back(start: Start, clock: Clock) -> None:
    answer = start(FullStore()).post(URL, json=sent())
    assert problem(answer, 503)["code"] == "queue_full"
    assert answer.headers["retry-after"] == "7"


def test_events_that_could_not_be_kept_are_a_503_and_not_a_success(start: Start, clock: Clock) -> None:
    answer = start(LosingStore()).post(URL, json=sent())
    assert problem(answer, 503)["code"] == "store_unavailable"
    assert answer.headers["retry-after"] == "1"


def test_a_refusal_that_could_not_be_counted_is_a_503_like_an_event_that_could_not_be_kept(start: Start) -> None:
    answer = start(LosingStore()).post(URL, content=b"x", headers={"Content-Encoding": "gzip"})
    assert problem(answer, 503)["code"] == "store_unavailable"


def test_a_fault_of_ours_is_a_500_that_tells_nothing_and_is_logged(
    start: Start, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    answer = start(BrokenStore()).post(URL, json=sent())
    assert problem(answer, 500)["code"] == "internal_error"
    assert "hunter2" not in answer.text
    assert "hunter2" in caplog.text
