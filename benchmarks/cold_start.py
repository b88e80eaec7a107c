"""How long a Lambda function takes to start and to answer its first request, beside what nobody could do without.

Each is a fresh process that sees nothing but a zip's content, as on Lambda; the tables are DynamoDB Local's. They take
turns, so that all meet the same moods of the machine. Processor time counts: Lambda's processors differ, ratios do not.
"""

from __future__ import annotations

import base64
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import httpx

from benchmarks.machine import BenchmarkError
from benchmarks.table import show
from liveinsight.settings import variable
from liveinsight.store.dynamodb import keys
from liveinsight.store.dynamodb.codec import pack_events
from scripts.package import ARCHITECTURES, PACKAGES, build
from tests.dynamodb_local import create_tables, fresh_settings
from tests.factories import event
from tests.http.lambda_events import function_url
from tests.http.messages import sent

ROUNDS = 7
TOKEN = "a-token-of-the-benchmark"
_SETTINGS = (
    "events_table",
    "sessions_table",
    "active_sessions_table",
    "stats_table",
    "aws_region",
    "dynamodb_endpoint",
)

# Both leave `handler`, which takes an event.
_BOTO3 = """
import boto3
client = boto3.client("dynamodb")
handler = lambda event, context: client.describe_table(TableName=event["table"])
"""
_FASTAPI = """
from fastapi import FastAPI
from mangum import Mangum
app = FastAPI()
@app.get("/api/realtime")
def read():
    return {}
handler = Mangum(app, lifespan="off")
"""
_CHILD = """
import json, sys, time
event = json.loads(sys.argv[2])
began = time.perf_counter(), time.process_time()
scope = {}
exec(sys.argv[1], scope)
started = time.perf_counter(), time.process_time()
answer = scope["handler"](event, None)
answered = time.perf_counter(), time.process_time()
assert answer is None or answer.get("statusCode", 200) == 200, answer
assert answer is None or not answer.get("batchItemFailures"), answer
times = [began, started, answered]
print(json.dumps([b[n] - a[n] for n in (0, 1) for a, b in zip(times, times[1:])]))
"""


class Candidate(NamedTuple):
    """What is started: code, the zip that it runs in, its first event."""

    name: str
    code: str
    package: str
    event: dict[str, Any]


def measure(_seconds: float) -> dict[str, Any]:
    """Measure and print; gives the figures, in ms."""
    settings = fresh_settings()
    create_tables(settings)
    environment = {variable(name): getattr(settings, name) for name in _SETTINGS}
    environment |= {variable("admin_token"): TOKEN, "AWS_ENDPOINT_URL": settings.dynamodb_endpoint}
    candidates = _candidates(settings.stats_table)
    with tempfile.TemporaryDirectory() as folder:
        trees = _unpacked(Path(folder))
        found: dict[str, list[list[float]]] = {each.name: [] for each in candidates}
        for number in range(ROUNDS + 1):
            for each in candidates:
                times = _start(each, trees[each.package], environment)
                if number:  # the first round reads the files from the disk
                    found[each.name].append(times)
    return _told(
        {name: [median(column) * 1000 for column in zip(*times, strict=True)] for name, times in found.items()}
    )


def _candidates(table: str) -> list[Candidate]:
    authorized = {"Authorization": f"Bearer {TOKEN}"}
    post = httpx.Request("POST", "https://live.example/api/events", json=sent(timestamp=time.time_ns() // 1_000_000))
    get = httpx.Request("GET", "https://live.example/api/realtime", headers=authorized)
    stats = httpx.Request("GET", "https://live.example/api/stats?period=today", headers=authorized)
    of_handler = "from liveinsight.aws.handlers.{} import handler"
    return [
        Candidate("boto3 alone", _BOTO3, "worker", {"table": table}),
        Candidate("FastAPI and Mangum alone", _FASTAPI, "reader", function_url(get, "127.0.0.1")),
        *(
            Candidate(name, of_handler.format(name), package, function_url(request, "127.0.0.1"))
            for name, package, request in (
                ("event_collector", "collector", post),
                ("realtime_api", "reader", get),
                ("stats_api", "reader", stats),
            )
        ),
        Candidate("aggregator", of_handler.format("aggregator"), "worker", _delivery()),
        Candidate("maintenance", of_handler.format("maintenance"), "worker", {}),
    ]


def _delivery() -> dict[str, Any]:
    stored = event(time.time_ns() // 1_000_000)
    image = {
        "id": {"S": keys.event_id(stored)},
        "events": {"B": base64.b64encode(pack_events([stored])).decode()},
    }
    change = {"NewImage": image, "SequenceNumber": "1", "ApproximateCreationDateTime": time.time()}
    return {"Records": [{"eventName": "INSERT", "dynamodb": change}]}


def _unpacked(folder: Path) -> dict[str, Path]:
    machine = platform.machine().lower()
    architecture = next((name for name, wheels in ARCHITECTURES.items() if machine in (name, wheels)), "")
    if not architecture:
        msg = f"There is no Lambda on {machine}."
        raise BenchmarkError(msg)
    trees = {}
    for package in PACKAGES:
        trees[package.name] = folder / package.name
        with zipfile.ZipFile(build(package, architecture, folder)) as packed:
            packed.extractall(trees[package.name])
    return trees


def _start(candidate: Candidate, tree: Path, environment: dict[str, str]) -> list[float]:
    """Wall time of start and first request, then processor time of both, in seconds."""
    command = [sys.executable, "-S", "-c", _CHILD, candidate.code, json.dumps(candidate.event)]
    env = {**os.environ, **environment, "PYTHONPATH": str(tree)}
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=tree, env=env)
    if done.returncode:
        msg = f"{candidate.name} does not start: {done.stderr[-2000:]}"
        raise BenchmarkError(msg)
    times: list[float] = json.loads(done.stdout.splitlines()[-1])
    return times


def _told(figures: dict[str, list[float]]) -> dict[str, Any]:
    boto3, fastapi, *_ = (sum(times[2:]) for times in figures.values())
    heads = ["ms", "start", "first request", "CPU start", "CPU first", "x boto3", "x FastAPI"]
    rows = [
        [name, *(f"{each:.0f}" for each in times), f"{sum(times[2:]) / boto3:.1f}", f"{sum(times[2:]) / fastapi:.1f}"]
        for name, times in figures.items()
    ]
    show(heads, rows)
    return {name: dict(zip(heads[1:5], times, strict=True)) for name, times in figures.items()}
