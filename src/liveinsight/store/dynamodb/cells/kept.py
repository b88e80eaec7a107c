"""The cells of days and months as they lie in the table: copies, each with the state of which it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.store.dynamodb import keys
from liveinsight.store.dynamodb.cells.spans import DAY, HOURS, MONTH, Span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from liveinsight.store.dynamodb.client import Client, Item

    Parts = tuple[bytes, ...]


_MADE = "*"  # in the place of a dimension: all dimensions of the day are there, and those that are not have no value


class Kept:
    """Reads and writes them."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._table = client.names.stats
        self._listed: set[tuple[str, str, str]] = set()

    def read(self, site_id: str, timezone: str, dimension: str, wanted: Mapping[Span, str]) -> dict[Span, Parts]:
        """Those of the spans that are there in the state that is wanted; no parts: nothing is counted in them."""
        days = {span: state for span, state in wanted.items() if span.kind == DAY}
        made = _there(self._read(site_id, timezone, _MADE, days))
        found = _there(self._read(site_id, timezone, dimension, wanted))
        lacking = {span: wanted[span] for span in made.keys() - found.keys()}
        if lacking:  # there is nothing; or it cannot be seen everywhere yet, or somebody wrote an older one over it
            found = _there({**made, **found, **self._read(site_id, timezone, dimension, lacking, now=True)})
        return found

    def _read(
        self, site_id: str, timezone: str, dimension: str, wanted: Mapping[Span, str], *, now: bool = False
    ) -> dict[Span, Parts | None]:
        """Those of the spans that have anything; None: in another state."""
        found: dict[Span, Parts | None] = {}
        for kind in (DAY, HOURS, MONTH):
            of_kind = {span.start: span for span in wanted if span.kind == kind}
            if not of_kind:
                continue
            pk = keys.joined("rollup", site_id, timezone)
            low = keys.joined(dimension, kind, _time(min(of_kind)))
            high = keys.joined(dimension, kind, _time(max(of_kind))) + keys.AFTER
            there: dict[Span, dict[int, Item]] = {}
            for item in self._client.query(self._table, pk, low, high, now=now):
                start, part = map(int, keys.parts_of(item["sk"])[2:])
                if span := of_kind.get(start):
                    there.setdefault(span, {})[part] = item
            found |= {span: _parts(items, wanted[span]) for span, items in there.items()}
        return found

    def write(self, site_id: str, timezone: str, span: Span, state: str, made: Mapping[str, Parts]) -> None:
        """Keep what was made of a span, by dimension: all dimensions there are, if it is a day."""
        listed = {(site_id, timezone, dimension) for dimension in (*made, _MADE)} - self._listed
        # Listed first, so that whatever is there can be found again and forgotten.
        self._client.write_many(
            self._table, [{"pk": keys.joined("rollups", site), "sk": keys.joined(*more)} for site, *more in listed]
        )
        self._listed |= listed
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
        self._client.write_many(self._table, items)
        if span.kind == DAY:
            place = {
                "pk": keys.joined("rollup", site_id, timezone),
                "sk": keys.joined(_MADE, DAY, _time(span.start), "0"),
            }
            self._client.write_many(self._table, [{**place, "state": state, "parts": 0, "content": b""}])

    def forget(self, site_id: str, before: int) -> None:
        """Delete what begins before a moment (ms)."""
        listed = [
            keys.parts_of(item["sk"]) for item in self._client.query(self._table, keys.joined("rollups", site_id))
        ]
        # First what says that all of a day is there: who does not get further leaves copies to be made anew.
        for timezone, dimension in sorted(listed, key=lambda each: each[1] != _MADE):
            pk = keys.joined("rollup", site_id, timezone)
            for kind in (DAY, HOURS, MONTH):
                low, high = keys.joined(dimension, kind, ""), keys.joined(dimension, kind, _time(before))
                old = self._client.query(self._table, pk, low, high)
                self._client.write_many(self._table, deletes=[{"pk": pk, "sk": each["sk"]} for each in old])


def _parts(items: Mapping[int, Item], state: str) -> Parts | None:
    """The contents in a state, if they are all there. More parts may be left of another state."""
    of_state = {part: item for part, item in sorted(items.items()) if item["state"] == state}
    if not of_state or len(of_state) < of_state[min(of_state)]["parts"]:
        return None
    return tuple(item["content"] for item in of_state.values() if item["parts"])


def _there(found: Mapping[Span, Parts | None]) -> dict[Span, Parts]:
    return {span: parts for span, parts in found.items() if parts is not None}


def _time(at: int) -> str:
    return f"{at:015}"
