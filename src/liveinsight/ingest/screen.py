"""The class of a screen, from its width."""

from __future__ import annotations

import re
from functools import lru_cache

_SIZE = re.compile(r"(\d{1,6})x\d{1,6}")
_CLASSES = ((576, "phone"), (992, "tablet"), (1440, "laptop"))  # width below, in CSS pixels


@lru_cache(maxsize=2048)
def screen_class(screen: str) -> str:
    """`phone`, `tablet`, `laptop` or `desktop` for a screen such as `1920x1080`; empty when it is no size."""
    size = _SIZE.fullmatch(screen)
    if not size:
        return ""
    width = int(size[1])
    return next((name for limit, name in _CLASSES if width < limit), "desktop")
