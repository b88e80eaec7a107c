"""What the headers of a request add to its events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.http.front_ends import as_reader
from tests.http.messages import CHROME, sent

if TYPE_CHECKING:
    import httpx

    from tests.http.front_ends import Start

WINDOWS = CHROME.replace("X11; Linux x86_64", "Windows NT 10.0; Win64; x64")
HINTS = {
    "Sec-CH-UA": '"Chromium";v="142", "Whale";v="4", "Not_A Brand";v="99"',
    "Sec-CH-UA-Mobile": "?0",
    "Sec-CH-UA-Platform": '"Windows"',
    "Sec-CH-UA-Platform-Version": '"15.0.0"',
}


def first_event(client: httpx.Client, event: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    assert client.post("/api/events", json=event, headers=headers).status_code == 200
    events: list[dict[str, Any]] = client.get("/api/sessions/s1/events/").json()
    return events[0]


def test_client_hints_tell_the_browser_behind_a_user_agent(reader: httpx.Client) -> None:
    event = first_event(reader, sent(user_agent=None), {"User-Agent": WINDOWS, **HINTS})
    assert (event["browser"], event["os"]) == ("Whale", "Windows")
    assert event["client_hints"] == "Whale/4|Windows/15|0"


def test_the_hints_of_a_server_are_not_those_of_the_browser_it_speaks_for(reader: httpx.Client) -> None:
    event = first_event(reader, sent(), {"User-Agent": "our-server", **HINTS})
    assert (event["browser"], event["os"]) == ("Chrome", "Linux")


@pytest.mark.parametrize(
    ("proxies", "headers", "country", "region"),
    [
        (1, {"CloudFront-Viewer-Country": "KR", "CloudFront-Viewer-Country-Region": "11"}, "KR", "11"),
        (1, {"CF-IPCountry": "KR", "CF-Region": "Seoul", "CF-Region-Code": "11"}, "KR", "11"),
        (1, {"CF-IPCountry": "KR", "CF-Region": "Seoul"}, "KR", "Seoul"),
        (1, {"X-Vercel-IP-Country": "KR", "X-Vercel-IP-Country-Region": "11"}, "KR", "11"),
        (0, {"CF-IPCountry": "KR", "CF-Region-Code": "11"}, "", ""),
    ],
)
def test_a_proxy_s_country_is_taken_when_there_is_one(
    start: Start, proxies: int, headers: dict[str, str], country: str, region: str
) -> None:
    client = as_reader(start(trusted_proxies=proxies))
    assert first_event(client, sent(), headers)["country"] == country
    body = {"metrics": ["sessions"], "dimensions": ["region"], "period": "today"}
    rows = client.post("/api/query", json=body).json()["data"]["rows"]
    assert [row["dimensions"] for row in rows] == [[region]]
