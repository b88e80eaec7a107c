"""A site as it happens: one reader's stream of server-sent events.

A message `realtime` is the answer of /api/realtime: at once, then at most every second while something happens, and at
least every ten seconds. A message `events` holds what was just stored; the first one is a backlog.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pydantic_core import to_json

from liveinsight import answers
from liveinsight.errors import LiveInsightError, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from liveinsight.models.events import StoredEvent
    from liveinsight.service import Analytics
    from liveinsight.wire.loop_bridge import LoopBridge

BACKLOG = 50
_WAITING = 200  # what a reader who is slow, or a site that is very busy, has in memory; older events are counted only
_EVENTS_EVERY = 0.1  # seconds: a burst becomes a few messages, and nobody sees the difference
_CHANGED_EVERY = 1.0
_QUIET_EVERY = 10.0
_COMMENT_EVERY = 15.0

_HELLO = b"retry: 2000\n\n"
_KEEP_ALIVE = b": keep-alive\n\n"


class LiveStream:
    """One reader of one site. `site_id` may be empty before the first event of all: then that event's site is meant."""

    def __init__(self, analytics: Analytics, site_id: str, bridge: LoopBridge) -> None:
        self._analytics = analytics
        self._site = site_id
        self._bridge = bridge
        self._waiting: deque[StoredEvent] = deque(maxlen=_WAITING)
        self._missed = 0
        self._changed = False
        self._ended = False
        self._wake = asyncio.Event()

    def end(self) -> None:
        """Let the stream finish now."""
        self._ended = True
        self._wake.set()

    async def messages(self) -> AsyncIterator[bytes]:
        """The stream, until it is ended or its reader goes. Ends by itself when the site cannot be shown any more."""
        self._bridge.attach()
        backlog = self._analytics.feed.listen(self._committed)
        try:
            yield _HELLO
            yield await self._realtime()
            yield _message("events", self._backlog(backlog))
            async for message in self._news():
                yield message
        except LiveInsightError:
            return  # the reader connects again, and is told why
        finally:
            self._analytics.feed.leave(self._committed)

    async def _news(self) -> AsyncIterator[bytes]:
        clock = asyncio.get_running_loop().time
        events_sent = realtime_sent = last_word = clock()
        while not self._ended:
            now = clock()
            events_due = events_sent + _EVENTS_EVERY if self._waiting else math.inf
            realtime_due = realtime_sent + (_CHANGED_EVERY if self._changed else _QUIET_EVERY)
            comment_due = last_word + _COMMENT_EVERY
            if events_due <= now:
                yield _message("events", self._take())
                events_sent = last_word = now
            elif realtime_due <= now:
                realtime_sent = now
                with suppress(StoreUnavailable):  # it may be back in a moment
                    yield await self._realtime()
                    last_word = now
            elif comment_due <= now:
                yield _KEEP_ALIVE
                last_word = now
            else:
                await self._sleep(min(events_due, realtime_due, comment_due) - now)

    async def _sleep(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        self._wake.clear()

    def _committed(self, events: list[StoredEvent]) -> None:
        """Called in the store's thread."""
        self._bridge.post(self._arrive, events)

    def _arrive(self, events: list[StoredEvent]) -> None:
        for event in events:
            self._site = self._site or event.site_id
            if event.site_id == self._site:
                self._missed += len(self._waiting) == _WAITING
                self._waiting.append(event)
                self._changed = True
        if self._changed:
            self._wake.set()

    async def _realtime(self) -> bytes:
        self._changed = False
        return _message("realtime", await asyncio.to_thread(self._analytics.realtime, self._site))

    def _backlog(self, events: list[StoredEvent]) -> dict[str, Any]:
        mine = [event for event in events if event.site_id == self._site]
        return {"events": [answers.feed_event(event) for event in mine[-BACKLOG:]], "backlog": True}

    def _take(self) -> dict[str, Any]:
        news: dict[str, Any] = {"events": [answers.feed_event(event) for event in self._waiting], "backlog": False}
        if self._missed:
            news["missed"] = self._missed
        self._waiting.clear()
        self._missed = 0
        return news


class LiveStreams:
    """Every open stream of this process, so that all of them can be ended."""

    def __init__(self) -> None:
        self._open: set[LiveStream] = set()
        self._ended = False

    def end(self) -> None:
        """End them, and those still to come: the process is about to stop. Call it in the event loop."""
        self._ended = True
        for stream in self._open:
            stream.end()

    async def follow(self, stream: LiveStream) -> AsyncIterator[bytes]:
        """The stream's messages; it counts as open for as long as they are read."""
        if self._ended:
            return
        self._open.add(stream)
        try:
            async for message in stream.messages():
                yield message
        finally:
            self._open.discard(stream)


def _message(event: str, data: dict[str, Any]) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (event.encode(), to_json(data))
