"""A process that reprocesses a store and is killed on the way: `python -m tests.durability.dying FOLDER HALF CALL MS`.

It dies when it is told for the CALL-th time how far it is with the HALF ("looking" or "writing"), or MS milliseconds
later.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from liveinsight.ingest.outcome import Refusal, filtered
from liveinsight.settings import Settings
from liveinsight.store.duckdb import DuckDBStore, refold, rewrite, survey
from tests.factories import Clock, at

if TYPE_CHECKING:
    from liveinsight.models.events import StoredEvent
    from liveinsight.store.base import Reprocessed, Store


def open_store(folder: Path) -> DuckDBStore:
    return DuckDBStore(folder / "live.duckdb", Settings(), Clock(at(60)))


def derive(event: StoredEvent) -> StoredEvent | Refusal:
    """Other rules than those under which the events were stored."""
    if "bot" in event.user_agent:
        return filtered("bot")
    return event._replace(page=event.page.lower(), context=event.context._replace(source="Naver"))


def reprocess(store: Store) -> Reprocessed:
    return store.reprocess(derive, keep_filtered=True, progress=lambda *_: None, agree=lambda _: True)


class Death:
    """Comes after so many calls, and then so many milliseconds."""

    def __init__(self, call: int, delay_ms: int) -> None:
        self._calls_left = call
        self._delay = delay_ms / 1000

    def come_closer(self) -> None:
        self._calls_left -= 1
        if self._calls_left == 0:
            if self._delay:
                threading.Timer(self._delay, _die).start()
            else:
                _die()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(folder: str, half: str, call: str, delay_ms: str) -> None:
    for module, name in ((survey, "_ROWS"), (rewrite, "_EVENTS_A_PART"), (refold, "_ROWS")):
        setattr(module, name, 500)  # many parts of few events
    death, doing = Death(int(call), int(delay_ms)), "looking"

    def progress(_done: int, _total: int) -> None:
        if doing == half:
            death.come_closer()

    def agree(_: Reprocessed) -> bool:
        nonlocal doing
        doing = "writing"
        return True

    store = open_store(Path(folder))
    store.reprocess(derive, keep_filtered=True, progress=progress, agree=agree)
    threading.Event().wait(10)  # it is late: whoever waits for the death shall see it


if __name__ == "__main__":
    main(*sys.argv[1:])
