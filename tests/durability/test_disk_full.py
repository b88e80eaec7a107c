"""A full disk: 503 while it lasts, and everything goes on when there is room again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.durability.clients import assert_agrees, finish, start
from tests.server.running import Running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SIZE = "40m"
BALLAST = 24 * 1024 * 1024


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of 40 MB at `folder`; who mounts it must be root."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_full_disk_answers_503_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    if sys.platform != "linux":
        pytest.fail("this test fills a small disk, which it can only make on Linux: run it there, or in a container")
    if os.geteuid() != 0:  # the same again as root of a namespace of our own
        again = [sys.executable, "-m", "pytest", "-q", "--basetemp", str(tmp_path / "again"), __file__]
        subprocess.run(["unshare", "-rm", *again], check=True)
        return
    with small_disk(tmp_path):
        server = Running(tmp_path, rate_limit="0", memory_limit="128MB")
        ballast = tmp_path / "ballast"
        ballast.write_bytes(bytes(BALLAST))
        clients, stopping = start(3, lambda: server.url)
        deadline = time.monotonic() + 240
        fill(tmp_path)
        while not any(client.refused_for_now for client in clients):
            assert time.monotonic() < deadline, "the disk was full and nobody was told"
            time.sleep(0.1)
        refusal = httpx.post(f"{server.url}/api/events", json={}, timeout=60)
        assert refusal.status_code in {400, 503}  # the process lives and answers
        time.sleep(3)
        ballast.unlink()
        acknowledged = sum(len(client.acknowledged) for client in clients)
        while sum(len(client.acknowledged) for client in clients) < acknowledged + 50:
            assert time.monotonic() < deadline, server.log
            time.sleep(0.1)
        finish(clients, stopping)
        with server.client() as reader:
            assert_agrees(reader, clients)
        assert server.stop() == 0


def fill(folder: Path) -> None:
    """Take what is left of the disk, but for what a few commits need."""
    left = shutil.disk_usage(folder).free - 512 * 1024
    if left > 0:
        (folder / "rest").write_bytes(bytes(left))
