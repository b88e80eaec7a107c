"""What a caller sees of a result that another thread brings."""

from __future__ import annotations

import threading

import pytest

from liveinsight.store.promise import Promise


def test_waiting_gives_what_another_thread_brings() -> None:
    promise: Promise[int] = Promise()
    threading.Timer(0.01, promise.set_result, (7,)).start()
    assert promise.result(10) == 7
    assert promise.done()


def test_a_broken_promise_raises_why() -> None:
    promise: Promise[int] = Promise()
    promise.set_exception(ValueError("the disk"))
    assert isinstance(promise.exception(), ValueError)
    with pytest.raises(ValueError, match="the disk"):
        promise.result()


def test_waiting_has_an_end() -> None:
    with pytest.raises(TimeoutError):
        Promise[int]().result(0.01)


def test_a_failing_callback_harms_nobody_else(caplog: pytest.LogCaptureFixture) -> None:
    promise: Promise[int] = Promise()
    called: list[int] = []
    promise.add_done_callback(lambda _: called.append(1 // 0))
    promise.add_done_callback(lambda kept: called.append(kept.result()))
    promise.set_result(3)
    assert called == [3]
    assert "ZeroDivisionError" in caplog.text


def test_each_callback_is_called_once_whoever_comes_first() -> None:
    for _ in range(500):
        promise: Promise[list[int]] = Promise()
        called: list[int] = []
        keeper = threading.Thread(target=promise.set_result, args=(called,))
        keeper.start()
        for _ in range(20):
            promise.add_done_callback(lambda kept: kept.result().append(1))
        keeper.join()
        assert called == [1] * 20
