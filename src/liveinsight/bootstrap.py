"""Settings -> store -> Analytics. The only place that chooses a store, by its URL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from liveinsight.errors import SettingError
from liveinsight.ingest.country import Countries
from liveinsight.service import Analytics, now_ms
from liveinsight.store.cached import CachedStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.settings import Settings
    from liveinsight.store.base import Store

DATABASE = "liveinsight.duckdb"


def open_analytics(settings: Settings, clock: Callable[[], int] = now_ms) -> Analytics:
    """The service on its store. Raises StartError (SettingError, StoreInUse, SchemaTooNew)."""
    countries = Countries(settings.country_database)  # first: a mistake in its name must not leave a store open
    return Analytics(open_store(settings, clock), settings, clock, countries)


def open_store(settings: Settings, clock: Callable[[], int] = now_ms) -> Store:
    """The store that `settings.store` names: `duckdb:///path`, `memory://`; empty: a file in the data folder.

    This process owns either, so answers are kept before them.
    """
    url = settings.store or f"duckdb:///{settings.data_folder / DATABASE}"
    scheme, _, rest = url.partition("://")
    if scheme == "duckdb":
        from liveinsight.store.duckdb import DuckDBStore

        return CachedStore(DuckDBStore(_path(rest, url), settings, clock))
    if scheme == "memory":
        from liveinsight.store.memory import MemoryStore

        return CachedStore(MemoryStore())
    msg = f"LIVEINSIGHT_STORE names a store that does not exist: {scheme}. Use duckdb:///path/to/file, or memory://."
    raise SettingError(msg)


def _path(rest: str, url: str) -> Path:
    """duckdb:///relative/file and duckdb:////absolute/file, as database URLs have it."""
    path = unquote(urlsplit(url).path)[1:] if rest.startswith("/") else ""
    if not path or path.endswith("/"):
        msg = "LIVEINSIGHT_STORE needs a file: duckdb:///relative/path or duckdb:////absolute/path."
        raise SettingError(msg)
    return Path(path)
