"""A server in this process that serves the stores of many tests, each under a path of its own."""

from __future__ import annotations

import threading
from contextvars import ContextVar
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any, cast

import uvicorn

from liveinsight.asgi import create_app
from liveinsight.service import Analytics
from liveinsight.settings import Settings
from tests.waiting import until

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from liveinsight.store.base import Store
    from tests.factories import Clock

TOKEN = "the-token-of-the-other-server"


_asked: ContextVar[Analytics] = ContextVar("asked")


class _Chosen:
    """The service that a request is for: one app for all is much quicker than an app for each."""

    def __getattr__(self, name: str) -> Any:
        return getattr(_asked.get(), name)


class _Served:
    """Passes a request to the app, with the service of its path."""

    def __init__(self) -> None:
        self.services: dict[str, Analytics] = {}
        self.address = ""
        self._app = create_app(cast("Analytics", _Chosen()), Settings(), TOKEN)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        mount = f"/{scope['path'].split('/')[1]}"
        _asked.set(self.services[mount])
        await self._app({**scope, "root_path": mount}, receive, send)


def start(app: Any, **where: Any) -> uvicorn.Server:
    """A server in a thread; it ends with the process."""
    # Who keeps a connection for long must not find that it was closed just now.
    config = uvicorn.Config(app, lifespan="off", log_config=None, ws="none", timeout_keep_alive=3600, **where)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started or not thread.is_alive(), "the server starts")
    assert server.started
    return server


@cache
def _served() -> _Served:
    """The server, started when first asked for; it ends with the process."""
    served = _Served()
    server = start(served, port=0)
    served.address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    return served


_paths = count(1)


def serve(store: Store, clock: Clock) -> str:
    """Have a server on this store; gives its address."""
    served, mount = _served(), f"/{next(_paths)}"
    served.services[mount] = Analytics(store, Settings(), clock)
    return served.address + mount
