"""How often one client may call."""

from __future__ import annotations

import pytest

from liveinsight.errors import RateLimited
from liveinsight.wire import rate_limit
from liveinsight.wire.rate_limit import RateLimit


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def taken(limit: RateLimit, key: str, calls: int) -> int:
    """How many of so many calls pass."""
    passed = 0
    for _ in range(calls):
        try:
            limit.take(key)
        except RateLimited:
            continue
        passed += 1
    return passed


def test_a_burst_passes_and_then_the_rate(seconds: Seconds) -> None:
    limit = RateLimit(2, 20, seconds)
    assert taken(limit, "a", 100) == 20
    seconds.now += 3
    assert taken(limit, "a", 100) == 6


def test_a_rate_far_below_one_lets_a_first_call_pass(seconds: Seconds) -> None:
    limit = RateLimit(0.05, 0.5, seconds)
    assert taken(limit, "a", 5) == 1
    seconds.now += 20
    assert taken(limit, "a", 5) == 1


def test_clients_do_not_share_a_limit(seconds: Seconds) -> None:
    limit = RateLimit(1, 1, seconds)
    assert [taken(limit, key, 5) for key in ("a", "b")] == [1, 1]


def test_who_waits_as_long_as_told_passes(seconds: Seconds) -> None:
    limit = RateLimit(0.25, 1, seconds)
    limit.take("a")
    with pytest.raises(RateLimited) as refused:
        limit.take("a")
    seconds.now += refused.value.retry_after
    limit.take("a")


def test_a_rate_of_0_is_no_limit(seconds: Seconds) -> None:
    assert taken(RateLimit(0, 0, seconds), "a", 1000) == 1000


def test_many_clients_cost_bounded_memory_and_a_busy_one_is_not_forgotten(
    seconds: Seconds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limit, "_GENERATION", 100)
    limit = RateLimit(1, 5, seconds)
    passed = 0
    for number in range(10_000):
        limit.take(f"passer-by {number}")
        if number % 20 == 0:
            passed += taken(limit, "busy", 1)
    assert passed == 5
    assert len(limit._recent) + len(limit._older) <= 200
