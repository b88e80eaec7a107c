"""The cells of days and months as they lie in the table: copies, each with the state of which it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.store.dynamodb import keys
from liveinsight.store.dynamodb.cells.spans import DAY, HOURS, MONTH, Span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from liveinsight.store.dynamodb.client import Client, Item

    Parts = tuple[bytes, ...]


class Kept:
    """Reads and writes them."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._table = client.names.stats
        self._listed: set[tuple[str, str, str]] = set()

    def read(self, site_id: str, timezone: str, dimension: str, wanted: Mapping[Span, str]) -> dict[Span, Parts]:
        """Those of the spans that are there in the state that is wanted."""
        found: dict[Span, Parts] = {}
        for kind in (DAY, HOURS, MONTH):
            of_kind = {span.start: span for span in wanted if span.kind == kind}
            if not of_kind:
                continue
            pk = keys.joined("rollup", site_id, timezone)
            low = keys.joined(dimension, kind, _time(min(of_kind)))
            high = keys.joined(dimension, kind, _time(max(of_kind))) + keys.AFTER
            parts: dict[Span, dict[int, Item]] = {}
            for item in self._client.query(self._table, pk, low, high):
                start, part = map(int, keys.parts_of(item["sk"])[2:])
                span = of_kind.get(start)
                if span is not None and item["state"] == wanted[span]:
                    parts.setdefault(span, {})[part] = item
            for span, items in parts.items():
                if len(items) >= items[min(items)]["parts"]:
                    found[span] = tuple(items[part]["content"] for part in sorted(items))
        return found

    def write(self, site_id: str, timezone: str, span: Span, state: str, made: Mapping[str, Parts]) -> None:
        """Keep what was made of a span, by dimension."""
        listed = {(site_id, timezone, dimension) for dimension in made} - self._listed
        items = [
            {
                "pk": keys.joined("rollup", site_id, timezone),
                "sk": keys.joined(dimension, span.kind, _time(span.start), str(part)),
                "state": state,
                "parts": len(parts),
                "content": content,
            }
            for dimension, parts in made.items()
            for part, content in enumerate(parts)
        ]
        items += [{"pk": keys.joined("rollups", site), "sk": keys.joined(*more)} for site, *more in sorted(listed)]
        self._client.write_many(self._table, items)
        self._listed |= listed

    def forget(self, site_id: str, before: int) -> None:
        """Delete what begins before a moment (ms)."""
        for item in self._client.query(self._table, keys.joined("rollups", site_id)):
            timezone, dimension = keys.parts_of(item["sk"])
            pk = keys.joined("rollup", site_id, timezone)
            for kind in (DAY, HOURS, MONTH):
                low, high = keys.joined(dimension, kind, ""), keys.joined(dimension, kind, _time(before))
                old = self._client.query(self._table, pk, low, high)
                self._client.write_many(self._table, deletes=[{"pk": pk, "sk": each["sk"]} for each in old])


def _time(at: int) -> str:
    return f"{at:015}"
