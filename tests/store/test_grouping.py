"""What becomes of batches that wait for their turn."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

import pytest

from liveinsight.errors import StoreUnavailable
from liveinsight.store import grouping
from liveinsight.store.base import Recorded
from tests.factories import batch, event

if TYPE_CHECKING:
    from liveinsight.store.base import Batch


def test_who_waited_too_long_for_a_store_that_hangs_is_to_come_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, begun, answers, written = [0.0], Event(), Event(), []
    monkeypatch.setattr(grouping, "monotonic", lambda: clock[0])

    def write(batches: list[Batch]) -> list[Recorded | BaseException]:
        begun.set()
        answers.wait(60)
        written.append([each.received_at for each in batches])
        return [Recorded(each.events, 0) for each in batches]

    groups = grouping.Groups(write, 1000, "test", 10.0)
    first = groups.take(batch(event(), received_at=1))
    assert begun.wait(60)
    late = groups.take(batch(event(), received_at=2))
    clock[0] = 9.0
    soon = groups.take(batch(event(), received_at=3))
    clock[0] = 11.0
    answers.set()
    assert len(first.result(60).stored) == 1
    with pytest.raises(StoreUnavailable):
        late.result(60)
    assert len(soon.result(60).stored) == 1
    groups.close()
    assert written == [[1], [3]]
