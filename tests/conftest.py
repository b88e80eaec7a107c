"""Settings for all tests, and what no module of tests leaves to the next."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests import dynamodb_local

if TYPE_CHECKING:
    from collections.abc import Iterator

# `make test` tries the same examples every time. HYPOTHESIS=search looks for new ones, for as long as one has patience.
settings.register_profile(
    "same", derandomize=True, deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", deadline=None, max_examples=3000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS", "same"))


@pytest.fixture(scope="module", autouse=True)
def _dynamodb_local() -> Iterator[None]:
    yield
    dynamodb_local.stop()
