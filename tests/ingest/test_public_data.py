"""How often we agree with public test data. `-s` prints the rates; `python -m benchmarks enrichment` the times too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.enrichment import scores

if TYPE_CHECKING:
    from benchmarks.enrichment import Score

# What a new version of a list may not fall below, percent. Matomo's device is often a tablet by its model alone, which
# no list of ours knows; its bots are many that never ran a script.
LEAST = {
    "browser": 98.5,
    "browser_version": 99,
    "os": 99,
    "os_version": 99,
    "device": 92,
    "bots of our list": 99.5,
    "bots of Matomo": 80,
    "browsers are no bots": 99.9,
    "referrers of Snowplow": 95,
}


@pytest.fixture(scope="module")
def found() -> dict[str, Score]:
    return scores()


@pytest.mark.parametrize("name", LEAST)
def test_we_agree_with_public_test_data(found: dict[str, Score], name: str) -> None:
    score = found[name]
    print(f"{name}: {score.right:,} of {score.cases:,}, {score.percent:.2f} %")  # noqa: T201  asked for
    assert score.cases > 1000
    assert score.percent >= LEAST[name]
