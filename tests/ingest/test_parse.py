"""Bodies and events that are wrong: each with its own clear message, and none that harms its neighbours."""

from __future__ import annotations

import json
from typing import Any

import pytest

from liveinsight.ingest.outcome import REJECTED
from tests.factories import NOON
from tests.ingest.tracker import post, post_events, sent

DEEP = 100_000


def text(**fields: Any) -> str:
    return json.dumps(sent(**fields))


def raw(name: str, value: str) -> str:
    """A good event with one more member, written as given."""
    return f'{text(**{name: ...})[:-1]}, "{name}": {value}}}'


BAD_EVENTS = {
    "no session": (text(session_id=...), "session_id", "is required"),
    "empty session": (text(session_id=""), "session_id", "at least 1 character"),
    "long session": (text(session_id="x" * 101), "session_id", "at most 100 characters"),
    "numeric session": (text(session_id=7), "session_id", "valid string"),
    "no time": (text(timestamp=...), "timestamp", "is required"),
    "time as text": (text(timestamp=str(NOON)), "timestamp", "valid integer"),
    "fractional time": (text(timestamp=NOON + 0.5), "timestamp", "valid integer"),
    "time true": (text(timestamp=True), "timestamp", "valid integer"),
    "time zero": (text(timestamp=0), "timestamp", "greater than 0"),
    "time in microseconds": (text(timestamp=NOON * 1000), "timestamp", "less than or equal"),
    "endless time": (raw("timestamp", "9" * 5000), "timestamp", "valid integer"),
    "time NaN": (raw("timestamp", "NaN"), "timestamp", "valid integer"),
    "no type": (text(event_type=...), "event_type", "is required"),
    "type with a space": (text(event_type="page view"), "event_type", "match pattern"),
    "type with a line end": (text(event_type="page_view\n"), "event_type", "match pattern"),
    "long type": (text(event_type="x" * 65), "event_type", "at most 64 characters"),
    "Korean type": (text(event_type="클릭"), "event_type", "match pattern"),
    "no address": (text(page_url=...), "page_url", "is required"),
    "address null": (text(page_url=None), "page_url", "valid string"),
    "relative address": (text(page_url="/pricing"), "page_url", "starts with http:// or https://"),
    "address without slashes": (text(page_url="https:shop.example/"), "page_url", "starts with http:// or https://"),
    "address without scheme": (text(page_url="//shop.example/"), "page_url", "starts with http:// or https://"),
    "script address": (text(page_url="javascript:alert(1)//https://x"), "page_url", "starts with http:// or https://"),
    "file address": (text(page_url="file:///etc/passwd"), "page_url", "starts with http:// or https://"),
    "address without host": (text(page_url="https:///x"), "page_url", "must name a host"),
    "address with a bad port": (text(page_url="https://shop.example:99999/"), "page_url", "must name a host"),
    "address with half a bracket": (text(page_url="https://[::1/"), "page_url", "must name a host"),
    "address with a space": (text(page_url="https://shop.example/a b"), "page_url", "spaces or control characters"),
    "address with a tab": (text(page_url="https://shop.example/\t"), "page_url", "spaces or control characters"),
    "3,000 characters": (text(page_url="https://shop.example/" + "x" * 2979), "page_url", "at most 2048 characters"),
    "empty id": (text(event_id=""), "event_id", "at least 1 character"),
    "value as text": (text(value="12"), "value", "valid number"),
    "value NaN": (raw("value", "NaN"), "value", "finite"),
    "value infinite": (raw("value", "-Infinity"), "value", "finite"),
    "value too large": (raw("value", "1e999"), "value", "finite"),
    "currency in words": (text(currency="won"[:2]), "currency", "match pattern"),
    "NUL in a title": (text(page_title="a\0b"), "page_title", "NUL"),
    "raw NUL": (raw("page_title", '"a\0b"'), "page_title", "NUL"),
    "NUL in a property": (text(plan="\0"), "plan", "NUL"),
    "NUL in a name": (text(**{"pl\0an": 1}), "pl?an", "NUL"),
    "half a character": (raw("page_title", r'"\ud83d"'), "page_title", "surrogate"),
    "half a character in a property": (raw("plan", r'"x\udc00"'), "plan", "surrogate"),
    "object in a property": (text(plan={"a": 1}), "", "nesting is not kept"),
    "list in a property": (text(plan=[1]), "", "nesting is not kept"),
    "infinite property": (raw("n", "Infinity"), "", "must be a finite number"),
    "huge property": (raw("n", "9" * 30), "", "too large to keep"),
    "endless property": (raw("n", "9" * 5000), "", "finite number"),
    "long property": (text(plan="x" * 501), "", "longer than 500 characters"),
    "long name": (text(**{"x" * 65: 1}), "", "1 to 64 characters"),
    "no name": (text(**{"": 1}), "", "1 to 64 characters"),
    "31 properties": (text(**{f"p{number}": 1 for number in range(31)}), "", "31 custom properties; the limit is 30"),
    "a number": ("7", "", "must be a JSON object"),
    "null": ("null", "", "must be a JSON object"),
    "a list": ("[]", "", "must be a JSON object"),
}


@pytest.mark.parametrize(("bad", "field", "message"), BAD_EVENTS.values(), ids=BAD_EVENTS)
def test_a_bad_event_says_what_is_wrong_and_harms_no_other(bad: str, field: str, message: str) -> None:
    good, also_good = text(event_id="first"), text(event_id="last", page_title="제목 😀")
    intake, error = post(f"[{good}, {bad}, {also_good}]".encode("utf-8", "surrogatepass"))
    assert error is None
    assert [each.event_id for each in intake.events] == ["first", "last"]
    assert intake.events[1].page_title == "제목 😀"
    [(index, _, refusal)] = intake.refused
    assert (index, refusal.outcome, refusal.field) == (1, REJECTED, field)
    assert message in refusal.message
    refusal.message.encode()  # can be sent


GOOD_EVENTS = {
    "shortest": {},
    "nulls": dict.fromkeys(("event_id", "site_id", "user_id", "page_title", "referrer", "value", "currency", "plan")),
    "empty texts": dict.fromkeys(("page_title", "referrer", "user_agent", "element_class", "plan"), ""),
    "longest": {"session_id": "x" * 100, "event_type": "x" * 64, "page_url": "https://shop.example/" + "x" * 2027},
    "30 properties": {f"p{number}": "x" * 500 for number in range(30)},
    "whole value": {"value": 5},
    "largest numbers": {"n": 2**63 - 1, "m": -(2**63), "x": 1e308},
    "Korean": {"session_id": "세션", "page_url": "https://한국.example/가격", "page_title": "가격 ☕", "플랜": "프로"},
    "names of our own": {"properties": 1, "model_config": "x", "__class__": "y", "self": 2, "context": True},
    "IPv6": {"page_url": "http://[::1]:8000/x"},
    "capitals": {"page_url": "HTTPS://Shop.Example/X"},
}


@pytest.mark.parametrize("fields", GOOD_EVENTS.values(), ids=GOOD_EVENTS)
def test_what_is_unusual_and_allowed_is_taken(fields: dict[str, Any]) -> None:
    intake = post_events(sent(**fields))
    assert (len(intake.events), intake.refused) == (1, [])


LONG = {"page_title": 500, "user_agent": 500, "element_class": 200, "element_text": 100}


def test_long_texts_are_cut_and_no_page_view_is_lost_for_them() -> None:
    [event] = post_events(sent(**dict.fromkeys(LONG, "가" * 5000))).events
    assert {name: len(event.sent.get(name) or getattr(event, name)) for name in LONG} == LONG


BAD_BODIES = {
    "empty": (b"", "invalid_json", "not valid JSON"),
    "broken": (b'[{"session_id": "s"', "invalid_json", "line 1, column"),
    "two values": (b"{} {}", "invalid_json", "not valid JSON"),
    "text": (b'"event"', "invalid_json", "list of events"),
    "null": (b"null", "invalid_json", "list of events"),
    "events as object": (b'{"events": {}}', "invalid_json", "list of events"),
    "empty list": (b"[]", "empty_batch", "batch is empty"),
    "no events": (b'{"events": []}', "empty_batch", "batch is empty"),
    "501 events": (json.dumps([sent()] * 501).encode(), "too_many_events", "has 501 events; the limit is 500"),
    "over a MiB": (b" " * (1024 * 1024 + 1), "body_too_large", "1 MiB"),
    "UTF-16": (text(page_title="가").encode("utf-16"), "invalid_encoding", "UTF-8"),
    "EUC-KR": (json.dumps(sent(page_title="가격"), ensure_ascii=False).encode("euc-kr"), "invalid_encoding", "UTF-8"),
    "deep lists": (b"[" * DEEP + b"]" * DEEP, "invalid_json", "nested too deeply"),
    "deep objects": (b'{"a":' * DEEP + b"1" + b"}" * DEEP, "invalid_json", "nested too deeply"),
    "deep in a property": (raw("p", "[" * DEEP + "]" * DEEP).encode(), "invalid_json", "nested too deeply"),
    "sent_at as text": (b'{"events": [{}], "sent_at": "now"}', "invalid_sent_at", "sent_at must be"),
    "sent_at NaN": (b'{"events": [{}], "sent_at": NaN}', "invalid_sent_at", "sent_at must be"),
    "sent_at true": (b'{"events": [{}], "sent_at": true}', "invalid_sent_at", "sent_at must be"),
    "sent_at negative": (b'{"events": [{}], "sent_at": -1}', "invalid_sent_at", "sent_at must be"),
}


@pytest.mark.parametrize(("body", "code", "message"), BAD_BODIES.values(), ids=BAD_BODIES)
def test_a_body_that_cannot_be_read_says_why_and_is_in_the_ledger(body: bytes, code: str, message: str) -> None:
    intake, error = post(body)
    assert error is not None
    assert (error.code, intake.events) == (code, [])
    assert message in error.message
    assert [tuple(each) for each in intake.tallies()] == [("(unknown)", "rejected", code, 1)]


@pytest.mark.parametrize(
    "body",
    [
        text(),
        f"[{text()}]",
        f'{{"events": [{text()}]}}',
        f'{{"events": [{text()}], "sent_at": {NOON}}}',
        f'{{"events": [{text()}], "sent_at": null}}',
        f"\ufeff \n{text()}\n",
    ],
    ids=["one", "list", "envelope", "sent_at", "null", "byte order mark"],
)
def test_one_event_a_list_and_an_envelope_are_the_same(body: str) -> None:
    intake, error = post(body.encode())
    assert (len(intake.events), intake.refused, error) == (1, [], None)


def test_500_events_are_taken() -> None:
    assert len(post_events(*[sent()] * 500).events) == 500
