"""Starting and stopping, as the person at the terminal and the clients see it."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import threading
import time
from typing import TYPE_CHECKING

import httpx
import pytest

from liveinsight.bootstrap import open_analytics
from liveinsight.settings import Settings
from tests.http.messages import collect, sent
from tests.server.running import TOKEN, Running, command, environment
from tests.waiting import until

if TYPE_CHECKING:
    from pathlib import Path


def serve(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """A server that does not start."""
    return subprocess.run(
        command("serve", *arguments),
        env=environment(**settings),
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


def assert_refused(result: subprocess.CompletedProcess[str], *words: str) -> None:
    assert result.returncode == 1
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr
    for word in words:
        assert word in result.stderr


def test_the_banner_says_where_to_look_and_what_to_copy(tmp_path: Path) -> None:
    server = Running(tmp_path, "--demo")
    assert httpx.get(f"{server.url}/demo/", timeout=60).status_code in {200, 404}  # 404 without built pages
    assert server.stop() == 0
    banner = "".join(server.banner)
    assert f"{server.url}/login?token={TOKEN}" in banner
    assert f"{server.url}/demo/" in banner
    assert f'<script defer src="{server.url}/static/js/liveinsight-tracker.js"></script>' in banner
    assert "Warning" not in banner


def test_a_short_token_is_warned_of(tmp_path: Path) -> None:
    server = Running(tmp_path, admin_token="hunter2")
    server.stop()
    assert "token is shorter than 16 characters" in server.log
    assert "hunter2" not in server.log


def test_the_banner_warns_where_anybody_may_send_events_of_any_site(tmp_path: Path) -> None:
    server = Running(tmp_path, "--host", "0.0.0.0")
    assert server.url.startswith("http://127.0.0.1:")
    server.stop()
    assert "LIVEINSIGHT_SITES" in "".join(server.banner)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_that_was_asked_for_is_a_success(server: Running, number: int) -> None:
    assert server.stop(number) == 0
    assert "Traceback" not in server.log


def test_what_was_answered_before_a_stop_is_there_after_it(server: Running, tmp_path: Path) -> None:
    accepted: list[str] = []
    stopping = threading.Event()

    def send() -> None:
        with server.client() as client:
            while True:
                event = sent(timestamp=time.time_ns() // 1_000_000)
                try:
                    answer = client.post("/api/events", json=event)
                except httpx.TransportError:
                    assert stopping.is_set()  # only connections that the server has closed fail
                    return
                assert answer.status_code == 200
                accepted.append(event["event_id"])

    senders = [threading.Thread(target=send) for _ in range(8)]
    for sender in senders:
        sender.start()
    until(lambda: len(accepted) > 50)
    stopping.set()
    assert server.stop() == 0
    for sender in senders:
        sender.join()
    analytics = open_analytics(Settings(data=str(tmp_path / "data")))
    kept = {event["event_id"] for event in analytics.session_events("s1")}
    analytics.close()
    assert set(accepted) <= kept


def test_a_request_that_breaks_off_is_not_recorded(server: Running) -> None:
    body = json.dumps(sent(timestamp=time.time_ns() // 1_000_000)).encode()
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        head = f"POST /api/events HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body) + 1}\r\n\r\n"
        connection.sendall(head.encode() + body)
    with server.client() as client:
        collect(client, sent(timestamp=time.time_ns() // 1_000_000))
        assert client.get("/api/ledger").json()["data"]["total"]["received"] == 1


def test_a_second_process_on_the_same_folder_is_told_so(server: Running, tmp_path: Path) -> None:
    result = serve("--port", "0", "--data", str(tmp_path / "data"))
    assert_refused(result, "in use", str(server.process.pid))


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert_refused(serve("--port", port, "--data", str(tmp_path)), f"Port {port} is in use", "--port")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--host", "no.such.host.invalid"), "--host"),
        (("--port", "70000"), "65535"),
        (("--timezone", "Mars/Base"), "LIVEINSIGHT_TIMEZONE"),
        (("--store", "mysql://x"), "mysql"),
        (("--sites", ","), "LIVEINSIGHT_SITES"),
    ],
)
def test_a_setting_that_cannot_work_is_one_sentence(tmp_path: Path, arguments: tuple[str, ...], word: str) -> None:
    assert_refused(serve("--port", "0", "--data", str(tmp_path / "data"), *arguments), word)


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    assert_refused(serve("--port", "0", "--data", str(tmp_path / "data")), "data")


def test_the_log_names_routes_and_nobody(tmp_path: Path) -> None:
    server = Running(tmp_path, log_format="json", log_level="DEBUG")
    with server.client() as client:
        collect(client, sent(session_id="secret-session", timestamp=time.time_ns() // 1_000_000))
        client.get("/api/sessions/secret-session/events/", params={"site_id": "shop.example"})
        client.get("/login", params={"token": TOKEN})
    server.stop()
    lines = [json.loads(line) for line in server.log.splitlines()]
    requests = [line for line in lines if line["logger"] == "liveinsight.access"]
    assert [(line["method"], line["route"], line["status"]) for line in requests] == [
        ("POST", "/api/events", 200),
        ("GET", "/api/sessions/{session_id:path}/events", 200),
        ("GET", "/login", 303),
    ]
    for private in ("secret-session", "127.0.0.1", TOKEN, "shop.example"):
        assert private not in server.log


def test_the_generated_token_opens_the_numbers_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    server = Running(tmp_path, admin_token="")
    path = tmp_path / "data" / "admin_token"
    assert path.stat().st_mode & 0o777 == 0o600
    headers = {"Authorization": f"Bearer {path.read_text().strip()}"}
    assert httpx.get(f"{server.url}/api/sites", headers=headers, timeout=60).status_code == 200
    server.stop()
