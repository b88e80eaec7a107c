"""Step `bot`: programs that say what they are do not count as visitors.

Reasons in the ledger: `bot` (a crawler, monitor or preview), `ai_bot` (one that collects or reads for an AI), `tool`
(a program's library: curl, python-requests) and `headless` (a browser without a person). A sender without any user
agent is no bot: servers that report their own events often have none.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from liveinsight.ingest import kept_lists
from liveinsight.ingest.outcome import Refusal, filtered

if TYPE_CHECKING:
    from liveinsight.ingest.draft import Draft

HEADLESS = "headless"


def drop_bots(draft: Draft) -> Refusal | None:
    """Filter out what calls itself a bot, a tool or a headless browser."""
    reason = bot_reason(draft.user_agent, draft.hints) if draft.hints else bot_reason(draft.user_agent)
    return filtered(reason) if reason else None


@lru_cache(maxsize=4096)
def bot_reason(user_agent: str, hints: str = "") -> str:
    """Why a user agent is a program's own; empty when it may be a person's. `hints` as in `client_hints`."""
    if found := kept_lists.bots().extract(user_agent):
        return found.family
    return HEADLESS if hints.startswith("Headless") else ""
