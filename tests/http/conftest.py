"""A test that asks for `start`, `client` or `reader` runs over every front end."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from liveinsight.service import Analytics
from liveinsight.settings import Settings
from liveinsight.store.cached import CachedStore
from liveinsight.store.memory import MemoryStore
from tests.factories import Clock
from tests.http.front_ends import FRONT_ENDS, TOKEN, as_reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from liveinsight.store.base import Store
    from tests.http.front_ends import Serve, Start


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store() -> MemoryStore:
    """A store that outlives the servers that are started on it."""
    return MemoryStore()


@pytest.fixture(params=FRONT_ENDS)
def front_end(request: pytest.FixtureRequest) -> str:
    """The name of the front end that the test runs on."""
    name: str = request.param
    return name


@pytest.fixture
def serve(front_end: str, clock: Clock) -> Iterator[Serve]:
    """Start a server with these settings, on this store; gives the service, and a client that is not logged in."""
    with ExitStack() as stack:

        def serve(store: Store | None = None, **settings: Any) -> tuple[Analytics, httpx.Client]:
            settings = {"admin_token": TOKEN, "data": "nowhere", **settings}
            analytics = Analytics(CachedStore(store or MemoryStore()), Settings(**settings), clock)
            stack.callback(analytics.close)
            return analytics, stack.enter_context(FRONT_ENDS[front_end](analytics))

        yield serve


@pytest.fixture
def start(serve: Serve) -> Start:
    """As `serve`, for tests that only need the client."""

    def start(store: Store | None = None, **settings: Any) -> httpx.Client:
        return serve(store, **settings)[1]

    return start


@pytest.fixture
def client(start: Start) -> httpx.Client:
    """A client that is not logged in."""
    return start()


@pytest.fixture
def reader(client: httpx.Client) -> httpx.Client:
    """A client with the reader's token."""
    return as_reader(client)
