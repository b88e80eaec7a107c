"""Kinds of events."""

from __future__ import annotations

import pytest

from liveinsight.models.events import is_interaction
from tests.factories import event


@pytest.mark.parametrize(
    "kind", ["click", "conversion", "outbound", "download", "form_submit", "my:own.type", "Page_View"]
)
def test_what_somebody_does_is_an_interaction(kind: str) -> None:
    assert is_interaction(kind)


@pytest.mark.parametrize("kind", ["page_view", "heartbeat", "page_exit", "scroll", "web_vital"])
def test_looking_and_being_there_are_none(kind: str) -> None:
    assert not is_interaction(kind)


def test_events_of_one_millisecond_are_in_the_order_of_their_ids() -> None:
    first, second, later = event(1, event_id="a"), event(1, event_id="b"), event(2, event_id="0")
    assert sorted([later, second, first], key=lambda each: each.key) == [first, second, later]
