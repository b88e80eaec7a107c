"""Step `page`: the page of an address."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from liveinsight.ingest.draft import Draft
    from liveinsight.ingest.outcome import Refusal

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def put_page(draft: Draft) -> Refusal | None:
    """Path and query of `page_url`. User name and password in an address are not kept."""
    draft.page_url, draft.page, draft.query = page_parts(draft.event.page_url)
    return None


@lru_cache(maxsize=2048)
def page_parts(url: str) -> tuple[str, str, str]:
    """The address as it is kept, its page and its query."""
    parts = urlsplit(url)
    if "@" in parts.netloc:
        parts = parts._replace(netloc=parts.netloc.rpartition("@")[2])
        url = parts.geturl()
    return url, page_of(parts.path), parts.query


def page_of(path: str) -> str:
    """The path, percent-decoded as UTF-8 where it decodes, without a trailing slash except for `/`."""
    if "%" in path:
        try:
            decoded = unquote(path, errors="strict")
        except UnicodeDecodeError:
            decoded = path
        if not _CONTROL.search(decoded):
            path = decoded
    return path.rstrip("/") or "/"
