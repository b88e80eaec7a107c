"""Under a path of somebody else's server: mounted in another app, or behind a proxy that leaves the path out."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import TYPE_CHECKING

import pytest

from tests.factories import SITE
from tests.http.front_ends import MOUNTED_AT, TOKEN, under_a_path
from tests.http.messages import collect, sent

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from tests.http.front_ends import Serve


@pytest.fixture
def mounted(serve: Serve) -> Iterator[httpx.Client]:
    """A client of the app that is mounted, not logged in."""
    analytics, _ = serve()
    with under_a_path(analytics) as client:
        yield client


def test_everything_is_there_below_the_path(mounted: httpx.Client) -> None:
    collect(mounted, sent())
    assert mounted.post("/api/events/", json=sent()).status_code == 200
    assert mounted.get("/api/sites").status_code == 401
    assert mounted.get("/healthz/").status_code == 200
    assert mounted.get("/login").headers["content-type"].startswith("text/html")
    answer = mounted.get("/login", params={"token": TOKEN})
    assert (answer.status_code, answer.headers["location"]) == (303, "./")
    assert f"Path={MOUNTED_AT}" in answer.headers["set-cookie"]
    sites = mounted.get("/api/sites/").json()["data"]["sites"]
    assert [(each["site_id"], each["events"]) for each in sites] == [(SITE, 2)]


def test_what_is_beside_the_path_is_not_ours(mounted: httpx.Client) -> None:
    assert mounted.get("http://live.example/api/sites").status_code == 404
    assert mounted.get(f"http://live.example{MOUNTED_AT}x/api/sites").status_code == 404


def test_a_trusted_proxy_says_that_the_browser_came_by_https(serve: Serve) -> None:
    for proxies, secure in ((1, True), (0, False)):
        analytics, _ = serve(trusted_proxies=proxies)
        with under_a_path(analytics) as client:
            answer = client.get("/login", params={"token": TOKEN}, headers={"X-Forwarded-Proto": "https"})
        assert bool(SimpleCookie(answer.headers["set-cookie"])["liveinsight"]["secure"]) is secure
