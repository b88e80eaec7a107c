"""Step `visitor`: who it is, without keeping who it is."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from liveinsight.ingest.draft import Draft
    from liveinsight.ingest.outcome import Refusal

ANONYMOUS = "~"  # first character of a visitor id that was derived, and of no other: a user_id loses it


class Salts(Protocol):
    """Where the daily salts are kept."""

    def salt(self, at: int) -> bytes:
        """The secret of the UTC day that holds `at` (ms)."""
        ...


class Visitors:
    """`user_id` when the client sends one; else a keyed hash of site, address and user agent that lives one day."""

    def __init__(self, salts: Salts) -> None:
        self._salts = salts

    def put_visitor(self, draft: Draft) -> Refusal | None:
        user_id = (draft.event.user_id or "").lstrip(ANONYMOUS)
        if user_id:
            draft.visitor_id = user_id
            return None
        delivery = draft.delivery
        seen = f"{draft.site_id}\n{delivery.address}\n{draft.user_agent}".encode("utf-8", "replace")
        digest = hashlib.blake2b(seen, key=self._salts.salt(delivery.received_at), digest_size=12)
        draft.visitor_id = ANONYMOUS + digest.hexdigest()
        return None
