"""The example of a Django site, served by a real server in processes of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

from tests.http.messages import CHROME
from tests.server.running import environment
from tests.waiting import PATIENCE_S, until

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLE = ROOT / "examples" / "django_site"
TOKEN = "the-token-of-programs"
OWNER = "owner"  # name and password of who may see the numbers
_START_S = 2 * PATIENCE_S
_ADDRESS = re.compile(r"(?:Listening at:|Uvicorn running on|development server at) (http://127\.0\.0\.1:\d+)")

GUNICORN = ("-m", "gunicorn", "shop.wsgi", "--bind", "127.0.0.1:0", "--threads", "4")
UVICORN = (
    "-m",
    "uvicorn",
    "shop.asgi:application",
    "--port",
    "0",
    "--lifespan",
    "off",
    "--timeout-graceful-shutdown",
    "1",
)


def _listens(url: str) -> bool:
    host, _, port = url.removeprefix("http://").partition(":")
    try:
        socket.create_connection((host, int(port)), 1).close()
    except OSError:
        return False
    return True


class Served:
    """The example under a server; `liveinsight` overrides settings of LIVEINSIGHT. `log` is all that it printed."""

    def __init__(self, folder: Path, *server: str, **liveinsight: Any) -> None:
        self._log = folder / "log"
        self._environment = environment() | {
            "DJANGO_SETTINGS_MODULE": "tests.django_site.served_settings",
            "PYTHONPATH": f"{EXAMPLE}{os.pathsep}{ROOT}",
            "SHOP_DATA": str(folder / "data"),
            "SHOP_LIVEINSIGHT": json.dumps({"ADMIN_TOKEN": TOKEN, "RATE_LIMIT": 0.0, **liveinsight}),
        }
        self.manage("migrate", "--verbosity", "0")
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, *server], cwd=EXAMPLE, env=self._environment, stdout=log, stderr=subprocess.STDOUT
            )
        try:
            self.url = until(self._address, "it listens", _START_S)
        except BaseException:
            self.stop(signal.SIGKILL)
            raise

    def manage(self, *arguments: str) -> str:
        """A command of the site; gives what it printed."""
        command = [sys.executable, str(EXAMPLE / "manage.py"), *arguments]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def add_owner(self) -> None:
        """Make the user who may see the numbers."""
        program = (
            "from django.contrib.auth.models import User;"
            f"User.objects.create_user('{OWNER}', password='{OWNER}', is_staff=True)"
        )
        self.manage("shell", "-c", program)

    @property
    def log(self) -> str:
        return self._log.read_text()

    @property
    def analytics(self) -> str:
        """Where LiveInsight is mounted."""
        return f"{self.url}/analytics"

    def reader(self) -> httpx.Client:
        """A program that may read."""
        headers = {"Authorization": f"Bearer {TOKEN}", "User-Agent": CHROME}
        return httpx.Client(
            base_url=self.analytics, headers=headers, timeout=PATIENCE_S, limits=httpx.Limits(keepalive_expiry=2)
        )

    def visitor(self) -> httpx.Client:
        """Somebody who is not logged in, and whose page views are those of a program: not counted."""
        return httpx.Client(base_url=self.url, timeout=PATIENCE_S)

    def workers(self) -> list[int]:
        """The processes below the server's own."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(each) for each in children.split()]

    def stop(self, number: int = signal.SIGTERM) -> None:
        """Stop it, politely if nothing else is said."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait(timeout=PATIENCE_S)

    def _address(self) -> str:
        assert self.process.poll() is None, self.log
        found = _ADDRESS.search(self.log)
        return found[1] if found and _listens(found[1]) else ""
