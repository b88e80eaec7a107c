"""Commands on the tables of a test, in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from liveinsight.settings import variable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from liveinsight.settings import Settings

SETTINGS = ("store", "aws_region", "dynamodb_endpoint")
TABLES = ("events_table", "sessions_table", "active_sessions_table", "stats_table")
AGGREGATE = ("liveinsight.cli", "aggregate")


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """The settings as environment variables."""
    return {**os.environ, **{variable(name): getattr(settings, name) for name in (*SETTINGS, *TABLES)}, **more}


def liveinsight(settings: Settings, folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """The command, with the settings."""
    return subprocess.run(
        [sys.executable, "-m", "liveinsight.cli", *arguments],
        env=environment(settings, **more),
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


@contextmanager
def running(settings: Settings, *command: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    """A module at work, with the settings. Its output is one text."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        env=environment(settings, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def ended(process: subprocess.Popen[str]) -> str:
    """Ask it to stop; what it said. It has to end well."""
    process.terminate()
    told, _ = process.communicate(timeout=60)
    assert process.returncode == 0, told
    return told


def until(happens: Callable[[], bool]) -> None:
    """Wait for it."""
    last = time.monotonic() + 60
    while not happens():
        assert time.monotonic() < last, "it did not happen"
        time.sleep(0.1)
