"""Amazon's DynamoDB Local in memory, on a free port: one process for each module of tests that asks for it.

Tables have names of their own. What deleted tables leave in it makes it slower and slower, so no process lives long.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import httpx
import pytest
from botocore.config import Config

from liveinsight.settings import Settings
from liveinsight.store.dynamodb.client import AT_ONCE, Item, read_item
from liveinsight.store.dynamodb.schema import definitions, names
from tests.waiting import free_port, until

HOME = Path(sys.prefix) / "dynamodb-local"
_MISSING = "DynamoDB Local is not installed: `make test` does it, or scripts/dynamodb_local.py (and Java for it)"
_START_S = 120
_TRIES = 3  # somebody else may have taken the port
_ANSWERS, _FAILED = "answers", "failed"
_sets = count(1)


class _Emulator(NamedTuple):
    process: subprocess.Popen[bytes]
    folder: tempfile.TemporaryDirectory[str]
    url: str

    @property
    def log(self) -> Path:
        return Path(self.folder.name) / "log"

    def fate(self) -> str:
        """Empty while it is not known. A connection alone may be anybody's, and who has no port does not end."""
        if self.process.poll() is not None or "Failed to bind" in self.log.read_text():
            return _FAILED
        try:
            return _ANSWERS if "x-amzn-requestid" in httpx.get(self.url, timeout=5).headers else ""
        except httpx.HTTPError:
            return ""

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()


_running: list[_Emulator] = []


@cache
def address() -> str:
    """Where it answers; starts it when first asked."""
    return started()


def stop() -> None:
    """Stop what was started. Who asks for an address afterwards gets another."""
    for emulator in _running:
        emulator.end()
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
    for _ in range(_TRIES):
        emulator = _start(java, free_port())
        _running.append(emulator)
        if until(emulator.fate, "DynamoDB Local starts", _START_S) == _ANSWERS:
            return emulator.url
    pytest.fail(f"DynamoDB Local does not start: {emulator.log.read_text()}")


def _start(java: str, port: int) -> _Emulator:
    # It unpacks a library, and is killed before it tidies up.
    folder = tempfile.TemporaryDirectory(prefix="dynamodb-local-")
    command = [
        # It lives for a minute: what pays off later only costs.
        *(java, "-Xmx1g", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", f"-Djava.io.tmpdir={folder.name}"),
        *(f"-Djava.library.path={HOME / 'DynamoDBLocal_lib'}", "-jar", str(HOME / "DynamoDBLocal.jar")),
        *("-inMemory", "-sharedDb", "-disableTelemetry", "-port", str(port)),
    ]
    with (Path(folder.name) / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=HOME, stdout=log, stderr=subprocess.STDOUT)
    return _Emulator(process, folder, f"http://127.0.0.1:{port}")


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
    return patient_client(service, address())


def patient_client(service: str, url: str) -> Any:
    """As the store's own, but that an emulator that is slow is no fault."""
    patient = Config(
        connect_timeout=30, read_timeout=60, max_pool_connections=2 * AT_ONCE, retries={"total_max_attempts": 1}
    )
    return boto3.client(service, region_name="us-east-1", endpoint_url=url, config=patient)


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
