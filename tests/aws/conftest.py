"""The Lambda functions on a store in memory, beside the app that they have to agree with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from liveinsight.service import Analytics
from liveinsight.settings import Settings
from liveinsight.store.memory import MemoryStore
from tests.factories import Clock
from tests.http.front_ends import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def analytics(clock: Clock) -> Iterator[Analytics]:
    """As a function has it: one proxy in front."""
    service = Analytics(MemoryStore(), Settings(admin_token=TOKEN, trusted_proxies=1), clock)
    yield service
    service.close()
