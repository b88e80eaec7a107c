"""`python -m benchmarks [NAME ...] [--seconds N] [--json FILE]`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import cold_start, dashboard, django_site, dynamodb, enrichment, live, reads, reports, tracker, where
from benchmarks.machine import BenchmarkError, require_linux
from benchmarks.rounds import compare
from benchmarks.wrk import require_wrk

if TYPE_CHECKING:
    from collections.abc import Callable

BATCH = 20
# name -> (what it measures, how)
BENCHMARKS: dict[str, tuple[str, Callable[[float], dict[str, Any]]]] = {
    "ingest": (
        "one event a request, answered when durable, beside a bare ASGI application",
        lambda seconds: compare(1, seconds),
    ),
    "batches": (f"{BATCH} events a request, likewise", lambda seconds: compare(BATCH, seconds)),
    "live": ("from the answer to the event's arrival at a reader of /api/live", live.measure),
    "reads": (f"reports over {reads.EVENTS:,} events", reads.measure),
    "tracker": ("main-thread time of the tracker in Chromium, beside an empty script", tracker.measure),
    "dashboard": ("requests, bytes and time of the first view of the dashboard, in Chromium", dashboard.measure),
    "django": ("what the tag, the middleware and track() cost a page of a Django site", django_site.measure),
    "where": ("the functions that the time of `ingest` goes to", where.measure),
    "enrichment": ("how often browser, system, device, bot and source agree with public test data", enrichment.measure),
    "cold_start": (
        "start and first request of each Lambda function, beside bare boto3 and FastAPI",
        cold_start.measure,
    ),
    "dynamodb": (
        "read and write units of events and reports on DynamoDB Local, and their price (only by its name)",
        dynamodb.measure,
    ),
    "reports": (
        f"each report over {reports.EVENTS:,} events, compared with an independent computation (only by its name)",
        lambda _: reports.measure(),
    ),
}
NO_WRK = frozenset(
    {"cold_start", "dashboard", "django", "dynamodb", "enrichment", "reports", "tracker"}
)  # put no load on a server: they need neither Linux nor wrk
BY_NAME_ONLY = frozenset({"dynamodb", "reports"})  # they take a quarter of an hour, and more


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmarks that were named; gives the exit status."""
    options = _parser().parse_args(arguments)
    figures: dict[str, Any] = {"machine": _machine()}
    try:
        names = options.names or [name for name in BENCHMARKS if name not in BY_NAME_ONLY]
        if not NO_WRK.issuperset(names):
            require_linux()
            require_wrk()
        for name in names:
            meaning, measure = BENCHMARKS[name]
            print(f"\n{name}: {meaning}\n", flush=True)
            figures[name] = measure(options.seconds)
    except BenchmarkError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    lines = [f"  {name:<10} {meaning}" for name, (meaning, _) in BENCHMARKS.items()]
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure LiveInsight on this machine. Without a name, all but `dynamodb` and `reports` of:\n\n"
        + "\n".join(lines),
        epilog="Example: python -m benchmarks ingest batches --seconds 20 --json figures.json",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", type=_name, metavar="NAME", help="what to measure")
    parser.add_argument(
        "--seconds", type=_seconds, default=10.0, metavar="N", help="length of each measurement (default: 10)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    return parser


def _name(text: str) -> str:
    if text not in BENCHMARKS:
        msg = f"there is no {text!r}: choose from {', '.join(BENCHMARKS)}"
        raise argparse.ArgumentTypeError(msg)
    return text


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 1 <= seconds <= 3600:
        msg = "must be 1 to 3600"
        raise argparse.ArgumentTypeError(msg)
    return seconds


def _machine() -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "load_before": os.getloadavg()[0],
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }


if __name__ == "__main__":
    sys.exit(main())
