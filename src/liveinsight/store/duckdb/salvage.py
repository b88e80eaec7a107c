"""Opening a database with a damaged write-ahead log: keep the intact prefix, set the rest aside, say what was lost."""

from __future__ import annotations

import errno
import logging
import os
import re
import shutil
import time
from typing import TYPE_CHECKING

import duckdb

from liveinsight.errors import StartError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

logger = logging.getLogger(__name__)

_BYTE = re.compile(r"entry at byte position (\d+)")
_LOG_ERROR = re.compile(r"\bWAL\b")
_MAGIC = b"d\x00b"  # how DuckDB's log begins; it ignores one that begins otherwise, without a word
_FRAME_HEADER = 16  # DuckDB's log: a header, then frames of length (8 bytes), checksum (8 bytes) and content
_LONGEST_HEADER = 256


def open_salvaging(path: Path, connect: Callable[[Path], duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    """A connection to the database at `path`; what a damaged log cannot give back is set aside and logged.

    Raises StartError when the database file itself is damaged.
    """
    log = path.with_name(path.name + ".wal")
    if log.exists() and log.stat().st_size:
        _inspect(path, log, log.read_bytes())
    for _ in range(3):
        try:
            return connect(path)
        except duckdb.Error as error:
            if not (log.exists() and _LOG_ERROR.search(str(error))):
                msg = f"The database {path} cannot be opened: {str(error).splitlines()[0][:200]}"
                raise StartError(msg) from None
            found = _BYTE.search(str(error))
            _cut(path, log, int(found[1]) if found else 0)
    msg = (
        f"The log of the database {path} is damaged in more than one place. Restore a backup, or move {log.name} away."
    )
    raise StartError(msg)


def _cut(path: Path, log: Path, intact: int) -> None:
    size = log.stat().st_size
    aside = _set_aside(path, log)
    if intact:
        os.truncate(log, intact)
    else:
        log.unlink()
    logger.error(
        "the database's log was damaged: events after the intact part are lost",
        extra={"bytes_kept": intact, "bytes_lost": size - intact, "set_aside": aside},
    )


def _inspect(path: Path, log: Path, content: bytes) -> None:
    """Look for the damage that DuckDB passes over in silence: a log it does not know, or an end that is no entry."""
    if not _MAGIC.startswith(content[: len(_MAGIC)]):
        _cut(path, log, 0)
    elif torn := len(content) - _whole_frames(content):
        logger.warning(
            "the database's log does not end with a whole entry: normal when the process was killed while writing,"
            " and then nothing acknowledged is lost; otherwise the end was damaged",
            extra={"bytes_ignored": torn, "bytes": len(content), "set_aside": _set_aside(path, log)},
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


def _set_aside(path: Path, log: Path) -> str:
    """Copy database and log into a folder beside them; gives its name, or says that there was no room."""
    folder = path.with_name(f"{path.name}.damaged-{time.time_ns()}")
    try:
        folder.mkdir()
        for each in (path, log):
            shutil.copy2(each, folder / each.name)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        return "not kept: the disk is full"
    return folder.name
