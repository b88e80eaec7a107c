"""The contract suite runs over every store: a test that asks for `store` or `reopen` is run for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.factories import Clock
from tests.store.homes import HOMES, Home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from liveinsight.store.base import Store


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=HOMES)
def home(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Home]:
    home = Home(request.param, tmp_path, clock)
    yield home
    home.store.close()


@pytest.fixture
def store(home: Home) -> Store:
    return home.store


@pytest.fixture
def reopen(home: Home) -> Callable[[], Store]:
    return home.reopen
