"""The daily salts of visitor hashes: one a UTC day, made when first needed, destroyed within 48 hours."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from liveinsight.stats.period import DAY_MS, HOUR_MS

if TYPE_CHECKING:
    from liveinsight.store.base import Store

KIND = "salt"
_AHEAD_MS = 2 * HOUR_MS


class StoredSalts:
    """Salts kept as documents, so that a restart within the day knows its visitors again."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[int, bytes] = {}

    def salt(self, at: int) -> bytes:
        """The secret of the UTC day that holds `at` (ms). Asks the store once a day."""
        day = at // DAY_MS
        return self._known.get(day) or self._of(day)

    def maintain(self, now: int) -> int:
        """Delete the salts of past days and make the next one in time; gives how many are gone. Call it hourly."""
        self._of((now + _AHEAD_MS) // DAY_MS)
        oldest = (now - HOUR_MS) // DAY_MS
        old = [key for key in self._store.documents(KIND) if int(key) < oldest]
        for key in old:
            self._store.put_document(KIND, key, None)
        return len(old)

    def _of(self, day: int) -> bytes:
        salt = bytes.fromhex(self._store.put_document(KIND, str(day), secrets.token_hex(32), keep=True) or "")
        self._known = {known: self._known[known] for known in self._known if known >= day - 1} | {day: salt}
        return salt
