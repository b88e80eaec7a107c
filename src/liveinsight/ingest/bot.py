"""Step `bot`: programs that say what they are do not count as visitors."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from liveinsight.ingest.outcome import Refusal, filtered

if TYPE_CHECKING:
    from liveinsight.ingest.draft import Draft

_BOT = re.compile(
    r"(?<!cu)bot\b|bot/|crawler|spider|slurp|headlesschrome|phantomjs|lighthouse|facebookexternalhit|yeti/"
    r"|^(?:curl|wget|python-|go-http|java/|libwww|okhttp|axios|node-fetch)",
    re.IGNORECASE,
)


def drop_bots(draft: Draft) -> Refusal | None:
    """Filter out what calls itself a bot, a tool or a headless browser."""
    return filtered("bot") if is_bot(draft.user_agent) else None


@lru_cache(maxsize=4096)
def is_bot(user_agent: str) -> bool:
    """Whether a user agent is a program's own."""
    return _BOT.search(user_agent) is not None
