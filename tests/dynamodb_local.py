"""Amazon's DynamoDB Local in memory, on a free port: one process for each module of tests that asks for it.

Tables have names of their own. What deleted tables leave in it makes it slower and slower, so no process lives long.
"""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import sys
import time
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import pytest

from liveinsight.settings import Settings
from liveinsight.store.dynamodb.client import Item, aws_client, read_item
from liveinsight.store.dynamodb.schema import definitions, names

HOME = Path(sys.prefix) / "dynamodb-local"
_MISSING = "DynamoDB Local is not installed: `make test` does it, or scripts/dynamodb_local.py (and Java for it)"
_START_S = 60
_sets = count(1)
_running: list[subprocess.Popen[bytes]] = []


@cache
def address() -> str:
    """Where it answers; starts it when first asked."""
    return started()


def stop() -> None:
    """Stop what was started. Who asks for an address afterwards gets another."""
    for process in _running:
        process.kill()
        process.wait()
    _running.clear()
    address.cache_clear()
    shared_client.cache_clear()


atexit.register(stop)


def started() -> str:
    """Start one more: for a test that writes much."""
    java = shutil.which("java")
    if not java or not (HOME / "DynamoDBLocal.jar").is_file():
        pytest.fail(_MISSING)
    # Any will do, but there must be some, and they must not be somebody's real ones.
    os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    _refuse_scans()
    for _ in range(3):
        if url := _started(java):
            return url
    pytest.fail("DynamoDB Local does not start")


def _started(java: str) -> str:
    """Its address once it answers; "" when it ended, as it does when somebody has just taken its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        java,
        "-Xmx1g",
        f"-Djava.library.path={HOME / 'DynamoDBLocal_lib'}",
        "-jar",
        str(HOME / "DynamoDBLocal.jar"),
    ]
    process = subprocess.Popen(
        [*command, "-inMemory", "-sharedDb", "-disableTelemetry", "-port", str(port)],
        cwd=HOME,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _running.append(process)
    until = time.monotonic() + _START_S
    while process.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return f"http://127.0.0.1:{port}"
    return ""


def fresh_settings(**more: Any) -> Settings:
    """Settings with table names that nobody else has. Nothing goes by TTL: the clocks of tests stand in the past."""
    prefix = f"test{os.getpid()}-{next(_sets)}"
    return Settings(
        store="dynamodb://",
        aws_region="us-east-1",
        dynamodb_endpoint=address(),
        events_table=f"{prefix}-events",
        sessions_table=f"{prefix}-sessions",
        active_sessions_table=f"{prefix}-active",
        stats_table=f"{prefix}-stats",
        **{"dynamodb_lanes": 2, "raw_event_hours": 0, **more},
    )


def create_tables(settings: Settings, aws: Any = None) -> None:
    """Create the tables, without the TTL."""
    aws = aws or shared_client("dynamodb")
    for definition in definitions(names(settings)):
        aws.create_table(**definition)


@cache
def shared_client(service: str) -> Any:
    """One client for many: making one takes a while."""
    return aws_client(fresh_settings(), service)


def partition(table: str, pk: str) -> list[Item]:
    """What a table has under a partition key."""
    condition = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": pk}}}
    return list(map(read_item, shared_client("dynamodb").query(TableName=table, **condition)["Items"]))


def _refuse_scans() -> None:
    """No client of this process may ask for what costs more the larger a table is, whoever makes it.

    Processes that tests start are beyond this: tests/dynamodb_store/test_operations.py reads the source instead.
    """
    boto3.setup_default_session()
    for operation in ("Scan", "ExecuteStatement", "ExecuteTransaction"):
        boto3.DEFAULT_SESSION.events.register(f"provide-client-params.dynamodb.{operation}", _refuse)


def _refuse(**_: Any) -> None:
    msg = "a table was scanned"
    raise AssertionError(msg)
