"""How often one client may call."""

from __future__ import annotations

import math
from time import monotonic
from typing import TYPE_CHECKING

from liveinsight.errors import RateLimited

if TYPE_CHECKING:
    from collections.abc import Callable

_GENERATION = 25_000


class RateLimit:
    """A token bucket for every key: `rate` calls a second, in bursts of `burst`, which is at least one.

    A rate of 0 lets everything pass. A bucket is one number, the time at which it will be full again. The table is
    bounded: it holds the keys of two generations, and the older one is forgotten when the younger is full.
    """

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = monotonic) -> None:
        self._rate = rate
        self._slack = (max(burst, 1) - 1) / rate if rate else 0.0
        self._clock = clock
        self._recent: dict[str, float] = {}
        self._older: dict[str, float] = {}

    def take(self, key: str) -> None:
        """Count a call. Raises RateLimited with the seconds to wait."""
        if not self._rate:
            return
        now = self._clock()
        full_at = max(now, self._recent.get(key) or self._older.get(key, 0.0))
        wait = full_at - now - self._slack
        # Written also when refused: whoever keeps calling stays in the younger generation.
        self._recent[key] = full_at if wait > 0 else full_at + 1 / self._rate
        if len(self._recent) >= _GENERATION:
            self._older, self._recent = self._recent, {}
        if wait > 0:
            raise RateLimited(retry_after=math.ceil(wait))
