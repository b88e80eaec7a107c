"""Waiting for what is to happen, however busy the machine is, and ports that nobody else takes meanwhile."""

from __future__ import annotations

import socket
import time
from random import SystemRandom
from typing import TYPE_CHECKING, TypeVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

PATIENCE_S = 60.0  # until a test gives up; nothing takes that long, but the machine may be slow and busy
_PORTS = range(20_000, 32_000)


def until(happens: Callable[[], T], what: str = "what was waited for", patience_s: float = PATIENCE_S) -> T:
    """The first true answer. It is asked no more after that: the next one may be another."""
    last = time.monotonic() + patience_s
    while not (found := happens()):
        if time.monotonic() > last:
            pytest.fail(f"it never happened: {what}")
        time.sleep(0.05)
    return found


def free_port() -> int:
    """For a server that has to be told one, also when it is started again.

    Systems take the ports that they choose themselves from above these: one that is free here stays free.
    """
    while True:
        port = SystemRandom().choice(_PORTS)  # hypothesis seeds the other one, the same in every process
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
