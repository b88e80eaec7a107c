"""What this machine tells about a process, and which of its cores is whose. Linux only."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_TICK = 1 / os.sysconf("SC_CLK_TCK")
_USER, _SYSTEM = 11, 12  # fields of /proc/PID/stat after the name


class BenchmarkError(Exception):
    """One sentence for the person who ran the benchmark."""


def require_linux() -> None:
    """Raises BenchmarkError where there is no /proc and no affinity."""
    if not hasattr(os, "sched_setaffinity"):
        msg = "The benchmarks need Linux: they pin processes to cores and read /proc."
        raise BenchmarkError(msg)


def cores() -> tuple[int, int]:
    """(the server's core, the clients' core); the same one twice when there is only one."""
    allowed = sorted(os.sched_getaffinity(0))
    return allowed[0], allowed[-1]


@contextmanager
def pinned(core: int) -> Iterator[None]:
    """Run on one core; processes that are started meanwhile stay there."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def cpu_seconds(pid: int) -> float:
    """CPU time that a process has used so far, all its threads together."""
    return _cpu(Path(f"/proc/{pid}/stat"))


def main_thread_seconds(pid: int) -> float:
    """CPU time of its main thread alone: the event loop."""
    return _cpu(Path(f"/proc/{pid}/task/{pid}/stat"))


def peak_memory_mb(pid: int) -> float:
    """The largest resident size so far."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def _cpu(stat: Path) -> float:
    fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[_USER]) + int(fields[_SYSTEM])) * _TICK
