"""The reports once more, from the raw events, in Polars and plain Python: to hold a store's answers against.

The definitions are those of `liveinsight.stats`, written a second time; sessions are worked out by the 30-minute rule.
"""

from __future__ import annotations

from benchmarks.independent.answers import Independent
from benchmarks.independent.facts import Facts

__all__ = ["Facts", "Independent"]
