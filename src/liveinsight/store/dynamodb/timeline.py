"""The events of one session by its public id."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from liveinsight.models.events import StoredEvent
    from liveinsight.store.dynamodb.chains import Chains
    from liveinsight.store.plain import Visit

_NUMBERED = re.compile(r"(.+)\.(?:[2-9]|[1-9][0-9]{1,9})", re.DOTALL)  # <client's id>.<k>, k from 2


def session_events(chains: Chains, session_id: str, site_id: str | None) -> list[StoredEvent]:
    """See Store.session_events."""
    found = sorted(_visits(chains, session_id, site_id), key=lambda visit: visit.session.site_id)
    if not found:
        return []
    chosen = max(found, key=lambda visit: (visit.session.session_id == session_id, visit.session.last_activity))
    return chosen.events


def _visits(chains: Chains, public_id: str, site_id: str | None) -> Iterator[Visit]:
    """The sessions of that public id: of the client that chose it, and of the one it is a numbered session of."""
    numbered = _NUMBERED.fullmatch(public_id)
    for session_id in filter(None, (public_id, numbered and numbered[1])):
        for state in chains.of_session_id(session_id, site_id):
            yield from (visit for visit in state.visits() if visit.public_id == public_id)
