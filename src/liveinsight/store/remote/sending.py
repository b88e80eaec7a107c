"""Sending batches. A group has a number that nobody else has, under which the server knows it when it comes again.

So when an answer was lost, the group is sent again, and answered as it was the first time.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING
from uuid import uuid4

from liveinsight.errors import QueueFull, StoreUnavailable
from liveinsight.store.base import Recorded
from liveinsight.store.remote.server import AnswerLost
from liveinsight.store.wire import dumps

if TYPE_CHECKING:
    from liveinsight.store.base import Batch
    from liveinsight.store.remote.server import Server

    Told = tuple[list[int], int] | str  # places of the new events and number of known ones, or why it failed

_PATIENCE_S = 10.0  # with a server that may have taken a group: it may be starting again
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.05, 1.0


def send(server: Server, batches: list[Batch]) -> list[Recorded | BaseException]:
    """What became of each batch. Raises StoreUnavailable when that cannot be found out."""
    answers: list[Told] = _told(server, dumps([uuid4().hex, batches]))
    return [_outcome(batch, told) for batch, told in zip(batches, answers, strict=True)]


def _told(server: Server, body: bytes) -> list[Told]:
    until = time.monotonic() + _PATIENCE_S
    longest = _FIRST_PAUSE_S
    is_open = False  # whether an earlier try may have been taken
    while True:
        try:
            answers: list[Told] = server.once("record", body)
        except StoreUnavailable as error:
            is_open = is_open or isinstance(error, AnswerLost)
            pause = random.uniform(0, longest)  # noqa: S311  it spreads load, it keeps no secret
            if not is_open or time.monotonic() + pause > until:
                raise
        else:
            return answers
        time.sleep(pause)
        longest = min(2 * longest, _LONGEST_PAUSE_S)


def _outcome(batch: Batch, told: Told) -> Recorded | BaseException:
    if isinstance(told, str):
        return QueueFull() if told == QueueFull.code else StoreUnavailable()
    places, duplicates = told
    return Recorded([batch.events[place] for place in places], duplicates)
