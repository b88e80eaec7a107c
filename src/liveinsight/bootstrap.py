"""Settings -> store -> Analytics. The only place that chooses a store, by its URL."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from liveinsight.errors import SettingError, StartError
from liveinsight.ingest.country import Countries
from liveinsight.service import Analytics, now_ms
from liveinsight.store.cached import CachedStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from liveinsight.settings import Settings
    from liveinsight.store.base import Store
    from liveinsight.store.dynamodb import DynamoDBStore
    from liveinsight.store.dynamodb.delivery import Delivery

DATABASE = "liveinsight.duckdb"


def open_analytics(settings: Settings, clock: Callable[[], int] = now_ms) -> Analytics:
    """The service on its store. Raises StartError (SettingError, StoreInUse, SchemaTooNew)."""
    countries = Countries(settings.country_database)  # first: a mistake in its name must not leave a store open
    return Analytics(open_store(settings, clock), settings, clock, countries)


def open_store(settings: Settings, clock: Callable[[], int] = now_ms) -> Store:
    """The store that `settings.store` names: `duckdb:///path`, `dynamodb://`, `http://host:port`, `memory://`.

    Empty: a file in the data folder. Answers are kept before a store that this process owns. DynamoDB and another
    server's are none: other processes write there without telling this one.
    """
    check_address(settings)
    url = _address(settings)
    scheme, _, rest = url.partition("://")
    if scheme == "duckdb":
        from liveinsight.store.duckdb import DuckDBStore

        return CachedStore(DuckDBStore(_path(rest, url), settings, clock))
    if scheme == "dynamodb":
        return open_dynamodb(settings, clock)
    if scheme == "memory":
        from liveinsight.store.memory import MemoryStore

        return CachedStore(MemoryStore())
    from liveinsight.store.remote import RemoteStore

    return RemoteStore(url, settings)


def check_address(settings: Settings) -> None:
    """Whether `settings.store` names a store that can be opened here; opens none. Raises StartError."""
    url = _address(settings)
    scheme, written, rest = url.partition("://")
    if scheme == "duckdb":
        _path(rest, url)
    elif scheme == "dynamodb" and written:
        if rest:
            msg = "LIVEINSIGHT_STORE=dynamodb:// takes nothing more: its tables are named by EVENTS_TABLE and its like."
            raise SettingError(msg)
        _need_aws()
    elif scheme in {"http", "https"}:
        _check_remote(url, settings)
    elif scheme != "memory":
        known = "duckdb:///path/to/file, dynamodb://, http://host:port or memory://"
        msg = f"LIVEINSIGHT_STORE names a store that does not exist: {scheme}. Use {known}."
        raise SettingError(msg)


def _address(settings: Settings) -> str:
    return settings.store or f"duckdb:///{settings.data_folder / DATABASE}"


def _check_remote(url: str, settings: Settings) -> None:
    if find_spec("urllib3") is None:
        msg = "A store at another server needs urllib3: install liveinsight[remote]."
        raise StartError(msg)
    parts = urlsplit(url)
    if not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
        msg = (
            "LIVEINSIGHT_STORE names a server by its address alone, such as https://stats.example.com;"
            " its token is LIVEINSIGHT_STORE_TOKEN."
        )
        raise SettingError(msg)
    if not settings.store_token:
        msg = "LIVEINSIGHT_STORE_TOKEN is empty: set it to the admin token of the server that LIVEINSIGHT_STORE names."
        raise SettingError(msg)


def same_store(url: str, *, must_exist: bool = False) -> str:
    """The address of a store as it is always written. Raises StartError, also when a file is not there that must be."""
    scheme, _, rest = url.partition("://")
    if scheme != "duckdb":
        return url.rstrip("/") if scheme.startswith("http") else url
    path = _path(rest, url).absolute()
    if must_exist and not path.exists():
        msg = f"There is no data in {path}."
        raise StartError(msg)
    return f"duckdb:///{path}"


def is_followed(url: str) -> bool:
    """Whether the numbers of a store follow after its events, by an aggregator: see `following`."""
    return url.startswith("dynamodb:")


def open_dynamodb(settings: Settings, clock: Callable[[], int] = now_ms) -> DynamoDBStore:
    """The distributed store. Raises StartError."""
    _need_aws()
    from liveinsight.store.dynamodb import DynamoDBStore

    return DynamoDBStore(settings, clock)


def may_be_followed(url: str) -> bool:
    """The same of a store that may be another server's: what that one has is not known."""
    return is_followed(url) or url.startswith(("http://", "https://"))


@contextmanager
def following(settings: Settings) -> Iterator[None]:
    """An aggregator of the DynamoDB store at work, in a thread. Raises StartError."""
    store = open_dynamodb(replace(settings, aggregate=True))
    try:
        yield
    finally:
        store.close()


def open_delivery(settings: Settings) -> Delivery:
    """Takes what Lambda delivers of the stream of the DynamoDB store, for as long as the process lives.

    Raises StartError.
    """
    return open_dynamodb(replace(settings, aggregate=False)).open_delivery()


def refusal(error: Exception) -> str:
    """What DynamoDB refused and what to do about it, where that is the error; else nothing."""
    if "botocore" not in sys.modules:
        return ""
    from liveinsight.store.dynamodb import failures

    return failures.refusal(error)


def create_tables(settings: Settings) -> dict[str, str]:
    """Create the tables of the DynamoDB store: by name, what was done. Raises StartError."""
    _need_aws()
    from liveinsight.store.dynamodb.creating import create_tables as create

    return create(settings)


def _need_aws() -> None:
    if find_spec("boto3") is None:
        msg = "The DynamoDB store needs boto3: install liveinsight[aws]."
        raise StartError(msg)


def _path(rest: str, url: str) -> Path:
    """duckdb:///relative/file and duckdb:////absolute/file, as database URLs have it."""
    path = unquote(urlsplit(url).path)[1:] if rest.startswith("/") else ""
    if not path or path.endswith("/"):
        msg = "LIVEINSIGHT_STORE needs a file: duckdb:///relative/path or duckdb:////absolute/path."
        raise SettingError(msg)
    return Path(path)
