"""Settings for all tests, and what no module of tests leaves to the next."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests import dynamodb_local
from tests.server import running
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator

# `make test` tries the same examples every time. HYPOTHESIS=search looks for new ones, for as long as one has patience.
settings.register_profile(
    "same", derandomize=True, deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", deadline=None, max_examples=3000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS", "same"))


@pytest.fixture(scope="module", autouse=True)
def _processes() -> Iterator[None]:
    yield
    running.end_all()
    dynamodb_local.stop()


_HOUR_S, _DAY_S = 3600, 86_400
_MIDNIGHTS = (0, 5, 6, 15)  # by UTC: of UTC, of Chicago, where Django's sites are unless they say otherwise, of Seoul
_JUST_BEFORE_S = 45


def _is_just_before_midnight() -> bool:
    now = time.time()
    return any((hour * _HOUR_S - now) % _DAY_S < _JUST_BEFORE_S for hour in _MIDNIGHTS)


@pytest.fixture(autouse=True)
def _today_stays_today() -> None:
    """What happens today is asked for today: a test that would be cut by midnight begins after it."""
    until(lambda: not _is_just_before_midnight(), "midnight")
