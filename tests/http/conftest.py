"""A test that asks for `start`, `client` or `reader` runs over every front end."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from liveinsight.service import Analytics
from liveinsight.settings import Settings
from liveinsight.store.memory import MemoryStore
from tests.factories import Clock
from tests.http.front_ends import FRONT_ENDS, TOKEN, as_reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from liveinsight.store.base import Store
    from tests.http.front_ends import Start


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=FRONT_ENDS)
def start(request: pytest.FixtureRequest, clock: Clock) -> Iterator[Start]:
    """Start a server with these settings, on this store; gives a client that is not logged in."""
    with ExitStack() as stack:

        def start(store: Store | None = None, **settings: Any) -> httpx.Client:
            settings = {"admin_token": TOKEN, "data": "nowhere", **settings}
            analytics = Analytics(store or MemoryStore(), Settings(**settings), clock)
            stack.callback(analytics.close)
            return stack.enter_context(FRONT_ENDS[request.param](analytics))

        yield start


@pytest.fixture
def client(start: Start) -> httpx.Client:
    """A client that is not logged in."""
    return start()


@pytest.fixture
def reader(client: httpx.Client) -> httpx.Client:
    """A client with the reader's token."""
    return as_reader(client)
