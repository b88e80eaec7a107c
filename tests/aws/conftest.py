"""The Lambda functions on a store in memory, beside the app that they have to agree with."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

import pytest

from liveinsight.service import Analytics
from liveinsight.settings import Settings
from liveinsight.store.memory import MemoryStore
from scripts.package import ARCHITECTURES, PACKAGES, build
from tests.factories import Clock
from tests.http.front_ends import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def analytics(clock: Clock) -> Iterator[Analytics]:
    """As a function has it: one proxy in front."""
    service = Analytics(MemoryStore(), Settings(admin_token=TOKEN, trusted_proxies=1), clock)
    yield service
    service.close()


@pytest.fixture(scope="session")
def architecture() -> str:
    """This machine's, as Lambda calls it."""
    machine = platform.machine().lower().replace("amd64", "x86_64")
    return next(name for name, wheels in ARCHITECTURES.items() if machine in (name, wheels))


@pytest.fixture(scope="session")
def zips(architecture: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The real zips of the functions, for this machine, by name."""
    folder = tmp_path_factory.mktemp("zips")
    return {package.name: build(package, architecture, folder) for package in PACKAGES}
