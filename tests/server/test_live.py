"""GET /api/live, over a real connection."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tests.http.messages import collect, problem, sent
from tests.server.running import messages

if TYPE_CHECKING:
    from tests.server.running import Running


def now() -> int:
    return time.time_ns() // 1_000_000


def test_a_stream_begins_with_realtime_and_a_backlog_of_its_site(server: Running) -> None:
    with server.client() as client:
        collect(client, *(sent(page=f"/{number}", timestamp=now() - 100 + number) for number in range(60)))
        collect(client, sent(site_id="other.example", timestamp=now()))
        with client.stream("GET", "/api/live", params={"site_id": "shop.example"}) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert answer.headers["cache-control"] == "private, no-store, stale-if-error=0"
            assert answer.headers["x-accel-buffering"] == "no"
            stream = messages(answer)
            event, data = next(stream)
            assert (event, data["online_visitors"], data["last_5_minutes"]["events"]) == ("realtime", 1, 60)
            event, data = next(stream)
    assert (event, data["backlog"]) == ("events", True)
    assert [each["page"] for each in data["events"]] == [f"/{number}" for number in range(10, 60)]


def test_an_event_is_in_the_stream_as_soon_as_it_is_stored(server: Running) -> None:
    with server.client() as client, client.stream("GET", "/api/live") as answer:
        stream = messages(answer)
        assert next(stream)[1]["site_id"] == ""
        assert next(stream)[1] == {"events": [], "backlog": True}
        collect(client, sent(page="/first", timestamp=now()))
        # The event itself, before a report is asked of its site.
        event, data = next((event, data) for event, data in stream if data.get("site_id") != "")
        assert (event, data["backlog"], data["events"][0]["page"]) == ("events", False, "/first")
        event, data = next(stream)
        assert (event, data["site_id"], data["online_visitors"]) == ("realtime", "shop.example", 1)


def test_a_busy_site_sends_few_messages_and_counts_what_it_leaves_out(server: Running) -> None:
    with server.client() as client, client.stream("GET", "/api/live", params={"site_id": "shop.example"}) as answer:
        stream = messages(answer)
        next(stream), next(stream)
        for _ in range(4):
            collect(client, *(sent(timestamp=now()) for _ in range(450)))
        seen, told = 0, []
        while seen < 1800:
            event, data = next(stream)
            if event == "events":
                told.append(len(data["events"]))
                seen += len(data["events"]) + data.get("missed", 0)
        assert max(told) <= 200
        assert seen == 1800


def test_events_of_other_sites_are_not_shown(server: Running) -> None:
    with server.client() as client, client.stream("GET", "/api/live", params={"site_id": "shop.example"}) as answer:
        stream = messages(answer)
        next(stream), next(stream)
        collect(client, sent(site_id="other.example", timestamp=now()), sent(page="/mine", timestamp=now()))
        news = next(data for event, data in stream if event == "events")
        assert [each["page"] for each in news["events"]] == ["/mine"]


def test_a_stranger_gets_no_stream(server: Running) -> None:
    with server.client() as client:
        del client.headers["Authorization"]
        problem(client.get("/api/live"), 401)


def test_a_stream_of_one_of_several_sites_has_to_say_which(server: Running) -> None:
    with server.client() as client:
        collect(client, sent(timestamp=now()), sent(site_id="other.example", timestamp=now()))
        assert problem(client.get("/api/live"), 400)["code"] == "site_required"


def test_a_stream_ends_when_the_server_stops(server: Running) -> None:
    with server.client() as client, client.stream("GET", "/api/live") as answer:
        stream = messages(answer)
        next(stream), next(stream)
        status = server.stop()
        rest: list[Any] = list(stream)
    assert status == 0
    assert "events" not in {event for event, _ in rest}
