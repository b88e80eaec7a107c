"""Moving sites from one store to another, and comparing what both say afterwards."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from liveinsight.copying.compare import Figure, compare
from liveinsight.copying.patience import PATIENCE_S
from liveinsight.errors import StoreUnavailable
from liveinsight.managed_sites import KIND as SITE
from liveinsight.questions.period import EVER
from liveinsight.salts import KIND as SALT
from liveinsight.stats.period import DAY_MS, HOUR_MS, MINUTE_MS, Period
from liveinsight.store.base import STORED, Arrivals

if TYPE_CHECKING:
    from liveinsight.store.base import LedgerRow, Progress, Store

    Rows = Counter[tuple[int, str, str]]  # of a site's ledger: hour, outcome, reason

# Documents of a site have its name as their key, or before a slash. Salts are of all sites.
KINDS_OF_SITES = (SITE, "goal", "funnel", "segment", "seed")
MARK = "copy"  # kind of the documents that say, in the destination, where a site was copied from
_ROWS_AT_ONCE = 1000
_LOOK_EVERY_S = 0.5
_LOOKS = 5  # at totals that differ
_QUIET_S = 3.0  # nothing new for so long: what was under way has arrived
_SOURCE_QUIET_S = 12.0  # the same of a source, where an aggregator that died keeps its share for ten seconds
_SOURCE_PATIENCE_S = 60.0  # with one that is never quiet
_SOURCE_LATE_MS = 2 * DAY_MS  # far more than its stream keeps what is not counted yet
_DOUBT_S = 20.0  # with one that may have arrived otherwise


@dataclass(slots=True)
class Copied:
    """What was read of a site: its ledger, then its events, by the hour (ms) of receipt; the first and last moment.

    Whatever the ledger has is among the events, or is gone. What comes meanwhile may be among the events alone.
    """

    ledger: list[LedgerRow] = field(default_factory=list)
    hours: Counter[int] = field(default_factory=Counter)
    first: int = EVER.end
    last: int = -1

    @property
    def period(self) -> Period | None:
        """From the first event to the last, by whole minutes: stores that count by them need read no session."""
        if not self.hours:
            return None
        return Period(self.first // MINUTE_MS * MINUTE_MS, (self.last // MINUTE_MS + 1) * MINUTE_MS)


@dataclass(frozen=True, slots=True)
class Copy:
    """From one store to another. `is_late`: the destination's numbers follow after its writes, by an aggregator."""

    source: Store
    destination: Store
    is_late: bool = False

    def sites(self) -> list[str]:
        """The sites of the source: those of its ledger and those that are saved."""
        return sorted({row.site_id for row in self.source.ledger(None, EVER)} | self.source.documents(SITE).keys())

    def events_there(self, site_id: str) -> int:
        """How many events of a site the destination has."""
        return _stored(self.destination.ledger(site_id, EVER))

    def is_begun(self, site_id: str, origin: str) -> bool:
        """Whether what the destination has of a site comes from a copy of the same origin."""
        mark = self.destination.document(MARK, site_id)
        return mark is not None and json.loads(mark)["from"] == origin

    def is_mixed(self, site_id: str) -> bool:
        """Whether the destination had events of its own when the copy was begun."""
        mark = self.destination.document(MARK, site_id)
        return mark is not None and json.loads(mark)["mixed"]

    def documents(self, site_id: str, origin: str, *, is_mixed: bool) -> None:
        """Write down where the site comes from, and copy what was saved for it. What is there already stays."""
        self.destination.put_document(MARK, site_id, json.dumps({"from": origin, "mixed": is_mixed}))
        for kind in KINDS_OF_SITES:
            for key, text in self.source.documents(kind).items():
                if key.partition("/")[0] == site_id:
                    self.destination.put_document(kind, key, text, keep=True)

    def salts(self, now: int) -> bool:
        """Copy the salts of these days, so that visitors stay the same; False if the destination has others."""
        days = {day: salt for day, salt in self.source.documents(SALT).items() if int(day) >= (now - HOUR_MS) // DAY_MS}
        there = [self.destination.put_document(SALT, day, salt, keep=True) == salt for day, salt in days.items()]
        return all(there)

    def let_source_settle(self, now: int) -> None:
        """Wait until the source's ledger stands still: what its collectors wrote by `now` (ms) is counted then.

        Where visitors keep coming it never does: then for so long that what had been written before is counted.
        """
        lately = Period(now - _SOURCE_LATE_MS, EVER.end)
        begun = since = time.monotonic()
        seen = self.source.ledger(None, lately)
        while time.monotonic() - since < _SOURCE_QUIET_S and time.monotonic() - begun < _SOURCE_PATIENCE_S:
            time.sleep(_LOOK_EVERY_S)
            if (found := self.source.ledger(None, lately)) != seen:
                seen, since = found, time.monotonic()

    def events(self, site_id: str, progress: Progress) -> Copied:
        """Copy the events of a site, and the filtered ones that were kept."""
        copied, done = Copied(self.source.ledger(site_id, EVER)), 0
        total = _stored(copied.ledger)
        for part in self.source.arrivals(site_id):
            self.destination.restore(part)
            for event in part.events:
                copied.hours[event.received_at - event.received_at % HOUR_MS] += 1
                copied.first = min(copied.first, event.timestamp)
                copied.last = max(copied.last, event.timestamp)
            done += len(part.events)
            progress(min(done, total), total)
        return copied

    def settle(self, site_id: str, copied: Copied, progress: Progress, *, is_mixed: bool) -> None:
        """Wait until the destination counts what was copied. `is_mixed`: it had events of its own.

        Raises StoreUnavailable when it does not go on.
        """
        wanted: Rows = Counter({(hour, STORED, ""): events for hour, events in copied.hours.items()})
        # Of an event that both had received, in different hours, the destination has one.
        self._wait(site_id, wanted, progress, may_lack=is_mixed)

    def ledger(self, site_id: str, copied: Copied, progress: Progress, *, is_mixed: bool) -> None:
        """Raise the destination's ledger to what was read of the source's. What was copied must be counted.

        If it had events of its own, each hour has as many stored ones as were new; those of the source say nothing.
        Raises StoreUnavailable as `settle` does.
        """
        rows = [row for row in copied.ledger if not (is_mixed and row.outcome == STORED)]
        for at in range(0, len(rows), _ROWS_AT_ONCE):
            self.destination.restore(Arrivals(), rows[at : at + _ROWS_AT_ONCE])
        self._wait(site_id, _wanted(rows), progress)

    def compare(self, site_id: str, copied: Copied) -> list[Figure]:
        """The totals of both sides, by ordinary questions.

        What is written late may be read later still: then a difference is looked at again.
        """
        for _ in range(_LOOKS if self.is_late else 1):
            figures = compare(self.source, self.destination, site_id, copied.period)
            if all(figure.is_same for figure in figures):
                break
            time.sleep(_LOOK_EVERY_S * self.is_late)
        return figures

    def _wait(self, site_id: str, wanted: Rows, progress: Progress, *, may_lack: bool = False) -> None:
        total = wanted.total()
        if not self.is_late or not total:
            return
        seen, since = -1, time.monotonic()
        while seen < total or (may_lack and time.monotonic() - since < _QUIET_S):
            if time.monotonic() - since >= (_DOUBT_S if may_lack else PATIENCE_S):
                if may_lack:
                    return
                msg = (
                    f"{site_id} is in the destination, but {total - seen:,} of its events are not counted there yet:"
                    " no aggregator gets on. Run the same command again."
                )
                raise StoreUnavailable(msg)
            time.sleep(_LOOK_EVERY_S)
            found = self._counted(site_id, wanted)
            progress(found, total)
            if found != seen:
                seen, since = found, time.monotonic()

    def _counted(self, site_id: str, wanted: Rows) -> int:
        """How many of the wanted events the destination's ledger has, row by row."""
        hours = [hour for hour, _, _ in wanted]
        there = _wanted(self.destination.ledger(site_id, Period(min(hours), max(hours) + HOUR_MS)))
        return sum(min(there[row], events) for row, events in wanted.items())


def _wanted(rows: list[LedgerRow]) -> Rows:
    return Counter({(row.hour, row.outcome, row.reason): row.events for row in rows})


def _stored(rows: list[LedgerRow]) -> int:
    return sum(row.events for row in rows if row.outcome == STORED)
