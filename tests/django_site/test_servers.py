"""Under real servers: WSGI with one and with several workers, ASGI; and a worker that is killed."""

from __future__ import annotations

import os
import random
import re
import signal
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import django
import pytest

from tests.django_site.serving import EXAMPLE, GUNICORN, OWNER, UVICORN, Served
from tests.durability.clients import assert_agrees, finish, start
from tests.dynamodb_local import create_tables, fresh_settings
from tests.http.messages import problem
from tests.server.running import TOKEN as SERVER_TOKEN
from tests.server.running import Running, messages
from tests.waiting import free_port, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from tests.durability.clients import Client

SERVERS = {"gunicorn": (*GUNICORN, "--workers", "1"), "uvicorn": UVICORN}
TABLES = ("store", "aws_region", "dynamodb_endpoint")
KILLS = int(os.environ.get("KILLS", "8"))
SETTLED_S = 120.0  # until aggregators have folded what was acknowledged; it takes a second, but the machine may be busy


@contextmanager
def served(folder: Path, *server: str, **liveinsight: Any) -> Iterator[Served]:
    site = Served(folder, *server, **liveinsight)
    try:
        yield site
    finally:
        site.stop()


def event(**more: Any) -> dict[str, Any]:
    now = time.time_ns() // 1_000_000
    return {"session_id": "s1", "timestamp": now, "event_type": "page_view", "page_url": "http://shop.example/", **more}


def test_the_example_starts_with_one_command(tmp_path: Path) -> None:
    start = (str(EXAMPLE / "manage.py"), "start", f"127.0.0.1:{free_port()}")
    with served(tmp_path, *start) as site, site.reader() as reader, site.visitor() as owner:
        assert "user owner, password owner" in site.log
        assert reader.get("/healthz").json()["status"] == "ok"
        form = owner.get("/analytics/", follow_redirects=True)
        token = re.search('name="csrfmiddlewaretoken" value="([^"]+)"', form.text)
        assert token
        login = {"username": OWNER, "password": OWNER, "csrfmiddlewaretoken": token[1], "next": "/analytics/"}
        dashboard = owner.post(form.url, data=login, follow_redirects=True)
        assert (dashboard.status_code, dashboard.url.path) == (200, "/analytics/")
        sites = owner.get("/analytics/api/sites").json()["data"]["sites"]
        assert [(each["site_id"], each["events"]) for each in sites] == [
            ("shop.example", 0),
            ("server.shop.example", 0),
        ]


@pytest.mark.parametrize("server", SERVERS)
def test_a_visit_of_the_shop_is_in_the_numbers(tmp_path: Path, server: str) -> None:
    with served(tmp_path, *SERVERS[server]) as site, site.reader() as reader, site.visitor() as visitor:
        assert site.process.poll() is None
        page = visitor.get("/products/teapot/")
        assert 'src="/analytics/static/js/liveinsight-tracker.js"' in page.text
        assert reader.post("/api/events/", json=[event(), event(event_type="click")]).json()["data"]["accepted"] == 2
        pages = reader.get("/api/statistics/pages/", params={"site_id": "shop.example"}).json()
        assert [(each["page"], each["views"]) for each in pages] == [("/", 1)]
        assert visitor.get("/analytics/").status_code == 302
        assert visitor.get("/analytics/api/stats").status_code == 401
        large = b" " * (1024 * 1024 + 1)
        assert problem(visitor.post("/analytics/api/events", content=large), 413)["code"] == "body_too_large"
    assert "Traceback" not in site.log


if django.VERSION >= (5,):  # earlier ones do not notice that a reader is gone

    def test_under_asgi_the_dashboard_s_stream_flows(tmp_path: Path) -> None:
        site_id = {"site_id": "shop.example"}
        with (
            served(tmp_path, *UVICORN) as site,
            site.reader() as reader,
            reader.stream("GET", "/api/live", params=site_id) as answer,
        ):
            assert answer.headers["content-type"].startswith("text/event-stream")
            stream = messages(answer)
            assert next(stream)[0] == "realtime"
            assert next(stream) == ("events", {"events": [], "backlog": True})
            reader.post("/api/events", json=event())
            events = next(data["events"] for name, data in stream if name == "events")
            assert [each["page"] for each in events] == ["/"]


@pytest.mark.parametrize("server", SERVERS if django.VERSION < (5,) else ["gunicorn"])
def test_where_streams_would_pile_up_there_is_none_and_polling_remains(tmp_path: Path, server: str) -> None:
    with served(tmp_path, *SERVERS[server]) as site, site.reader() as reader:
        assert problem(reader.get("/api/live"), 404)["code"] == "no_stream"
        assert reader.get("/api/realtime").status_code == 200


def test_with_a_file_a_second_process_is_told_why_it_cannot(tmp_path: Path) -> None:
    store = f"duckdb:///{tmp_path / 'one.duckdb'}"
    (tmp_path / "second").mkdir()
    with served(tmp_path, *SERVERS["gunicorn"], STORE=store) as site, site.reader() as reader:
        assert reader.get("/healthz").status_code == 200
        with served(tmp_path / "second", *SERVERS["gunicorn"], STORE=store) as second, second.visitor() as visitor:
            assert visitor.get("/").status_code == 200  # the site itself goes on
            answer = visitor.post("/analytics/api/events", json=event())
            assert problem(answer, 503)["code"] == "store_unavailable"
            assert "in use by another LiveInsight" in second.log
            assert "serve with one worker and threads" in second.log
            assert "--data" not in second.log  # which is no option here


def test_no_event_is_lost_or_doubled_when_workers_on_dynamodb_are_killed(tmp_path: Path) -> None:
    tables = fresh_settings(raw_event_hours=24)
    create_tables(tables)
    named = {name.upper(): value for name, value in asdict(tables).items() if name in TABLES or name.endswith("_table")}
    assert_workers_may_be_killed(tmp_path, **named)


def test_no_event_is_lost_or_doubled_when_workers_on_a_running_liveinsight_are_killed(tmp_path: Path) -> None:
    (tmp_path / "server").mkdir()
    server = Running(tmp_path / "server", rate_limit="0")
    try:
        assert_workers_may_be_killed(tmp_path, STORE=server.url, STORE_TOKEN=SERVER_TOKEN)
    finally:
        assert server.stop() == 0


def assert_workers_may_be_killed(folder: Path, **store: Any) -> None:
    """Clients send and retry while workers die; in the end everything that was acknowledged is there, once."""
    chance = random.Random(KILLS)
    with served(folder, *GUNICORN, "--workers", "4", SITE="shop.example", **store) as site:
        clients, stopping = start(3, lambda: site.analytics)
        for _ in range(KILLS):
            time.sleep(0.2 + chance.random())
            kill_a_worker(site, chance)
        # Some may have been hit while they died already.
        until(lambda: site.log.count("Booting worker") >= 4 + KILLS // 2)
        finish(clients, stopping)
        with site.reader() as reader:
            until(lambda: is_folded(reader, clients), "all is folded", SETTLED_S)
            assert_agrees(reader, clients)


def kill_a_worker(site: Served, chance: random.Random) -> None:
    """One of the four, once all of them are there."""
    until(lambda: len(site.workers()) == 4)
    with suppress(ProcessLookupError):  # it has died just now, of the last time
        os.kill(chance.choice(site.workers()), signal.SIGKILL)


def is_folded(reader: httpx.Client, clients: list[Client]) -> bool:
    """Aggregators run beside the collectors, and are a moment behind; what was refused comes to them by itself."""
    total = reader.get("/api/ledger?period=2d").json()["data"]["total"]
    sent = {
        "stored": sum(len(client.acknowledged) for client in clients),
        "rejected": sum(client.rejected for client in clients),
        "filtered": sum(client.filtered for client in clients),
    }
    return all(total[outcome] >= count for outcome, count in sent.items())
