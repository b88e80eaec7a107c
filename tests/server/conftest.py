"""Servers in processes of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.server.running import Running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path)
    yield running
    running.stop()
