"""The Lambda functions on a store in memory, beside the app that they have to agree with."""

from __future__ import annotations

import asyncio
import platform
from concurrent.futures import ThreadPoolExecutor
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


@pytest.fixture(autouse=True)
def _event_loop() -> Iterator[None]:
    """Mangum would make one and leave it open."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


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
    with ThreadPoolExecutor(2) as builders:
        built = builders.map(lambda package: build(package, architecture, folder), PACKAGES)
        return {package.name: path for package, path in zip(PACKAGES, built, strict=True)}
