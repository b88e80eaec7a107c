"""What the store holds in memory: the sessions that may still change, and the last minutes. A fold of the events.

Only the writer thread changes it; readers copy what they need under the lock.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from threading import Lock
from typing import TYPE_CHECKING

from liveinsight.models.sessions import SESSION_GAP_MS, Session, add_to_chain, merge, numbered_id, session_of
from liveinsight.stats.visits import PublicSession
from liveinsight.store.base import RECENT_MS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from liveinsight.models.events import StoredEvent
    from liveinsight.models.sessions import Moment

    LedgerKey = tuple[str, int, str, str]

HOLD_MS = SESSION_GAP_MS + 5 * 60 * 1000  # a chain stays in memory a little longer than it can be active
_PRUNE_SECONDS_OVER = 2000


class Chain:
    """All sessions of one (site_id, session_id), in order. `rows_in` is the table that holds them, if one does."""

    __slots__ = ("dirty", "rows_in", "sessions")

    def __init__(self) -> None:
        self.sessions: list[Session] = []
        self.dirty = False
        self.rows_in: str | None = None

    @property
    def last_activity(self) -> int:
        return self.sessions[-1].last.timestamp


class State:
    """Chains by site and client session id, and the events of the last minutes by second."""

    def __init__(self, lock: Lock | None = None) -> None:
        self.lock = lock or Lock()
        self.sites: dict[str, dict[str, Chain]] = {}
        self.unresolved: list[Chain] = []  # new here; the file may hold earlier sessions of theirs
        self.dirty: list[Chain] = []
        self._seconds: dict[str, Counter[tuple[int, str]]] = {}

    def load(self, sessions: Iterable[Session]) -> None:
        """Take in the rows of `active_sessions`."""
        for session in sorted(sessions, key=_first):
            chain = self.sites.setdefault(session.site_id, {}).setdefault(session.session_id, Chain())
            chain.sessions.append(session)
            chain.rows_in = "active_sessions"

    def add(self, events: list[StoredEvent]) -> None:
        """Fold events in. The lock must be held."""
        for event in events:
            site = self.sites.get(event.site_id)
            if site is None:
                site = self.sites[event.site_id] = {}
            chain = site.get(event.session_id)
            if chain is None:
                chain = site[event.session_id] = Chain()
                self.unresolved.append(chain)
            _fold_into(chain, event)
            if not chain.dirty:
                chain.dirty = True
                self.dirty.append(chain)
        self.count_recent(events)

    def count_recent(self, events: Iterable[StoredEvent]) -> None:
        """Count events by second and type. The lock must be held."""
        for event in events:
            seconds = self._seconds.get(event.site_id)
            if seconds is None:
                seconds = self._seconds[event.site_id] = Counter()
            seconds[event.timestamp // 1000, event.event_type] += 1

    def join_earlier(self, sessions: Iterable[Session]) -> None:
        """Put sessions that the file held, all of their chains, before those in memory. The lock must be held."""
        earlier: dict[tuple[str, str], list[Session]] = {}
        for session in sorted(sessions, key=_first):
            earlier.setdefault((session.site_id, session.session_id), []).append(session)
        for (site_id, session_id), known in earlier.items():
            chain = self.sites[site_id][session_id]
            for session in chain.sessions:
                known = add_to_chain(known, session)  # noqa: PLW2901  grows by each
            chain.sessions = known
            chain.rows_in = "sessions"

    def take_finished(self, now: int) -> list[Chain]:
        """Remove the chains that can no longer be active, and what has left the last minutes. The lock must be held."""
        finished = []
        for site_id, chains in list(self.sites.items()):
            over = [key for key, chain in chains.items() if now - chain.last_activity > HOLD_MS]
            finished += [chains.pop(key) for key in over]
            if not chains:
                del self.sites[site_id]
        for site_id, seconds in list(self._seconds.items()):
            if len(seconds) > _PRUNE_SECONDS_OVER or site_id not in self.sites:
                self._seconds[site_id] = Counter(_since((now - RECENT_MS) // 1000, seconds))
                if not self._seconds[site_id]:
                    del self._seconds[site_id]
        return finished

    def active(self, site_id: str, now: int) -> list[PublicSession]:
        """The active sessions of a site, latest activity first."""
        with self.lock:
            chains = [(key, chain.sessions) for key, chain in self.sites.get(site_id, {}).items()]
        found = [
            PublicSession(numbered_id(key, number), session)
            for key, sessions in chains
            for number, session in enumerate(sessions, 1)
            if session.is_active(now)
        ]
        return sorted(found, key=lambda each: (-each.session.last_activity, each.public_id))

    def recent(self, site_id: str, now: int) -> dict[tuple[int, str], int]:
        """Events of the last five minutes by (second, type)."""
        last = now // 1000
        with self.lock:
            seconds = _since(last - RECENT_MS // 1000, self._seconds.get(site_id, Counter()))
        return {key: events for key, events in seconds.items() if key[0] <= last}


def _since(second: int, seconds: Counter[tuple[int, str]]) -> dict[tuple[int, str], int]:
    return {key: events for key, events in seconds.items() if key[0] > second}


def _fold_into(chain: Chain, event: StoredEvent) -> None:
    """Only the sessions just before and after an event can be near it. A new list: readers may hold the old one."""
    single, sessions = session_of(event), chain.sessions
    if len(sessions) == 1:
        known = sessions[0]
        if known.first.timestamp - SESSION_GAP_MS <= event.timestamp <= known.last.timestamp + SESSION_GAP_MS:
            chain.sessions = [merge(known, single)]
            return
    following = bisect_right(sessions, single.first, key=_first)
    before = max(following - 1, 0)
    near = add_to_chain(sessions[before : following + 1], single)
    chain.sessions = [*sessions[:before], *near, *sessions[following + 1 :]]


def _first(session: Session) -> Moment:
    return session.first
