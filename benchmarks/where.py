"""`where`: which functions of the server the time goes to, while it is as busy as in `ingest`."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import wrk
from benchmarks.machine import BenchmarkError, cores, pinned
from benchmarks.servers import data_folder, liveinsight
from benchmarks.table import show

if TYPE_CHECKING:
    from benchmarks.servers import Server

_SAMPLES_PER_SECOND = 250
_MARGIN_SECONDS = 2
_ROWS = 20
_FRAME = re.compile(r"(?P<name>.+) \((?P<file>[^()]*?)(?::\d+)?\)$")
_LOOP, _WRITER = "MainThread", "liveinsight-writer"
_WAITS = {"Writer._next", "Writer._write"}  # for work, and for the event loop to hand over what it has


def measure(seconds: float) -> dict[str, Any]:
    """Sample the stacks under load; print; give the figures.

    Twice, because a stack does not tell waiting from working. The event loop works while it holds Python's lock. The
    writer gives the lock away in DuckDB, where its time counts, and waits in two places of our own.
    """
    with liveinsight() as server, data_folder() as folder:
        wrk.start(server, 1).wait()
        all_before, loop_before = server.cpu_seconds(), server.main_thread_seconds()
        requests = wrk.start(server, seconds).wait().answers
        loop = server.main_thread_seconds() - loop_before
        others = server.cpu_seconds() - all_before - loop
        load = wrk.start(server, 2 * (seconds + _MARGIN_SECONDS))
        try:
            holding = _record(server, seconds, Path(folder) / "holding", "--gil")
            everything = _record(server, seconds, Path(folder) / "everything")
        finally:
            load.wait()
    figures: dict[str, dict[str, Any]] = {
        "event loop": {"cpu_us": loop / requests * 1e6, "functions": _own_time(holding, _LOOP)},
        "writer": {"cpu_us": others / requests * 1e6, "functions": _own_time(everything, _WRITER)},
    }
    for thread, each in figures.items():
        print(f"{thread}: {each['cpu_us']:.0f} microseconds of CPU a request; its time by function, without callees:")
        show(["function", "share"], [[f["function"], f"{f['share']:.1%}"] for f in each["functions"][:_ROWS]])
        print()
    return figures


def _record(server: Server, seconds: float, file: Path, *options: str) -> list[str]:
    """Stacks with counts, as py-spy writes them: frames from the outermost, a blank, how often."""
    command = [str(Path(sys.executable).with_name("py-spy")), "record", "--pid", str(server.pid)]
    command += ["--duration", str(max(1, round(seconds))), "--rate", str(_SAMPLES_PER_SECOND), *options]
    command += ["--threads", "--function", "--full-filenames", "--format", "raw", "--output", str(file)]
    with pinned(cores()[1]):
        done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode or not file.exists():
        msg = (
            f"py-spy could not look into the server: {done.stderr.strip()[:300]}"
            " As an ordinary user it may need `sudo sysctl kernel.yama.ptrace_scope=0`."
        )
        raise BenchmarkError(msg)
    return file.read_text(encoding="utf-8").splitlines()


def _own_time(stacks: list[str], thread: str) -> list[dict[str, Any]]:
    """Share of each function in the samples of a thread, largest first."""
    own: Counter[str] = Counter()
    for line in stacks:
        frames, _, count = line.rpartition(" ")
        stack = frames.split(";")
        name, module = _function(stack[-1])
        if thread in stack[0] and name not in _WAITS:
            own[f"{module}: {name}"] += int(count)
    total = own.total()
    return [{"function": function, "share": number / total} for function, number in own.most_common()]


def _function(frame: str) -> tuple[str, str]:
    """(function, module) of a frame."""
    found = _FRAME.match(frame)
    if not found:
        return frame, ""
    parts = Path(found["file"]).with_suffix("").parts
    for root in ("site-packages", "src"):
        if root in parts:
            return found["name"], ".".join(parts[parts.index(root) + 1 :])
    return found["name"], ".".join(parts[-2:])
