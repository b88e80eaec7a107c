"""Made-up traffic that looks like a shop's: to see the dashboard full, and to measure with."""

from __future__ import annotations

from liveinsight.seed.filling import fill
from liveinsight.seed.traffic import Plan, batches

__all__ = ["Plan", "batches", "fill"]
