"""One reader's stream, where a real connection cannot show what is left behind. See also tests/server/test_live.py."""

from __future__ import annotations

import asyncio

import pytest

from liveinsight.errors import StoreUnavailable
from liveinsight.service import Analytics
from liveinsight.settings import Settings
from liveinsight.store.memory import MemoryStore
from liveinsight.wire import live_stream
from liveinsight.wire.live_stream import LiveStream, LiveStreams
from liveinsight.wire.loop_bridge import LoopBridge
from tests.factories import SITE, Clock


@pytest.fixture
def analytics() -> Analytics:
    clock = Clock()
    return Analytics(MemoryStore(), Settings(), clock)


def test_a_reader_who_goes_leaves_nothing_behind(analytics: Analytics) -> None:
    async def read_a_little() -> None:
        streams = LiveStreams()
        messages = streams.follow(LiveStream(analytics, SITE, LoopBridge()))
        assert await anext(messages) == b"retry: 2000\n\n"
        await anext(messages), await anext(messages)
        assert len(analytics.feed._listeners) == 1
        reading = asyncio.ensure_future(anext(messages))
        await asyncio.sleep(0)
        reading.cancel()
        await asyncio.wait([reading])
        assert not streams._open

    asyncio.run(read_a_little())
    assert analytics.feed._listeners == ()


def test_after_the_end_no_stream_begins(analytics: Analytics) -> None:
    async def read_too_late() -> list[bytes]:
        streams = LiveStreams()
        streams.end()
        return [message async for message in streams.follow(LiveStream(analytics, SITE, LoopBridge()))]

    assert asyncio.run(read_too_late()) == []


def test_a_store_that_is_away_for_a_while_does_not_end_the_stream(
    analytics: Analytics, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise StoreUnavailable

    async def read_on() -> list[bytes]:
        messages = LiveStream(analytics, SITE, LoopBridge()).messages()
        for _ in range(3):
            await anext(messages)
        with monkeypatch.context() as patch:
            patch.setattr(MemoryStore, "live", away)
            quiet = await anext(messages)
        return [quiet, await anext(messages)]

    monkeypatch.setattr(live_stream, "_QUIET_EVERY", 0.05)
    monkeypatch.setattr(live_stream, "_COMMENT_EVERY", 0.12)
    quiet, back = asyncio.run(read_on())
    assert quiet == b": keep-alive\n\n"
    assert back.startswith(b"event: realtime\n")
