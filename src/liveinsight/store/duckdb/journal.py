"""The journal: what was acknowledged and is not yet in the tables. One file beside the database, appended and fsynced.

A record is its length and checksum (4 bytes each), its number (8 bytes) and its content; numbers rise by one. Reading
stops at the first record that is not whole: that one was being written when the process died, so nobody was told of it.
"""

from __future__ import annotations

import logging
import os
from struct import Struct
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

logger = logging.getLogger(__name__)

_HEAD = Struct("<IIQ")
_NUMBER = Struct("<Q")


class Journal:
    """An open journal. `number` is that of its last record, and goes on rising when the file is cleared."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        self.number = 0

    def read(self, after: int) -> Iterator[bytes]:
        """The contents of the whole records with numbers above `after`; then the file is ready for the next one.

        An end that is not whole is cut off, kept beside the file, and logged.
        """
        self.number = after
        content = self._path.read_bytes()
        at = 0
        while record := _record(content, at):
            number, payload = record
            at += _HEAD.size + len(payload)
            if number > after:
                self.number = number
                yield payload
        if at < len(content):
            self._cut(content, at)
        os.lseek(self._file, at, os.SEEK_SET)

    def append(self, content: bytes) -> None:
        """Add a record: durable at the return. Raises OSError when it is not."""
        number = self.number + 1
        head = _HEAD.pack(len(content), _checksum(number, content), number)
        record = memoryview(head + content)
        while record:
            record = record[os.write(self._file, record) :]
        _sync(self._file)
        self.number = number

    def clear(self) -> None:
        """Forget every record: they are in the tables."""
        os.ftruncate(self._file, 0)
        os.lseek(self._file, 0, os.SEEK_SET)

    def close(self) -> None:
        """Let go of the file. Calling it again is fine."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _cut(self, content: bytes, intact: int) -> None:
        aside = self._path.with_name(f"{self._path.name}.torn")
        aside.write_bytes(content[intact:])
        os.ftruncate(self._file, intact)
        logger.warning(
            "the journal does not end with a whole record: normal when the process was killed while writing, and then"
            " nothing acknowledged is lost; otherwise the end was damaged",
            extra={"bytes_cut": len(content) - intact, "bytes_kept": intact, "set_aside": aside.name},
        )


def _record(content: bytes, at: int) -> tuple[int, bytes] | None:
    """(number, content) of the record that begins at `at`; None when there is no whole one."""
    if at + _HEAD.size > len(content):
        return None
    length, checksum, number = _HEAD.unpack_from(content, at)
    payload = content[at + _HEAD.size : at + _HEAD.size + length]
    if not number or len(payload) < length or _checksum(number, payload) != checksum:
        return None
    return number, payload


def _checksum(number: int, content: bytes) -> int:
    return crc32(content, crc32(_NUMBER.pack(number)))


_sync = getattr(os, "fdatasync", os.fsync)  # macOS and Windows have no fdatasync
