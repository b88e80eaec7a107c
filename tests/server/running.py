"""A real server in a process of its own, as a person would start it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "the-readers-token"
_ADDRESS = re.compile(r"running at (http://\S+?)/?\s*$")


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-W", "error", "-m", "liveinsight.cli", *arguments]


def environment(**settings: str) -> dict[str, str]:
    """This environment without settings of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIVEINSIGHT_")}
    return {**kept, **{f"LIVEINSIGHT_{name.upper()}": value for name, value in settings.items()}}


class Running:
    """`liveinsight serve` on a free port. `log` is its stderr."""

    def __init__(self, folder: Path, *arguments: str, **settings: str) -> None:
        self._log = folder / "log"
        with self._log.open("a") as log:
            self.process = subprocess.Popen(
                command("serve", "--port", "0", "--data", str(folder / "data"), *arguments),
                env=environment(**{"admin_token": TOKEN, **settings}),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout
        self.banner = [self.process.stdout.readline()]
        found = _ADDRESS.search(self.banner[0])
        assert found, self.log
        self.url = found[1]

    @property
    def log(self) -> str:
        return self._log.read_text()

    def client(self) -> httpx.Client:
        """A reader's client."""
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to stop, and wait; gives its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(timeout=60)
        rest = self.process.stdout
        if rest and not rest.closed:
            self.banner += rest.readlines()
            rest.close()
        return status


@contextmanager
def serving(folder: Path, *arguments: str, **settings: str) -> Iterator[Running]:
    """A server for a while; it has to end well."""
    running = Running(folder, *arguments, **settings)
    yield running
    assert running.stop() == 0
    assert "Traceback" not in running.log


def messages(answer: httpx.Response) -> Iterator[tuple[str, Any]]:
    """(event, data) of a stream, as they come."""
    event = ""
    for line in answer.iter_lines():
        name, _, value = line.partition(": ")
        if name == "event":
            event = value
        elif name == "data":
            yield event, json.loads(value)
