"""The stores under test. A home is where a store lives: it can be closed and opened again. No test asks which it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.settings import Settings
from liveinsight.store.cached import CachedStore
from liveinsight.store.duckdb import DuckDBStore
from liveinsight.store.memory import MemoryStore
from liveinsight.store.remote import RemoteStore
from tests.dynamodb_local import create_tables, fresh_settings
from tests.store.served import TOKEN, serve
from tests.store.settled import SettledStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from liveinsight.store.base import Store
    from tests.factories import Clock

    Opener = Callable[[], Store]


def _memory(_folder: Path, clock: Clock) -> Opener:
    store = MemoryStore()
    return lambda: store  # it lives as long as the process: opening it again finds what was there


def _duckdb(folder: Path, clock: Clock) -> Opener:
    return lambda: DuckDBStore(folder / "liveinsight.duckdb", Settings(data=str(folder)), clock)


def _cached(folder: Path, clock: Clock) -> Opener:
    store = MemoryStore()
    return lambda: CachedStore(store)


def _dynamodb(_folder: Path, clock: Clock) -> Opener:
    settings = fresh_settings()
    create_tables(settings)
    return lambda: SettledStore(settings, clock)


def _remote(_folder: Path, clock: Clock) -> Opener:
    url = serve(CachedStore(MemoryStore()), clock)
    return lambda: RemoteStore(url, Settings(store_token=TOKEN))


HOMES: dict[str, Callable[[Path, Clock], Opener]] = {
    "memory": _memory,
    "duckdb": _duckdb,
    "cached": _cached,
    "dynamodb": _dynamodb,
    "remote": _remote,
}

REPROCESSING = ("memory", "duckdb", "cached", "dynamodb")  # those that can derive what they hold anew


class Home:
    """An open store and the way to open it again."""

    def __init__(self, kind: str, folder: Path, clock: Clock) -> None:
        self._open = HOMES[kind](folder, clock)
        self.store = self._open()

    def reopen(self) -> Store:
        """Stop and start: the store as the next process finds it."""
        self.store.close()
        self.store = self._open()
        return self.store
