"""Load: wrk with events.lua, on the clients' core."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.machine import BenchmarkError, cores, pinned

if TYPE_CHECKING:
    from benchmarks.servers import Server

CONNECTIONS = 64
SITE = "shop.example"
_SCRIPT = Path(__file__).with_name("events.lua")
_DRAIN_SECONDS = 2  # in which the last answers arrive, and the server flushes what it deferred
_seeds = count(1)


@dataclass(frozen=True, slots=True)
class Load:
    """A wrk to be started and waited for."""

    process: subprocess.Popen[str]

    def wait(self) -> Answers:
        """Its result. Raises BenchmarkError unless every request was answered with 200."""
        output, complaint = self.process.communicate()
        lines = [line for line in output.splitlines() if line.startswith("{")]
        if self.process.returncode or not lines:
            msg = f"wrk failed: {(complaint or output).strip()[:300]}"
            raise BenchmarkError(msg)
        answers = Answers(**json.loads(lines[-1]))
        if answers.refused or answers.broken or not answers.answers:
            msg = (
                f"The run does not count: of {answers.answers} answers {answers.refused} were errors,"
                f" and {answers.broken} connections broke."
            )
            raise BenchmarkError(msg)
        return answers


@dataclass(frozen=True, slots=True)
class Answers:
    """What wrk saw. Latency from the request to the whole answer."""

    answers: int
    refused: int
    broken: int
    p50_ms: float
    p99_ms: float
    max_ms: float


def require_wrk() -> None:
    """Raises BenchmarkError that says what to install."""
    if not shutil.which("wrk"):
        msg = "The benchmarks need wrk: install it with `apt-get install wrk` (Debian, Ubuntu) or `dnf install wrk`."
        raise BenchmarkError(msg)


def start(server: Server, seconds: float, events_per_body: int = 1, site: str = SITE) -> Load:
    """Send for so many seconds. No event is on its way any more when the load is over."""
    command = ["wrk", "--threads", "1", "--connections", str(CONNECTIONS), "--timeout", "30s"]
    command += ["--duration", f"{math.ceil(seconds) + _DRAIN_SECONDS}s", "--script", str(_SCRIPT), server.url]
    command += ["--", str(seconds), str(events_per_body), site, str(next(_seeds))]
    with pinned(cores()[1]):
        return Load(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
