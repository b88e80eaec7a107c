"""`kill -9` at any moment loses nothing that was acknowledged and doubles nothing, even though the clients retry."""

from __future__ import annotations

import os
import random
import signal
import time
from typing import TYPE_CHECKING

from tests.durability.clients import assert_agrees, finish, start
from tests.server.running import Running

if TYPE_CHECKING:
    from pathlib import Path

KILLS = int(os.environ.get("KILLS", "20"))  # `make kill-test` takes 200


def test_everything_acknowledged_is_there_once_after_many_kills(tmp_path: Path) -> None:
    chance = random.Random(KILLS)
    server = Running(tmp_path, rate_limit="0")
    clients, stopping = start(3, lambda: server.url)
    for _ in range(KILLS):
        time.sleep(chance.choice((0.01, 0.1, 0.3, 1.1)) * chance.random() + 0.02)
        assert server.stop(signal.SIGKILL) == -signal.SIGKILL
        server = Running(tmp_path, rate_limit="0")
    time.sleep(0.5)
    finish(clients, stopping)
    with server.client() as reader:
        assert_agrees(reader, clients)
    assert server.stop() == 0
    assert "log was damaged" not in server.log

    with_nothing_in_memory = Running(tmp_path)
    with with_nothing_in_memory.client() as reader:
        assert_agrees(reader, clients)
    with_nothing_in_memory.stop()


def test_stopping_politely_answers_what_was_accepted(tmp_path: Path) -> None:
    server = Running(tmp_path, rate_limit="0")
    clients, stopping = start(3, lambda: server.url)
    for _ in range(3):
        time.sleep(0.3)
        assert server.stop(signal.SIGTERM) == 0
        server = Running(tmp_path, rate_limit="0")
    finish(clients, stopping)
    with server.client() as reader:
        assert_agrees(reader, clients)
    server.stop()
