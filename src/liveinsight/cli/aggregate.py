"""`liveinsight aggregate`."""

from __future__ import annotations

import signal
from threading import Event
from typing import TYPE_CHECKING

import typer

from liveinsight.cli import options

if TYPE_CHECKING:
    from types import FrameType

EXAMPLE = "Example: liveinsight aggregate"


def aggregate() -> None:
    """Fold what collectors write to DynamoDB into sessions and statistics, until stopped.

    Any number may run at once: they share the work, and take over from one that dies.
    """
    from liveinsight.bootstrap import following
    from liveinsight.logs import configure_logging

    settings = options.settings()
    configure_logging(settings)
    stopped = Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, stop)
    with following(settings):
        typer.echo("Aggregating. Stop with Ctrl+C.")
        stopped.wait()


command = aggregate
