"""Listening, serving, and stopping without losing an event that was accepted."""

from __future__ import annotations

import errno
import gc
import logging
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from liveinsight.asgi import create_app
from liveinsight.bootstrap import open_analytics
from liveinsight.errors import StartError
from liveinsight.logs import configure_logging
from liveinsight.server.banner import banner
from liveinsight.tokens import SAFE_LENGTH, admin_token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from liveinsight.asgi import App
    from liveinsight.settings import Settings

logger = logging.getLogger(__name__)

_BACKLOG = 2048
_GRACE_SECONDS = 10
_HIGHEST_PORT = 65_535


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. Raises StartError when the port, the folder or the store cannot be used.

    Stopping: no new connections, live streams end, requests under way are answered, the store closes.
    """
    configure_logging(settings)
    with _listen(settings) as listener:
        token = admin_token(settings)
        if len(token) < SAFE_LENGTH:
            logger.warning("the admin token is shorter than %d characters: a longer one cannot be guessed", SAFE_LENGTH)
        analytics = open_analytics(settings)
        try:
            analytics.prepare()
            app = create_app(analytics, settings, token)
            _collect_garbage_rarely()
            _Server(app, banner(settings, token, listener.getsockname()[1])).run(sockets=[listener])
        finally:
            analytics.close()
            gc.unfreeze()


def _collect_garbage_rarely() -> None:
    """What lives long here (code, sessions, ids) is no garbage: looking through it cost a tenth of a busy server."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)


class _Server(uvicorn.Server):
    """uvicorn with our app on it. It prints `banner` when it serves, and when a signal already means a clean stop."""

    def __init__(self, app: App, banner: str) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http="httptools",
                ws="none",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,  # the app counts the proxies itself
                backlog=_BACKLOG,
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
        )
        self._app = app
        self._banner = banner

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(self._banner, flush=True)  # noqa: T201  for the person who started it

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.end_streams()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        with super().capture_signals():
            yield
            self._captured_signals.clear()  # a stop that was asked for is a success, not a death by signal


def _listen(settings: Settings) -> socket.socket:
    """A listening socket: connections wait in its queue until the store is open."""
    host, port = settings.host, settings.port
    if port > _HIGHEST_PORT:
        msg = f"There is no port {port}: ports go up to {_HIGHEST_PORT}."
        raise StartError(msg)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise StartError(_why_not(error, host, port)) from None


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use: stop what is listening there, or choose another one with --port."
    if error.errno == errno.EACCES:
        return f"Port {port} needs more rights than this user has: choose one above 1023 with --port."
    return f"{host} is not an address of this machine: choose another one with --host."
