"""A real Firefox, driven by the protocol that is built into it: JSON over a socket, so it needs no driver."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from typing import TYPE_CHECKING, Any

from scripts.system_packages import FIREFOX, find_browser
from tests.waiting import PATIENCE_S

if TYPE_CHECKING:
    from pathlib import Path

PREFERENCES = {
    "marionette.port": 0,  # a free one
    "network.proxy.type": 0,
    # For `offline`: a proxy that nobody answers at, for this machine's addresses as well.
    "network.proxy.allow_hijacking_localhost": True,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
}


class Firefox:
    """A visitor with a profile of their own, which outlives `quit`."""

    def __init__(self, profile: Path) -> None:
        self._profile = profile
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items()]
        (profile / "user.js").write_text("".join(lines), encoding="utf-8")
        self.start()

    def start(self) -> None:
        path = find_browser(FIREFOX)
        assert path
        port = self._profile / "MarionetteActivePort"
        port.unlink(missing_ok=True)
        options = ("--headless", "--no-remote", "--marionette", "--remote-allow-system-access")
        self._process = subprocess.Popen(
            [path, *options, "--profile", self._profile], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + PATIENCE_S
        while not port.is_file() or not port.read_text(encoding="utf-8"):
            assert time.monotonic() < deadline, "Firefox did not start"
            self.wait_for_timeout(50)
        self._socket = socket.create_connection(("127.0.0.1", int(port.read_text(encoding="utf-8"))), timeout=60)
        self._answers = self._socket.makefile("rb")
        self._read()
        self.ask("WebDriver:NewSession")

    def _read(self) -> Any:
        size = b""
        while not size.endswith(b":"):
            more = self._answers.read(1)
            assert more, "Firefox is gone"
            size += more
        return json.loads(self._answers.read(int(size[:-1])))

    def ask(self, command: str, **parameters: Any) -> Any:
        message = json.dumps([0, 1, command, parameters]).encode()
        self._socket.sendall(b"%d:%b" % (len(message), message))
        _, _, error, result = self._read()
        assert error is None, error
        return result

    def goto(self, url: str) -> None:
        self.ask("WebDriver:Navigate", url=url)

    def back(self) -> None:
        self.ask("WebDriver:Back")

    def evaluate(self, expression: str) -> Any:
        return self.ask("WebDriver:ExecuteScript", script=f"return {expression}", args=[], sandbox=None)["value"]

    def click(self, selector: str) -> None:
        found = self.ask("WebDriver:FindElement", using="css selector", value=selector)["value"]
        self.ask("WebDriver:ElementClick", id=next(iter(found.values())))

    def go_offline(self) -> None:
        """Until it is started again."""
        self.ask("Marionette:SetContext", value="chrome")
        self.evaluate("Services.prefs.setIntPref('network.proxy.type', 1)")
        self.ask("Marionette:SetContext", value="content")

    def wait_for_timeout(self, milliseconds: float) -> None:
        time.sleep(milliseconds / 1000)

    def quit(self) -> None:
        """As somebody closes the browser: it writes down what pages have stored."""
        try:
            if self._process.poll() is None:
                self.ask("Marionette:Quit", flags=["eAttemptQuit"])
                self._process.wait(timeout=PATIENCE_S)
        finally:
            self._process.kill()
            self._process.wait()
            self._answers.close()
            self._socket.close()
