"""Step `country`: where the visitor is, as far as a trusted proxy says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from liveinsight.ingest.draft import Draft
    from liveinsight.ingest.outcome import Refusal

_COUNTRY = re.compile(r"[A-Z]{2}")
_NOWHERE = frozenset({"XX", "T1"})  # what proxies send for an unknown place and for Tor
_LONGEST_REGION = 64


def put_country(draft: Draft) -> Refusal | None:
    """Two-letter country code (ISO 3166-1) and region, empty when unknown."""
    country = draft.delivery.country.upper()
    if _COUNTRY.fullmatch(country) and country not in _NOWHERE:
        draft.country = country
        draft.region = draft.delivery.region[:_LONGEST_REGION]
    return None
