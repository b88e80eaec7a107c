"""Small documents: a partition for each kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.store.dynamodb import keys

if TYPE_CHECKING:
    from liveinsight.store.dynamodb.client import Client, Item


class Documents:
    """Reads and writes them. Reads see every write that was answered."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._table = client.names.stats

    def get(self, kind: str, key: str) -> str | None:
        item = self._client.get(self._table, _key(kind, key))
        return None if item is None else item["body"]

    def put(self, kind: str, key: str, text: str | None, *, keep: bool) -> str | None:
        """See Store.put_document."""
        if keep:
            kept = self.get(kind, key)
            # Between the two somebody may write it: the condition says so, and then theirs is there.
            while kept is None and text is not None:
                if self._client.put(self._table, {**_key(kind, key), "body": text}, "attribute_not_exists(pk)"):
                    return text
                kept = self.get(kind, key)
            return kept
        if text is None:
            self._client.write_many(self._table, deletes=[_key(kind, key)])
        else:
            self._client.put(self._table, {**_key(kind, key), "body": text})
        return text

    def all(self, kind: str) -> dict[str, str]:
        """By key."""
        items = self._client.query(self._table, keys.joined("document", kind), now=True)
        return {keys.parts_of(item["sk"])[1]: item["body"] for item in items}


def _key(kind: str, key: str) -> Item:
    return {"pk": keys.joined("document", kind), "sk": keys.joined("", key)}  # a key may be empty, a sort key not
