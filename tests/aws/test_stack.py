"""From nothing to a live dashboard and back: the template and the zips as they are deployed.

The emulator makes the stack through CloudFormation and the SAM transform, runs the functions from their zips, calls the
aggregator by the stream, and refuses what the roles do not allow. It has no CloudFront before functions, no schedule
that is due within a test, and no alarm that rings: for those there are cfn-lint and test_template.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from liveinsight.store.dynamodb import keys
from liveinsight.wire.files import TRACKER, WEB
from scripts.deploy import upload_pages
from scripts.package import RUNTIME
from tests.aws.stack import NAME, TOKEN, Aws, Stack, until
from tests.factories import DAY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

SHOP, BLOG = "shop.example", "blog.example"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
BEACON = {"Content-Type": "text/plain;charset=UTF-8", "User-Agent": CHROME}
_ids = count(1)
_sent: Counter[str] = Counter()  # events that the stack has taken, by site


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    with Aws(tmp_path_factory.mktemp("aws")) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def stack(aws: Aws, zips: dict[str, Path], architecture: str) -> Iterator[Stack]:
    """One for all tests of this file, which share a site's numbers no more than they have to."""
    made = Stack(aws, zips, {"Runtime": RUNTIME, "Architecture": architecture, "Sites": SHOP})
    made.create()
    yield made
    made.delete()
    left = aws.client("dynamodb").list_tables()["TableNames"] + aws.client("lambda").list_functions()["Functions"]
    assert not left


def send(
    stack: Stack, session: str, *kinds: str, viewer: str = "198.51.100.7", site: str = SHOP, days_ago: int = 0
) -> httpx.Response:
    now = time.time_ns() // 1_000_000
    events = [
        {
            "event_id": f"e{next(_ids)}",
            "session_id": session,
            "timestamp": now + number - days_ago * DAY,
            "event_type": kind,
            "page_url": f"https://{site}/{number or ''}",
            "user_id": None,
        }
        for number, kind in enumerate(kinds)
    ]
    with stack.tracker(viewer, "KR") as tracker:
        answer = tracker.post("/api/events", content=json.dumps({"events": events, "sent_at": now}), headers=BEACON)
    if answer.status_code == 200:
        _sent[site] += len(kinds)
    return answer


def ask(stack: Stack, path: str, function: str = "Stats") -> Any:
    with stack.reader(function) as reader:
        answer = reader.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def folded(stack: Stack, site: str = SHOP) -> dict[str, int]:
    """The totals of the ledger, once it has all that was sent of a site: it is the last to hear of an event."""

    def counted() -> Any:
        total = ask(stack, f"/api/ledger?site_id={site}&period=24h")["data"]["total"]
        return total if total["received"] == _sent[site] else None

    total: dict[str, int] = until(counted, f"the ledger has all that {site} sent")
    return total


def test_what_trackers_send_is_live_and_in_the_reports(stack: Stack) -> None:
    answer = send(stack, "s1", "page_view", "click", "page_view")
    assert answer.json()["data"] == {"accepted": 3, "duplicates": 0, "filtered": 0, "rejected": []}
    assert send(stack, "s2", "page_view", viewer="192.0.2.9").json()["data"]["accepted"] == 1

    folded(stack)
    now = ask(stack, f"/api/realtime/?site_id={SHOP}", "Realtime")["data"]
    assert now["last_5_minutes"]["events"] == 4
    assert (now["online_visitors"], now["active_sessions"]) == (2, 2)
    assert now["last_5_minutes"]["by_type"] == {"page_view": 3, "click": 1}
    assert now["countries"] == [{"country": "KR", "visitors": 2}]

    sessions = {each["session_id"]: each for each in ask(stack, "/api/sessions/active/", "Realtime")}
    assert {name: each["events"] for name, each in sessions.items()} == {"s1": 3, "s2": 1}
    assert (sessions["s1"]["browser"], sessions["s1"]["current_page"]) == ("Chrome", "/2")
    assert [each["event_type"] for each in ask(stack, "/api/sessions/s1/events/")] == [
        "page_view",
        "click",
        "page_view",
    ]

    def summed() -> Any:
        found = ask(stack, "/api/stats?period=24h")["data"]["summary"]
        return found if found["events"] == 4 else None

    summary = until(summed, "the sums have four events")
    assert [summary[name] for name in ("visitors", "sessions", "page_views", "events")] == [2, 2, 3, 4]
    assert {(each["page"], each["views"]) for each in ask(stack, "/api/statistics/pages/")} == {("/", 2), ("/2", 1)}
    assert sum(each["count"] for each in ask(stack, "/api/statistics/hourly/?hours=24")) == 4
    query = '/api/query?q={"metrics":["visitors"],"dimensions":["country"],"period":"24h"}'
    assert ask(stack, query)["data"]["rows"] == [{"dimensions": ["KR"], "metrics": [2]}]


def test_an_event_that_comes_again_counts_once(stack: Stack) -> None:
    body = json.dumps(
        {
            "event_id": "again",
            "session_id": "again",
            "timestamp": time.time_ns() // 1_000_000,
            "event_type": "signup",
            "page_url": f"https://{SHOP}/",
        }
    )
    with stack.tracker("198.51.100.8") as tracker:
        answers = [tracker.post("/api/events/", content=body, headers=BEACON).json()["data"] for _ in range(3)]
    assert [(each["accepted"], each["duplicates"]) for each in answers] == [(1, 0), (0, 1), (0, 1)]
    _sent[SHOP] += 3
    total = folded(stack)
    assert (total["duplicates"], total["stored"]) == (2, _sent[SHOP] - 2)
    assert len(ask(stack, "/api/sessions/again/events/")) == 1


def test_sums_of_past_days_are_kept_for_the_next_who_asks(aws: Aws, stack: Stack) -> None:
    assert send(stack, "old", "page_view", days_ago=3).json()["data"]["accepted"] == 1
    stored = folded(stack)["stored"]

    def kept() -> Any:
        assert ask(stack, f"/api/stats?period=7d&site_id={SHOP}")["data"]["summary"]["events"] == stored
        return aws.client("dynamodb").query(
            TableName=f"{NAME}-stats",
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": keys.joined("rollup", SHOP, "UTC")}},
        )["Items"]

    until(kept, "the sums of a day are kept")


def test_who_has_no_token_sees_nothing_and_who_has_it_can_log_in(stack: Stack) -> None:
    for function in ("Stats", "Realtime"):
        with stack.reader(function) as stranger:
            del stranger.headers["Authorization"]
            assert stranger.get("/api/realtime").status_code == 401
    with stack.reader() as browser:
        del browser.headers["Authorization"]
        assert browser.get("/").status_code == 401
        # Not by the form: POST /login is the emulator's own, of another service.
        answer = browser.get("/login", params={"token": TOKEN})
        assert (answer.status_code, "Secure" in answer.headers["set-cookie"]) == (303, True)
        browser.headers["Cookie"] = answer.headers["set-cookie"].partition(";")[0]
        assert "<title>" in browser.get("/").text
        assert browser.get("/api/sites").status_code == 200


def test_what_owners_save_is_kept_and_taken_away(stack: Stack) -> None:
    goal = {"name": "Signup", "filters": [{"dimension": "event_type", "values": ["signup"]}]}
    with stack.reader() as reader:
        assert reader.post("/api/goals", json=goal).status_code == 200
        assert reader.delete("/api/goals/signup").status_code == 200
        assert reader.get("/api/goals").json()["data"]["goals"] == []


def test_tracker_and_dashboard_come_from_files(aws: Aws, stack: Stack) -> None:
    assert upload_pages(aws.client("s3"), stack.outputs["PagesBucket"]) > 5
    with stack.front() as visitor:
        answer = visitor.get("/static/js/liveinsight-tracker.js", headers={"Origin": "https://shop.example"})
        assert answer.content == (WEB / "static/js/liveinsight-tracker.js").read_bytes()
        assert answer.headers["content-type"].startswith(("text/javascript", "application/javascript"))
        assert {name: answer.headers.get(name) for name in TRACKER} == TRACKER
        asset = next((WEB / "dashboard" / "assets").glob("*.js"))
        assert "immutable" in visitor.get(f"/assets/{asset.name}").headers["cache-control"]
    script = f"https://{stack.outputs['Dashboard'].split('/')[2]}/static/js/liveinsight-tracker.js"
    assert stack.outputs["Tracker"] == f'<script defer src="{script}"></script>'


def test_maintenance_may_do_what_it_does(aws: Aws, stack: Stack) -> None:
    assert send(stack, "older", "page_view", days_ago=3).status_code == 200
    folded(stack)
    function = next(
        each["FunctionName"]
        for each in aws.client("lambda").list_functions()["Functions"]
        if each["FunctionName"].startswith(f"{NAME}-Maintenance")
    )
    with stack.reader() as owner:
        assert owner.get("/api/sessions/older/events/").status_code == 200
        assert owner.put(f"/api/sites/{SHOP}", json={"retention_days": 2}).status_code == 200
        answer = aws.client("lambda").invoke(FunctionName=function)
        assert "FunctionError" not in answer, answer["Payload"].read()
        assert owner.get("/api/sessions/older/events/").status_code == 404
    [rule] = aws.client("events").list_rules()["Rules"]
    assert (rule["ScheduleExpression"], rule["State"]) == ("rate(1 hour)", "ENABLED")


def test_the_logs_count_and_name_nobody(stack: Stack) -> None:
    assert send(stack, "her-session", "page_view", viewer="203.0.113.77").status_code == 200
    folded(stack)
    expected = {"EventsReceived", "EventsStored", "EventsRejected", "RecordsFolded", "AggregatorLag"}

    def written() -> dict[str, list[str]] | None:
        found = {name: stack.log(name) for name in ("collector", "realtime", "stats", "aggregator")}
        return found if all(name in str(found) for name in expected) else None

    lines = until(written, "the logs have the metrics")
    of_ours = [json.loads(line) for each in lines.values() for line in each if line.startswith("{")]
    assert not [line for line in of_ours if line["level"] in {"WARNING", "ERROR"}]
    assert expected <= {name for line in of_ours for name in line if "_aws" in line}
    assert {line["Stack"] for line in of_ours if "_aws" in line} == {NAME}
    text = json.dumps(lines)
    assert not [word for word in ("her-session", "203.0.113", "198.51.100", "s1/events", "Chrome") if word in text]


def test_an_upgrade_keeps_everything_and_new_settings_hold(stack: Stack) -> None:
    assert send(stack, "blog", "page_view", site=BLOG).status_code == 400
    folded(stack)
    before = ask(stack, f"/api/stats?period=24h&site_id={SHOP}")["data"]["summary"]["sessions"]
    stack.update(Sites=f"{SHOP},{BLOG}", TimeZone="Asia/Seoul")
    assert send(stack, "blog", "page_view", site=BLOG).json()["data"]["accepted"] == 1
    stats = ask(stack, f"/api/stats?period=24h&site_id={SHOP}")["data"]
    assert stats["timezone"] == "Asia/Seoul"
    assert stats["summary"]["sessions"] == before
