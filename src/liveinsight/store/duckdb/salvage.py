"""Opening a database with a damaged write-ahead log: keep the intact prefix, set the rest aside, say what was lost."""

from __future__ import annotations

import logging
import os
import re
import time
from typing import TYPE_CHECKING

import duckdb

from liveinsight.errors import StartError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

logger = logging.getLogger(__name__)

# What DuckDB says of a damaged log. Whatever else stops it (memory, permissions, a full disk) leaves the log as it is.
_CORRUPT_FROM = re.compile(r"Corrupt WAL file: entry at byte position (\d+)")
_FOREIGN = re.compile(r"WAL does not match database file|WAL checkpoint iteration does not match")

_MAGIC = b"d\x00b"  # how DuckDB's log begins; it ignores one that begins otherwise, without a word
_FRAME_HEADER = 16  # DuckDB's log: a header, then frames of length (8 bytes), checksum (8 bytes) and content
_LONGEST_HEADER = 256


def open_salvaging(path: Path, connect: Callable[[Path], duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    """A connection to the database at `path`; what a damaged log cannot give back is set aside and logged.

    Raises StartError when the database cannot be opened; then nothing was changed.
    """
    log = path.with_name(path.name + ".wal")
    if log.exists() and log.stat().st_size:
        _inspect(log, log.read_bytes())
    for _ in range(3):
        try:
            return connect(path)
        except duckdb.Error as error:
            intact = _intact_bytes(str(error))
            if intact is None or not log.exists():
                msg = f"The database {path} cannot be opened: {str(error).splitlines()[0][:200]}"
                raise StartError(msg) from None
            _cut(log, intact)
    msg = (
        f"The log of the database {path} is damaged in more than one place. Restore a backup, or move {log.name} away."
    )
    raise StartError(msg)


def _intact_bytes(error: str) -> int | None:
    """How much of the log is intact, when the error says that it is damaged."""
    if found := _CORRUPT_FROM.search(error):
        return int(found[1])
    return 0 if _FOREIGN.search(error) else None


def _inspect(log: Path, content: bytes) -> None:
    """Look for the damage that DuckDB passes over in silence: a log it does not know, or an end that is no entry."""
    if not _MAGIC.startswith(content[: len(_MAGIC)]):
        _cut(log, 0)
    elif torn := len(content) - _whole_frames(content):
        logger.warning(
            "the database's log does not end with a whole entry: normal when the process was killed while writing,"
            " and then nothing acknowledged is lost; otherwise the end was damaged",
            extra={"bytes_ignored": torn, "bytes": len(content), "set_aside": _keep(log, content[-torn:])},
        )


def _cut(log: Path, intact: int) -> None:
    content = log.read_bytes()
    aside = _keep(log, content)
    os.truncate(log, intact)
    logger.error(
        "the database's log was damaged: events after the intact part are lost",
        extra={"bytes_kept": intact, "bytes_lost": len(content) - intact, "set_aside": aside},
    )


def _whole_frames(content: bytes) -> int:
    """How many bytes from the start are whole frames. The header's length is not fixed: the longest chain tells it."""
    best = 0
    for start in range(_FRAME_HEADER, min(_LONGEST_HEADER, len(content))):
        at = start
        while at + _FRAME_HEADER <= len(content):
            length = int.from_bytes(content[at : at + 8], "little")
            if not 0 < length <= len(content) - at - _FRAME_HEADER:
                break
            at += _FRAME_HEADER + length
        if at > start:
            best = max(best, at)
    return best or (len(content) if len(content) < _LONGEST_HEADER else 0)


def _keep(log: Path, content: bytes) -> str:
    """Write what is about to be lost beside the log; gives the file's name. Raises StartError when there is no room."""
    aside = log.with_name(f"{log.name}.damaged-{time.time_ns()}")
    try:
        aside.write_bytes(content)
    except OSError as error:
        aside.unlink(missing_ok=True)
        msg = f"The log {log} is damaged, and there is no room to keep a copy of it: {error.strerror}. Make room first."
        raise StartError(msg) from None
    return aside.name
