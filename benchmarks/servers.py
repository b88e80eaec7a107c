"""Servers under measurement: processes of their own, pinned to one core."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from benchmarks.machine import BenchmarkError, cores, cpu_seconds, main_thread_seconds, peak_memory_mb, pinned

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "benchmark"
_ADDRESS = re.compile(r"running at (http://\S+?)/?\s*$")
# Beside the code and not in /tmp, which is memory on many machines: there fsync would cost nothing.
_DATA = Path(__file__).parent / ".data"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    url: str
    pid: int

    def cpu_seconds(self) -> float:
        return cpu_seconds(self.pid)

    def main_thread_seconds(self) -> float:
        return main_thread_seconds(self.pid)

    def peak_memory_mb(self) -> float:
        return peak_memory_mb(self.pid)

    def reader(self) -> httpx.Client:
        """A client that may read the numbers."""
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60)


@contextmanager
def liveinsight(*, seed_events: int = 0, seed_days: int = 30) -> Iterator[Server]:
    """`liveinsight serve` on an empty database, or on one with made-up events in it."""
    with data_folder() as folder:
        settings = {"DATA": folder, "ADMIN_TOKEN": TOKEN, "RATE_LIMIT": "0", "LOG_LEVEL": "WARNING"}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("LIVEINSIGHT_")}
        environment = {**kept, **{f"LIVEINSIGHT_{name}": value for name, value in settings.items()}}
        command = [sys.executable, "-m", "liveinsight.cli"]
        if seed_events:
            seed = [*command, "seed", "--events", str(seed_events), "--days", str(seed_days)]
            subprocess.run(seed, env=environment, check=True, stdout=subprocess.DEVNULL)
        with _running([*command, "serve", "--port", "0"], environment) as server:
            yield server


@contextmanager
def bare() -> Iterator[Server]:
    """The application of `bare.py`."""
    with _running([sys.executable, "-m", "benchmarks.bare"], dict(os.environ)) as server:
        yield server


@contextmanager
def data_folder() -> Iterator[str]:
    """A folder on a real disk, for as long as it is needed."""
    _DATA.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_DATA) as folder:
        yield folder


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[Server]:
    with pinned(cores()[0]):
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        yield Server(_address(process, command), process.pid)
        if process.poll() is not None:
            msg = f"The server ended by itself with status {process.returncode}: its last words are above."
            raise BenchmarkError(msg)
    finally:
        process.terminate()
        process.wait(timeout=30)
        if process.stdout:
            process.stdout.close()


def _address(process: subprocess.Popen[str], command: list[str]) -> str:
    found = _ADDRESS.search(process.stdout.readline()) if process.stdout else None
    if not found:
        msg = f"The server did not start: run {' '.join(command[1:])} by itself to see why."
        raise BenchmarkError(msg)
    return found[1]
