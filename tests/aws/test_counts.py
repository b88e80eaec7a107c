"""What the collector's log says: how many events, and nothing about whose they are."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from liveinsight.aws import apps
from liveinsight.aws.counts import collected
from liveinsight.errors import StoreUnavailable
from liveinsight.logs import JsonFormatter
from liveinsight.store.memory import MemoryStore
from tests.http import lambda_events
from tests.http.front_ends import ADDRESS
from tests.http.messages import sent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from liveinsight.service import Analytics

BOT = "Googlebot/2.1 (+http://www.google.com/bot.html)"


def post(analytics: Analytics, **asked: Any) -> int:
    function: Any = apps.collector(analytics, collected)
    request = httpx.Request("POST", "https://live.example/api/events", **asked)
    return lambda_events.read_answer(function(lambda_events.function_url(request, ADDRESS), None)).status_code


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(JsonFormatter().format(record)) for record in caplog.records]


@pytest.fixture(autouse=True)
def _logs(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """As configure_logging does; the test of the whole stack reads real logs."""
    caplog.set_level(logging.INFO)
    talkative = logging.getLogger("mangum")
    level = talkative.level
    talkative.setLevel(logging.WARNING)
    yield
    talkative.setLevel(level)


def test_every_event_of_a_request_is_counted_as_what_became_of_it(
    analytics: Analytics, caplog: pytest.LogCaptureFixture
) -> None:
    event = sent(user_id="ann@example.com")
    assert post(analytics, json=[event, event, sent(), sent(user_agent=BOT), sent(timestamp=-1)]) == 200
    [line] = [line for line in lines(caplog) if line["message"] == "collected"]
    counted = {name: number for name, number in line.items() if name.startswith("Events")}
    assert counted == {
        "EventsReceived": 5,
        "EventsStored": 2,
        "EventsDuplicate": 1,
        "EventsFiltered": 1,
        "EventsRejected": 1,
    }
    [described] = line["_aws"]["CloudWatchMetrics"]
    assert {metric["Name"] for metric in described["Metrics"]} == set(counted)
    assert described["Dimensions"] == [["Stack"]]


def test_a_body_that_cannot_be_read_is_one_rejected_event(
    analytics: Analytics, caplog: pytest.LogCaptureFixture
) -> None:
    assert post(analytics, content=b"[") == 400
    assert post(analytics, content=b" " * 2_000_000) == 413
    assert [line["EventsRejected"] for line in lines(caplog)] == [1, 1]


def test_what_was_not_taken_is_not_counted(
    analytics: Analytics, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(MemoryStore, "record", away)
    assert post(analytics, json=sent()) == 503
    assert not [line for line in lines(caplog) if "_aws" in line]


def test_nothing_in_the_log_is_about_a_person(analytics: Analytics, caplog: pytest.LogCaptureFixture) -> None:
    event = sent(user_id="ann@example.com", session_id="her-session", page="/her/page", referrer="https://her.example")
    assert post(analytics, json=event) == 200
    text = json.dumps(lines(caplog))
    assert "EventsStored" in text
    assert not [word for word in ("ann@", "her-session", "/her", "her.example", ADDRESS, "Chrome") if word in text]
