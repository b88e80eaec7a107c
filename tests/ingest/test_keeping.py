"""Filtered events that are kept are whole, like any that is stored."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from liveinsight.ingest.client_hints import read_hints
from liveinsight.ingest.derive import derive
from liveinsight.ingest.draft import Delivery
from liveinsight.ingest.outcome import filtered
from liveinsight.ingest.pipeline import Pipeline
from liveinsight.ingest.site import Sites
from liveinsight.ingest.visitor import Visitors
from tests.factories import DAY, NOON
from tests.ingest.tracker import DailySalts, post_events, sent

if TYPE_CHECKING:
    from liveinsight.ingest.outcome import Intake

GOOGLE = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
FROM_NAVER = "https://www.shop.example/%EC%83%81%ED%92%88/?utm_source=naver"


def _post(*events: object, keep_filtered: bool) -> Intake:
    pipeline = Pipeline.of(Sites.of(["*"]), Visitors(DailySalts()), keep_filtered=keep_filtered)
    intake, error = pipeline.run(Delivery(json.dumps(events).encode(), NOON, address="203.0.113.7"))
    assert error is None
    return intake


def test_a_kept_event_is_derived_like_one_that_is_stored() -> None:
    fields = {"page_url": FROM_NAVER, "event_id": "x", "screen": "1920x1080", "plan": "pro", "value": 1.5}
    intake = _post(sent(user_agent=GOOGLE, **fields), keep_filtered=True)
    [kept] = intake.kept
    [refused] = intake.refused
    person = post_events(sent(user_agent="Mozilla/5.0", **fields)).events[0]
    assert kept.reason == refused.refusal.reason
    assert kept.event.user_agent == GOOGLE
    assert kept.event.visitor_id not in {"", person.visitor_id}
    context = kept.event.context
    assert (context.source, context.utm_source, context.screen_class) == ("Naver", "naver", "desktop")
    assert kept.event._replace(user_agent="", visitor_id="", context=person.context) == person._replace(
        user_agent="", visitor_id=""
    )


def test_a_filtered_event_is_refused_and_counted_whether_it_is_kept_or_not() -> None:
    both = [_post(sent(user_agent=GOOGLE), sent(), keep_filtered=keep) for keep in (True, False)]
    assert both[0].tallies() == both[1].tallies()
    assert both[0].events == both[1].events
    assert [len(each.kept) for each in both] == [1, 0]


def test_rejected_events_are_not_kept() -> None:
    intake = _post(sent(page_url="javascript:void"), sent(timestamp=NOON - 8 * DAY), keep_filtered=True)
    assert len(intake.refused) == 2
    assert intake.kept == []


def test_what_only_the_hints_of_a_browser_gave_away_stays_filtered() -> None:
    edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0"
    hints = read_hints(
        {b"sec-ch-ua": b'"HeadlessEdg";v="120", "Chromium";v="120"', b"sec-ch-ua-platform": b'"Windows"'}
    )
    pipeline = Pipeline.of(Sites.of(["*"]), Visitors(DailySalts()), keep_filtered=True)
    intake, _ = pipeline.run(Delivery(json.dumps(sent()).encode(), NOON, user_agent=edge, client_hints=hints))
    [kept] = intake.kept
    assert derive(kept.event) == filtered(kept.reason) == filtered("headless")
