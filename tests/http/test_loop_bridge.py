"""From the store's thread into the event loop."""

from __future__ import annotations

import asyncio
from threading import Thread
from typing import TYPE_CHECKING, Any

from liveinsight.store.promise import Promise
from liveinsight.wire.loop_bridge import LoopBridge

if TYPE_CHECKING:
    import pytest


def complete(futures: list[Promise[int]]) -> None:
    for number, future in enumerate(futures):
        future.set_result(number)


def test_everybody_who_waits_is_woken_by_few_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0

    async def wait() -> list[int]:
        nonlocal calls
        loop = asyncio.get_running_loop()
        into_loop = loop.call_soon_threadsafe

        def counted(*arguments: Any) -> asyncio.Handle:
            nonlocal calls
            calls += 1
            return into_loop(*arguments)

        monkeypatch.setattr(loop, "call_soon_threadsafe", counted)
        bridge = LoopBridge()
        futures: list[Promise[int]] = [Promise() for _ in range(200)]
        waiting = [asyncio.create_task(bridge.done(future)) for future in futures]
        await asyncio.sleep(0)
        thread = Thread(target=complete, args=(futures,))
        thread.start()
        thread.join()  # the loop is busy, as on a busy day
        await asyncio.gather(*waiting)
        return [future.result() for future in futures]

    assert asyncio.run(wait()) == list(range(200))
    assert calls == 1


def test_who_stopped_waiting_disturbs_nobody() -> None:
    async def wait() -> None:
        bridge = LoopBridge()
        gone: Promise[int] = Promise()
        stays: Promise[int] = Promise()
        waiting = [asyncio.create_task(bridge.done(each)) for each in (gone, stays)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        complete([gone, stays])
        await waiting[1]

    asyncio.run(wait())


def test_after_the_loop_has_closed_nothing_happens() -> None:
    bridge = LoopBridge()

    async def attach() -> None:
        bridge.attach()

    asyncio.run(attach())
    bridge.post(print, "nobody hears this")
