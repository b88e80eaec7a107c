"""Inserting items whose keys decide: each exists once, and one learns whether it is new.

An insert whose answer was lost is repeated, and may then find itself. So when an uncertain one finds the key taken, the
item is read: it says who made it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from liveinsight.errors import StoreUnavailable
from liveinsight.store.dynamodb.failures import THROTTLED, UNCERTAIN, is_throttle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from liveinsight.store.dynamodb.client import Client, Item

Inserted = bool | BaseException  # new, or known; or why neither can be told

_AT_ONCE = 25  # statements that one call takes
_KNOWN = "DuplicateItem"


def insert(client: Client, items: Sequence[Item]) -> dict[str, Inserted]:
    """What became of each item of the events table, by its `id`. Nobody else has its `made`."""
    parts = [items[at : at + _AT_ONCE] for at in range(0, len(items), _AT_ONCE)]
    inserts = [_Insert(client, part) for part in parts]
    client.parallel(_Insert.run, inserts)
    return {key: became for each in inserts for key, became in each.became.items()}


class _Insert:
    """Up to 25 items, tried until each one's fate is known or patience is at its end."""

    def __init__(self, client: Client, items: Sequence[Item]) -> None:
        self.became: dict[str, Inserted] = {}
        self._client = client
        self._place = f"the table {client.names.events}"
        self._left = {str(item["id"]): item for item in items}
        self._uncertain: set[str] = set()  # tried, and perhaps done
        self._doubtful: dict[str, str] = {}  # taken, perhaps by ourselves; and what we would have made

    def run(self) -> None:
        try:
            self._client.patiently(self._attempt, self._place)
            self._resolve()
        except (ClientError, BotoCoreError, StoreUnavailable) as error:
            for key in (*self._left, *self._doubtful):
                self.became.setdefault(key, error)

    def _attempt(self) -> None:
        """Try what is left. Raises ClientError while something is, though it may pass."""
        tried = list(self._left.values())
        try:
            codes = self._client.insert(self._client.names.events, tried)
        except (ClientError, BotoCoreError) as error:
            if not is_throttle(error):
                self._uncertain.update(self._left)
            raise
        for item, code in zip(tried, codes, strict=True):
            self._learn(str(item["id"]), code)
        if passing := [code for code in codes if code in THROTTLED | UNCERTAIN]:
            raise self._error(passing[0])

    def _learn(self, key: str, code: str) -> None:
        if code in THROTTLED:
            return
        if code in UNCERTAIN:
            self._uncertain.add(key)
            return
        item = self._left.pop(key)
        if code == _KNOWN and key in self._uncertain:
            self._doubtful[key] = item["made"]
        elif code in {"", _KNOWN}:
            self.became[key] = not code
        else:
            self.became[key] = self._error(code)

    def _resolve(self) -> None:
        makers = {
            item["id"]: item["made"]
            for item in self._client.get_few(
                self._client.names.events, [{"id": key} for key in self._doubtful], now=True
            )
        }
        for key, made in self._doubtful.items():
            self.became[key] = makers.get(key) == made

    def _error(self, code: str) -> ClientError:
        return ClientError({"Error": {"Code": code, "Message": self._place}}, "BatchExecuteStatement")
