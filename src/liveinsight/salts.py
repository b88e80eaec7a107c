"""The daily salts of visitor hashes: one a UTC day, made when first needed, destroyed within 48 hours."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from liveinsight.stats.period import DAY_MS

if TYPE_CHECKING:
    from liveinsight.store.base import Store

KIND = "salt"


class StoredSalts:
    """Salts kept as documents, so that a restart within the day knows its visitors again."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._day = -1
        self._salt = b""

    def salt(self, at: int) -> bytes:
        """The secret of the UTC day that holds `at` (ms). Asks the store once a day."""
        day = at // DAY_MS
        if day != self._day:
            kept = self._store.put_document(KIND, str(day), secrets.token_hex(32), keep=True)
            self._salt = bytes.fromhex(kept or "")
            self._day = day
        return self._salt

    def destroy_old(self, now: int) -> int:
        """Delete the salts of the days before yesterday; gives how many. Call it at least hourly."""
        oldest = now // DAY_MS - 1
        old = [key for key in self._store.documents(KIND) if int(key) < oldest]
        for key in old:
            self._store.put_document(KIND, key, None)
        return len(old)
