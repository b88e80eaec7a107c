"""Counts in the log that CloudWatch makes metrics of (its embedded metric format): a line, and no call.

One dimension, the stack: every combination of dimensions is a metric that is paid for each month.
"""

from __future__ import annotations

import logging
import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from liveinsight.collection import Counts

logger = logging.getLogger(__name__)

NAMESPACE = "LiveInsight"
STACK = "LIVEINSIGHT_STACK"  # set by the template
_NAMES = {
    "received": "EventsReceived",
    "stored": "EventsStored",
    "duplicates": "EventsDuplicate",
    "filtered": "EventsFiltered",
    "rejected": "EventsRejected",
}
_UNITS = {"AggregatorLag": "Milliseconds"}


def collected(counts: Counts) -> None:
    """What became of the events of a request."""
    log_metrics("collected", {_NAMES[name]: number for name, number in counts._asdict().items()})


def folded(records: int, lag_ms: int) -> None:
    """A delivery of the stream was taken in; its oldest record had waited so long."""
    log_metrics("folded", {"RecordsFolded": records, "AggregatorLag": lag_ms})


def log_metrics(message: str, metrics: Mapping[str, int]) -> None:
    """One line with these numbers."""
    definition = {
        "Namespace": NAMESPACE,
        "Dimensions": [["Stack"]],
        "Metrics": [{"Name": name, "Unit": _UNITS.get(name, "Count")} for name in metrics],
    }
    described = {"Timestamp": time.time_ns() // 1_000_000, "CloudWatchMetrics": [definition]}
    logger.info(message, extra={"_aws": described, "Stack": os.environ.get(STACK, ""), **metrics})
