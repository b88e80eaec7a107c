"""The segments of the sites: filters that an owner uses again and again, under a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from liveinsight.questions.saved import MOST_SEGMENTS
from liveinsight.saved import Saved, site_to_save_for

if TYPE_CHECKING:
    from liveinsight.questions import SegmentBody
    from liveinsight.saved import WhichSite
    from liveinsight.store.base import Store

    Answer = dict[str, Any]


class Segments:
    """Segments, saved and read. `site` tells which site a request means, and raises when it cannot."""

    def __init__(self, store: Store, site: WhichSite) -> None:
        self._site = site
        self._saved = Saved(store, "segment", MOST_SEGMENTS)

    def all(self, site_id: str | None) -> list[Answer]:
        """The segments of a site, by name."""
        return self._saved.of(self._site(site_id))

    def add(self, body: SegmentBody) -> Answer:
        """Save a segment. Raises InvalidInput."""
        return self._saved.add(site_to_save_for(body.site_id, self._site), body.content())

    def change(self, segment_id: str, body: SegmentBody) -> Answer:
        """Save a segment anew. Raises NotFound, InvalidInput."""
        return self._saved.replace(site_to_save_for(body.site_id, self._site), segment_id, body.content())

    def remove(self, segment_id: str, site_id: str | None) -> Answer:
        """Delete a segment. Raises NotFound."""
        return self._saved.remove(site_to_save_for(site_id, self._site), segment_id)
