"""Step `visitor`: who it is, without keeping who it is."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from liveinsight.ingest.draft import Draft
    from liveinsight.ingest.outcome import Refusal

COOKIELESS = "-"  # the session id that a browser sends which is to remember nothing
ANONYMOUS = "~"  # first character of a visitor id that was derived, and of no other: a user_id loses it


class Salts(Protocol):
    """Where the daily salts are kept."""

    def salt(self, at: int) -> bytes:
        """The secret of the UTC day that holds `at` (ms)."""
        ...


class Visitors:
    """`user_id` when the client sends one; else a keyed hash of site, address and user agent that lives one day.

    A browser that remembers nothing has no session id either: its session is what that visitor does on that day, cut
    where nothing happens for half an hour, like every session.
    """

    def __init__(self, salts: Salts) -> None:
        self._salts = salts

    def put_visitor(self, draft: Draft) -> Refusal | None:
        user_id = (draft.event.user_id or "").lstrip(ANONYMOUS)
        cookieless = draft.event.session_id == COOKIELESS
        if user_id and not cookieless:
            draft.visitor_id = user_id
            return None
        delivery = draft.delivery
        seen = f"{draft.site_id}\n{delivery.address}\n{draft.user_agent}".encode("utf-8", "replace")
        digest = hashlib.blake2b(seen, key=self._salts.salt(delivery.received_at), digest_size=12)
        derived = ANONYMOUS + digest.hexdigest()
        draft.visitor_id = user_id or derived
        if cookieless:
            draft.session_id = derived
        return None
