"""A result that another thread will bring: what `Store.record` gives.

The part of `concurrent.futures.Future` that is used here, without its lock and condition, which were a tenth of the
cost of a request. It relies on what CPython guarantees: appending to and popping from a deque are atomic.
"""

from __future__ import annotations

import logging
from collections import deque
from threading import Event
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)

T = TypeVar("T")


class Promise(Generic[T]):
    """Kept once, by `set_result` or `set_exception`; from then on it never changes."""

    __slots__ = ("_callbacks", "_error", "_kept", "_value")

    def __init__(self) -> None:
        self._kept = False
        self._value: T | None = None
        self._error: BaseException | None = None
        self._callbacks: deque[Callable[[Promise[T]], None]] = deque()

    def set_result(self, value: T) -> None:
        """Keep it."""
        self._value = value
        self._keep()

    def set_exception(self, error: BaseException) -> None:
        """Break it: `result` raises `error`."""
        self._error = error
        self._keep()

    def done(self) -> bool:
        return self._kept

    def exception(self) -> BaseException | None:
        """Why it was broken; None while it is not."""
        return self._error

    def add_done_callback(self, callback: Callable[[Promise[T]], None]) -> None:
        """Have `callback(self)` called once it is kept: in the thread that keeps it, or here and now."""
        self._callbacks.append(callback)
        if self._kept:
            self._call_back()

    def result(self, timeout: float | None = None) -> T:
        """The value; waits for it. Raises what broke it, or TimeoutError after `timeout` seconds."""
        if not self._kept:
            kept = Event()
            self.add_done_callback(lambda _: kept.set())
            if not kept.wait(timeout):
                raise TimeoutError
        if self._error is not None:
            raise self._error
        return self._value  # type: ignore[return-value]  # kept: a T

    def _keep(self) -> None:
        self._kept = True
        self._call_back()

    def _call_back(self) -> None:
        # Both threads may be here at once; each callback is popped, and so called, by one of them.
        while self._callbacks:
            try:
                callback = self._callbacks.popleft()
            except IndexError:
                return
            try:
                callback(self)
            except Exception:
                logger.exception("a callback failed")
