"""From the store's thread into the event loop, with one wake-up for everything that waits.

`call_soon_threadsafe` writes to a pipe each time. A commit that completes two hundred requests must pay that once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.store.promise import Promise


class LoopBridge:
    """Calls functions in the running event loop on behalf of other threads, in the order they were posted."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._posted: deque[tuple[Callable[[Any], None], Any]] = deque()
        self._scheduled = False

    def attach(self) -> asyncio.AbstractEventLoop:
        """Serve the running event loop from now on."""
        self._loop = loop = asyncio.get_running_loop()
        return loop

    def post(self, callback: Callable[[Any], None], argument: Any) -> None:
        """Have `callback(argument)` called in the attached loop, soon. Callable from any thread."""
        self._posted.append((callback, argument))
        if not self._scheduled and self._loop is not None:
            self._scheduled = True
            with suppress(RuntimeError):  # the loop is closed: nobody is left to be told
                self._loop.call_soon_threadsafe(self._drain)

    def _drain(self) -> None:
        # Before the queue is read: what is posted from here on schedules the next call.
        self._scheduled = False
        while self._posted:
            callback, argument = self._posted.popleft()
            callback(argument)

    async def done(self, future: Promise[Any]) -> None:
        """Wait until `future`, which another thread completes, is done."""
        if future.done():
            return
        waiter = (self._loop or self.attach()).create_future()  # to ask for the running loop is a system call
        future.add_done_callback(lambda _: self.post(_finish, waiter))
        await waiter


def _finish(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
