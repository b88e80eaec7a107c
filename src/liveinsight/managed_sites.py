"""The sites: those that an owner saved, with time zone and retention of their own, and those that just have events."""

from __future__ import annotations

import json
from threading import Lock
from typing import TYPE_CHECKING, Any

from liveinsight.errors import InvalidInput, NotFound
from liveinsight.ingest.site import Sites, is_site_name, site_name
from liveinsight.known_sites import KnownSites
from liveinsight.site_counts import SiteCounts
from liveinsight.stats.period import DAY_MS

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.models.events import StoredEvent
    from liveinsight.questions import SiteBody, SiteChange
    from liveinsight.settings import Settings
    from liveinsight.store.base import Store

    Answer = dict[str, Any]

KIND = "site"
MOST_SITES = 1000


class ManagedSites:
    """Which sites there are, and what is set for each. What is saved is kept in memory: every event asks for it."""

    def __init__(self, store: Store, settings: Settings, clock: Callable[[], int]) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._lock = Lock()  # two requests at once must not both find a site new
        self._in_settings = Sites.of(settings.sites).allowed
        self._counts = SiteCounts(lambda period: store.ledger(None, period), clock)
        self._known = KnownSites(lambda: self._counts.counted()[0])
        self._saved: dict[str, Answer] = {}
        self.accepted = Sites(self._in_settings)
        self.reload()

    def reload(self) -> None:
        """Read again what is saved."""
        with self._lock:
            self._keep({name: json.loads(text) for name, text in self._store.documents(KIND).items()})

    def look_again(self) -> None:
        """Another process may have saved a site, or stored the first event of one."""
        self.reload()
        self._known.forget()

    def arrived(self, events: list[StoredEvent]) -> None:
        """Events were stored. Called in the store's thread: it must be quick."""
        self._known.add(events)
        self._counts.arrived(events[-1].received_at)

    def changed(self) -> None:
        """Stored events were removed or moved, or another process may have stored some."""
        self._counts.forget()
        self._known.forget()

    def site(self, site_id: str | None) -> str:
        """The site that is meant: the one named, or the only one there is; "" before there is any.

        Raises NotFound for a site that is neither accepted here nor has events, InvalidInput when there are several to
        choose from.
        """
        if site_id:
            name = site_name(site_id)
            if not self.accepted.accepts(name) and name not in self._known.names():
                raise _unknown()
            return name
        allowed = self.accepted.allowed
        if allowed and len(allowed) == 1:
            return next(iter(allowed))
        there_are = sorted(self._known.names() | (allowed or frozenset()) | self._saved.keys())
        if len(there_are) > 1:
            msg = f"There are {len(there_are)} sites: say which with site_id, for example site_id={there_are[0]}."
            raise InvalidInput(msg, code="site_required")
        return there_are[0] if there_are else ""

    def timezone(self, site_id: str) -> str:
        """The time zone of a site's reports: its own, else that of the settings, which is also that of no site ("")."""
        return self._saved.get(site_name(site_id), {}).get("timezone") or self._settings.timezone

    def retention_days(self, site_id: str) -> int:
        """For how many days the events of a site are kept: its own number, else that of the settings. 0: for ever."""
        own = self._own_retention().get(site_id)
        return self._settings.retention_days if own is None else own

    def expired(self, now: int) -> tuple[int, dict[str, int]] | None:
        """What maintenance has to purge, as the arguments of `Store.purge`; None when all is kept for ever."""

        def before(days: int) -> int:
            return now - days * DAY_MS if days else 0

        others, own = self._settings.retention_days, self._own_retention()
        if not (others or any(own.values())):
            return None
        return before(others), {site_id: before(days) for site_id, days in own.items()}

    def all(self) -> Answer:
        """`data` of /api/sites: the sites that have events, are saved, or are named in the settings; busiest first."""
        events, hours = self._counts.counted()
        names = events.keys() | self._saved.keys() | (self._in_settings or frozenset())
        ordered = sorted(names, key=lambda name: (-events[name], name))
        return {
            "sites": [self._answer(name, events[name], hours.get(name, 0)) for name in ordered],
            "accepts_any": self._in_settings is None,
        }

    def add(self, body: SiteBody) -> Answer:
        """Save a new site. Raises InvalidInput."""
        name = body.name()
        with self._lock:
            if name in self._saved:
                msg = f"There is a site {name} already: change that one."
                raise InvalidInput(msg, code="site_exists")
            self._put(name, body.settings())
        return self._one(name)

    def change(self, site_id: str, body: SiteChange) -> Answer:
        """Change what is set for a site; a site that was not saved is from now on. Raises InvalidInput."""
        name = site_name(site_id)
        if not is_site_name(name):
            raise _unknown()
        with self._lock:
            self._put(name, {**self._saved.get(name, {}), **body.settings()})
        return self._one(name)

    def remove(self, site_id: str) -> Answer:
        """Forget what is set for a site: its events are kept as long as the settings say. Raises NotFound."""
        name = site_name(site_id)
        with self._lock:
            if name not in self._saved:
                msg = f"No site {name[:60]!r} is saved here. GET /api/sites lists those that are."
                raise NotFound(msg, code="unknown_site")
            self._store.put_document(KIND, name, None)
            self._keep({each: content for each, content in self._saved.items() if each != name})
        return self._one(name)

    def _put(self, name: str, content: Answer) -> None:
        if name not in self._saved and len(self._saved) >= MOST_SITES:
            msg = f"There are at most {MOST_SITES} sites: delete one first."
            raise InvalidInput(msg, code="too_many_sites")
        content = {"created_at": self._clock(), **content}
        self._store.put_document(KIND, name, json.dumps(content))
        self._keep({**self._saved, name: content})

    def _keep(self, saved: dict[str, Answer]) -> None:
        """Readers take these as a whole, without the lock."""
        self._saved = saved
        if self._in_settings is not None:
            self.accepted.allowed = self._in_settings | saved.keys()

    def _own_retention(self) -> dict[str, int]:
        days = {name: content.get("retention_days") for name, content in self._saved.items()}
        return {name: own for name, own in days.items() if own is not None}

    def _one(self, name: str) -> Answer:
        events, hours = self._counts.counted()
        return self._answer(name, events[name], hours.get(name, 0))

    def _answer(self, name: str, events: int, last_hour: int) -> Answer:
        return {
            "site_id": name,
            "events": events,
            "timezone": self.timezone(name),
            "retention_days": self.retention_days(name),
            "created_at": self._saved.get(name, {}).get("created_at"),
            "last_event_at": max(last_hour, self._known.latest(name)) if events else None,
            "saved": name in self._saved,
        }


def _unknown() -> NotFound:
    msg = "There is no site of that name here. GET /api/sites lists them."
    return NotFound(msg, code="unknown_site")
