"""LiveInsight and the bare application in turns, so that both meet the same moods of the machine."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks import wrk
from benchmarks.check import require_all_counted
from benchmarks.servers import bare, liveinsight
from benchmarks.table import show

if TYPE_CHECKING:
    from benchmarks.servers import Server

ROUNDS = 3
_WARM_UP_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Sample:
    """One server under load once. `cpu_ms` is CPU time for a thousand requests, background work included."""

    requests: int
    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float


def compare(events_per_body: int, seconds: float) -> dict[str, Any]:
    """Measure, check, print; gives the figures."""
    started_at = time.time()
    with bare() as theirs, liveinsight() as ours:
        warm = [sample(each, _WARM_UP_SECONDS, events_per_body) for each in (theirs, ours)]
        rounds = [_round(number, theirs, ours, seconds, events_per_body) for number in range(ROUNDS)]
        requests = warm[1].requests + sum(each[1].requests for each in rounds)
        require_all_counted(ours, requests * events_per_body, started_at)
        memory = {"bare": theirs.peak_memory_mb(), "liveinsight": ours.peak_memory_mb()}
    figures = {
        "events_per_body": events_per_body,
        "rounds": [
            {
                "ratio": our.per_second / their.per_second,
                "cpu_ratio": their.cpu_ms / our.cpu_ms,
                "bare": asdict(their),
                "liveinsight": asdict(our),
            }
            for their, our in rounds
        ],
        "events_counted": requests * events_per_body,
        "peak_memory_mb": memory,
    }
    for name in ("ratio", "cpu_ratio"):
        figures[name] = median(each[name] for each in figures["rounds"])  # type: ignore[attr-defined]
    _print(figures)
    return figures


def sample(server: Server, seconds: float, events_per_body: int) -> Sample:
    """Load a server for so long."""
    before = server.cpu_seconds()
    answers = wrk.start(server, seconds, events_per_body).wait()
    cpu = server.cpu_seconds() - before
    return Sample(
        answers.answers,
        answers.answers / seconds,
        answers.p50_ms,
        answers.p99_ms,
        cpu * 1_000_000 / answers.answers,
    )


def _round(number: int, theirs: Server, ours: Server, seconds: float, events_per_body: int) -> tuple[Sample, Sample]:
    """(bare, LiveInsight), each of them first in every other round."""
    if number % 2:
        our = sample(ours, seconds, events_per_body)
        return sample(theirs, seconds, events_per_body), our
    their = sample(theirs, seconds, events_per_body)
    return their, sample(ours, seconds, events_per_body)


def _print(figures: dict[str, Any]) -> None:
    rows = []
    for number, each in enumerate(figures["rounds"], 1):
        for name in ("bare", "liveinsight"):
            one = each[name]
            ratio = f"{each['ratio']:.3f}" if name == "liveinsight" else ""
            cpu_ratio = f"{each['cpu_ratio']:.3f}" if name == "liveinsight" else ""
            speed = [f"{one['per_second']:,.0f}", f"{one['per_second'] * figures['events_per_body']:,.0f}"]
            latency = [f"{one['p50_ms']:.1f}", f"{one['p99_ms']:.1f}"]
            rows.append([f"{number} {name}", *speed, *latency, f"{one['cpu_ms']:.0f}", ratio, cpu_ratio])
    show(["round", "requests/s", "events/s", "p50 ms", "p99 ms", "CPU ms/1000", "ratio", "CPU ratio"], rows)
    memory = figures["peak_memory_mb"]
    print(
        f"Median ratio {figures['ratio']:.3f}, by CPU {figures['cpu_ratio']:.3f}."
        f" Peak memory {memory['liveinsight']:.0f} MB (bare {memory['bare']:.0f} MB)."
        f" All {figures['events_counted']:,} accepted events are in the store, once."
    )
