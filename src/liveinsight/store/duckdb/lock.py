"""One process a data folder: a lock that the system drops with the process, however it ends."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from liveinsight.errors import StartError, StoreInUse

if TYPE_CHECKING:
    from pathlib import Path


class FolderLock:
    """Held from `__init__` to `release`. Raises StoreInUse, naming the process that holds it."""

    def __init__(self, database: Path) -> None:
        path = database.with_name(database.name + ".lock")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            msg = f"The data folder {path.parent} cannot be used: {error.strerror}. Choose another with --data."
            raise StartError(msg) from None
        try:
            _lock(self._file)
        except OSError:
            holder = os.read(self._file, 20).decode("ascii", "replace").strip()
            os.close(self._file)
            msg = (
                f"The data folder {path.parent} is in use by another LiveInsight (process {holder or 'unknown'})."
                " Stop it first, or choose another folder with --data."
            )
            raise StoreInUse(msg) from None
        os.truncate(self._file, 0)
        os.write(self._file, str(os.getpid()).encode())

    def release(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def _lock(descriptor: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows: there DuckDB's own lock on the file is the one that counts
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
