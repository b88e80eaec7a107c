"""Settings for all tests."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# `make test` tries the same examples every time. HYPOTHESIS=search looks for new ones, for as long as one has patience.
settings.register_profile(
    "same", derandomize=True, deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", deadline=None, max_examples=3000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS", "same"))
