"""The open database: locked down, migrated, salvaged when it has to be."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import duckdb

from liveinsight.errors import SettingError
from liveinsight.store.duckdb.salvage import open_salvaging
from liveinsight.store.duckdb.schema import migrate

if TYPE_CHECKING:
    from pathlib import Path

    from liveinsight.settings import Settings

_LOCKED_DOWN = (
    "SET enable_external_access = false",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET allow_community_extensions = false",
    "SET lock_configuration = true",
)


def _cores() -> int:
    """The processors that this process may use: DuckDB counts all that the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def open_database(path: Path, settings: Settings) -> duckdb.DuckDBPyConnection:
    """A connection to the migrated database, with file access, extensions and settings locked.

    Raises StartError (also SchemaTooNew, SettingError).
    """

    def connect(path: Path) -> duckdb.DuckDBPyConnection:
        try:
            return duckdb.connect(path, config={"memory_limit": settings.memory_limit, "threads": _cores()})
        except (duckdb.ParserException, duckdb.InvalidInputException) as error:
            if "memory" not in str(error).lower():
                raise
            msg = f"LIVEINSIGHT_MEMORY_LIMIT is not an amount of memory: {settings.memory_limit!r}. Use 512MB or 2GB."
            raise SettingError(msg) from None

    connection = open_salvaging(path, connect)
    try:
        migrate(connection)
        for statement in _LOCKED_DOWN:
            connection.execute(statement)
    except BaseException:
        connection.close()
        raise
    return connection
