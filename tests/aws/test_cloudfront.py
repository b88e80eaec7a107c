"""Who is asking, behind CloudFront and beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from liveinsight.aws import apps
from tests.http import lambda_events
from tests.http.front_ends import ADDRESS, TOKEN
from tests.http.messages import sent

if TYPE_CHECKING:
    from liveinsight.service import Analytics

PROOF = "1e3a0f10-c6cf-11f0-a1b2-0e2f6d3c4b5a"
READER = {"Authorization": f"Bearer {TOKEN}"}


def seen(analytics: Analytics, *each_sends: dict[str, str]) -> list[tuple[str, str]]:
    """Visitor and country of an event that came with these headers each."""
    function: Any = apps.collector(analytics, proof=PROOF)
    found = []
    for number, headers in enumerate(each_sends):
        event = sent(session_id=f"s{number}")
        request = httpx.Request("POST", "https://live.example/api/events", json=event, headers=headers)
        answer = lambda_events.read_answer(function(lambda_events.function_url(request, ADDRESS), None))
        assert answer.json()["data"]["accepted"] == 1, answer.text
        [stored] = analytics.session_events(f"s{number}")
        found.append((str(stored["visitor"]), str(stored["country"])))
    return found


def viewer(address: str, **more: str) -> dict[str, str]:
    return {"X-LiveInsight-Front": PROOF, "CloudFront-Viewer-Address": address, **more}


@pytest.mark.parametrize("address", ["198.51.100.7", "2001:db8:1:2::7"])
def test_behind_cloudfront_a_visitor_is_known_by_the_viewers_address(analytics: Analytics, address: str) -> None:
    one, again, other = seen(analytics, viewer(f"{address}:50001"), viewer(f"{address}:50002"), viewer("192.0.2.9:1"))
    assert one == again
    assert one[0] != other[0]


def test_cloudfront_says_the_country(analytics: Analytics) -> None:
    [(_, country)] = seen(analytics, viewer("198.51.100.7:1", **{"CloudFront-Viewer-Country": "KR"}))
    assert country == "KR"


@pytest.mark.parametrize("proof", [{}, {"X-LiveInsight-Front": "guess"}, {"X-LiveInsight-Front": ""}])
def test_who_calls_the_function_directly_cannot_say_who_they_are(analytics: Analytics, proof: dict[str, str]) -> None:
    lies = {
        "CloudFront-Viewer-Address": "198.51.100.7:1",
        "CloudFront-Viewer-Country": "KR",
        "X-Forwarded-For": "198.51.100.7",
    }
    (plain, _), (lying, country) = seen(analytics, {}, {**lies, **proof})
    assert plain == lying
    assert country != "KR"


def test_a_forwarded_address_is_not_believed_behind_cloudfront(analytics: Analytics) -> None:
    one, other = seen(analytics, viewer("198.51.100.7:1"), viewer("198.51.100.7:2", **{"X-Forwarded-For": "192.0.2.1"}))
    assert one == other
