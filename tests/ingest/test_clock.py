"""Clocks that are off."""

from __future__ import annotations

import json

import pytest

from tests.factories import DAY, HOUR, MINUTE, NOON
from tests.ingest.tracker import post, post_events, sent, stored

WEEK = 7 * DAY


@pytest.mark.parametrize("off", [-3 * 365 * DAY, -HOUR, -10_001, 0, 10_001, HOUR, 3 * 365 * DAY])
def test_a_clock_that_is_off_is_repaired_by_the_time_of_sending(off: int) -> None:
    """The event happened a minute before it was sent, and the request arrived at noon."""
    body = {"events": [sent(timestamp=NOON + off - MINUTE)], "sent_at": NOON + off}
    intake, _ = post(json.dumps(body).encode())
    assert [each.timestamp for each in intake.events] == [NOON - MINUTE]


@pytest.mark.parametrize("under_way", [1, 300, 10_000])
def test_the_time_a_request_takes_is_no_error_of_the_clock(under_way: int) -> None:
    body = {"events": [sent(timestamp=NOON - MINUTE)], "sent_at": NOON - under_way}
    intake, _ = post(json.dumps(body).encode())
    assert [each.timestamp for each in intake.events] == [NOON - MINUTE]


def test_without_a_time_of_sending_the_time_is_taken_as_it_is() -> None:
    assert stored(timestamp=NOON - HOUR).timestamp == NOON - HOUR


def test_seven_days_late_is_taken_and_a_millisecond_more_is_not() -> None:
    intake = post_events(sent(timestamp=NOON - WEEK), sent(timestamp=NOON - WEEK - 1))
    assert [each.timestamp for each in intake.events] == [NOON - WEEK]
    [(index, site, refusal)] = intake.refused
    assert (index, site, refusal.reason, refusal.field) == (1, "shop.example", "too_old", "timestamp")
    assert "7 days" in refusal.message


def test_a_time_in_seconds_is_told_so() -> None:
    [refused] = post_events(sent(timestamp=NOON // 1000)).refused
    assert "is it in seconds?" in refused.refusal.message


@pytest.mark.parametrize(("ahead", "kept"), [(1, 1), (5 * MINUTE, 5 * MINUTE), (5 * MINUTE + 1, 0), (900 * DAY, 0)])
def test_more_than_five_minutes_ahead_becomes_the_time_of_receipt(ahead: int, kept: int) -> None:
    assert stored(timestamp=NOON + ahead).timestamp == NOON + kept
