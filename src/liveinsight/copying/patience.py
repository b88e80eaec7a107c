"""A store that is busy is asked again."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from liveinsight.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.store.base import Store

PATIENCE_S = 120.0  # with a busy store, and with an aggregator: what it does is counted when a batch is done


def patient(store: Store) -> Store:
    """The same store, whose calls are tried again for a while when it is busy. All that a copy does may be repeated."""
    return cast("Store", _Patient(store))


class _Patient:
    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return partial(_patiently, getattr(self._store, name))


def _patiently(method: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            return method(*arguments, **named)
        except StoreUnavailable as error:
            if time.monotonic() + error.retry_after > until:
                raise
            time.sleep(error.retry_after)
