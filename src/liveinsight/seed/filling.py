"""Filling a store with made-up traffic, once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from liveinsight.seed.traffic import batches

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.seed.traffic import Plan
    from liveinsight.store.base import Store

_MADE_AT = "seed"  # kind of the documents that remember when traffic was made


def fill(store: Store, plan: Plan, progress: Callable[[int], object] = bool) -> int:
    """Record the traffic of a plan; gives how many of its events are new. Once it was made, its end stays.

    `progress` is called with counts of events.
    """
    made_at = store.put_document(_MADE_AT, plan.key, str(plan.end), keep=True)
    added = 0
    for batch in batches(replace(plan, end=int(made_at or plan.end))):
        added += len(store.record(batch).result().stored)
        progress(len(batch.events))
    return added
