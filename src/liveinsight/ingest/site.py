"""Step `site`: which site an event belongs to, and whether its events are taken here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from liveinsight.ingest.outcome import UNKNOWN_SITE, Refusal, rejected

if TYPE_CHECKING:
    from collections.abc import Iterable

    from liveinsight.ingest.draft import Draft

_LONGEST = 253  # of a host name: decoding a longer one costs more than it is worth
_SITE = re.compile(rf"[\w.:\[\]-]{{1,{_LONGEST}}}")
_HOST_AND_PORT = re.compile(r"[^:/]+:\d{1,5}")


@lru_cache(maxsize=2048)
def site_name(name: str) -> str:
    """The one spelling of a site: lower case, without `www.`, international names in their own letters."""
    host = name.strip().lower().rstrip(".").removeprefix("www.")
    if "xn--" in host and len(host) <= _LONGEST:
        try:
            return host.encode("ascii").decode("idna")
        except UnicodeError:
            return host
    return host


def is_site_name(name: str) -> bool:
    """Whether a name in its one spelling can be a site's."""
    return _SITE.fullmatch(name) is not None


def site_in(text: str) -> str:
    """The site that a person means: its name, or any address of it as the browser shows it; "" when there is none."""
    text = text.strip()
    if "/" not in text and not _HOST_AND_PORT.fullmatch(text):
        return site_name(text)
    try:
        return _host_of(text if "://" in text else f"//{text}")
    except ValueError:  # no address: `http://[`
        return ""


@lru_cache(maxsize=2048)
def _host_of(url: str) -> str:
    return site_name(urlsplit(url).hostname or "")


@dataclass(slots=True)
class Sites:
    """The sites whose events are accepted; None accepts any. Read for every event: to change it, set it as a whole."""

    allowed: frozenset[str] | None

    @classmethod
    def of(cls, names: Iterable[str]) -> Sites:
        """From setting `sites`: `*` among the names accepts any site."""
        names = frozenset(names)
        return cls(None if "*" in names else frozenset(map(site_name, names)))

    def accepts(self, site_id: str) -> bool:
        return self.allowed is None or site_id in self.allowed

    def put_site(self, draft: Draft) -> Refusal | None:
        """`site_id` as sent, else the host of the page without `www.`; refused when it is not ours."""
        draft.hostname = _host_of(draft.event.page_url)
        sent = draft.event.site_id
        site_id = site_name(sent) if sent else draft.hostname
        if not self.accepts(site_id):
            draft.site_id = UNKNOWN_SITE
            message = "events of this site are not accepted here: add the site first, or name it in the setting SITES"
            return rejected("site_not_allowed", "site_id", message)
        if not is_site_name(site_id):
            draft.site_id = UNKNOWN_SITE
            return rejected("invalid_event", "site_id", "must be a host name, or letters, digits and _ . : -")
        draft.site_id = site_id
        return None
