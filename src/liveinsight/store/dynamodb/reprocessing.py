"""Deriving what is stored anew: first looking, then writing. Interrupted, it has done a part, and can be run again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.stats.period import Period
from liveinsight.store.base import STORED
from liveinsight.store.dynamodb.batches import portions
from liveinsight.store.dynamodb.filtered import kept_of
from liveinsight.store.dynamodb.ledger import ledger
from liveinsight.store.dynamodb.rewriting import Rewriting
from liveinsight.store.dynamodb.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.store.base import Derive, Progress, Reprocessed
    from liveinsight.store.dynamodb.tools import Tools

_EVER = Period(0, 10**14)


class Reprocessing:
    """Any number of them may be at work at once, and collectors and aggregators beside them."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def reprocess(
        self, derive: Derive, *, keep_filtered: bool, progress: Progress, agree: Callable[[Reprocessed], bool]
    ) -> Reprocessed:
        """See Store.reprocess. It gives what it saw when it looked."""
        found = self._look(derive, progress)
        if found.is_nothing or not agree(found):
            return found
        rewriting = Rewriting(self._tools, derive, keep_filtered=keep_filtered)
        self._write(rewriting, _Told(progress, _moving(found)))
        return found

    def _look(self, derive: Derive, progress: Progress) -> Reprocessed:
        survey = Survey(self._tools, derive)
        rows = ledger(self._tools.client, self._tools.lanes, None, _EVER)
        told = _Told(progress, sum(row.events for row in rows if row.outcome == STORED))
        for site_id in self._tools.lanes.sites():
            for lane in self._tools.lanes.of_site(site_id):
                self._tools.aggregator.finish(lane)  # what the last one who did this left half done is done by now
            survey.look(site_id, told)
        found = survey.report()
        told.end(found.events)
        return found

    def _write(self, rewriting: Rewriting, told: _Told) -> None:
        done = 0
        for site_id in self._tools.lanes.sites():
            before = done
            for part in self._tools.reading.parts(site_id):
                done += rewriting.stored(part)
                told(done)
            # What leaves has left: its ids are free for those that were kept.
            for kept in portions(kept_of(self._tools.client, self._tools.lanes.of_site(site_id))):
                done += rewriting.kept(kept)
                told(done)
            if done > before:
                self._tools.copies.forget(site_id, _EVER.end)
        told.end(told.total)


class _Told:
    """Tells how far it is, of a total that is about right until the end."""

    def __init__(self, progress: Progress, total: int) -> None:
        self.total = max(1, total)
        self._progress = progress

    def __call__(self, done: int) -> None:
        if done:
            self._progress(min(done, self.total), self.total)

    def end(self, total: int) -> None:
        """It is done, and was so much."""
        if total:
            self._progress(total, total)


def _moving(found: Reprocessed) -> int:
    moved = sum(found.filtered.values()) + sum(found.refiltered.values())
    return found.changed + moved + found.restored + found.duplicates
