"""What browsers open. The pages are stand-ins here: the real ones are tested in a browser."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from liveinsight import __version__
from liveinsight.errors import StoreUnavailable
from liveinsight.store.memory import MemoryStore
from liveinsight.wire import files
from tests.http.front_ends import STANDING_ALONE, as_reader
from tests.http.messages import problem

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from tests.factories import Clock
    from tests.http.front_ends import Start

FILES = {
    "dashboard/index.html": "the dashboard",
    "dashboard/assets/app-1a2b.js": "// the dashboard's script",
    "dashboard/assets/app-1a2b.js.br": "the script in br",
    "dashboard/assets/app-1a2b.js.gz": "the script in gzip",
    "dashboard/assets/plain-3c.css": "/* not compressed */",
    "login.html": "the login page",
    "static/js/liveinsight-tracker.js": "// the tracker",
    "static/login/login.css": "/* style */",
    "demo/index.html": "the demo",
    "demo/pricing.html": "the prices",
    "secret.txt": "not in a public folder",
}
ASSET = "/assets/app-1a2b.js"
TRACKER = "/static/js/liveinsight-tracker.js"


@pytest.fixture(autouse=True)
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of pages in the place of the built one."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    monkeypatch.setattr(files, "WEB", tmp_path)
    return tmp_path


def test_a_reader_sees_the_dashboard_and_a_stranger_is_asked_to_log_in(client: httpx.Client) -> None:
    stranger = client.get("/")
    assert stranger.status_code in {401, 302}  # a page with a login form, or the way to the one of the site
    assert "the dashboard" not in stranger.text
    reader = as_reader(client).get("/")
    assert (reader.status_code, reader.text) == (200, "the dashboard")


@pytest.mark.parametrize("path", ["/", "/login", "/login?error=1"])
def test_pages_are_guarded_and_never_cached(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cache-control"] == "private, no-store, stale-if-error=0"


def test_any_site_may_load_the_tracker_and_keep_it_for_an_hour(client: httpx.Client) -> None:
    answer = client.get(TRACKER)
    assert answer.text == "// the tracker"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    again = client.get(TRACKER, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/", "/login", "/healthz", TRACKER, "/static/login/login.css", "/assets/app-1a2b.js"])
def test_head_answers_like_get_without_the_body(client: httpx.Client, path: str) -> None:
    head, get = client.head(path), client.get(path)
    assert head.status_code == get.status_code
    assert head.headers["content-type"] == get.headers["content-type"]


@pytest.mark.parametrize(
    "path",
    [
        "/static/login/../../secret.txt",
        "/static/login/%2e%2e/%2e%2e/secret.txt",
        "/static/login/..%2f..%2fsecret.txt",
        "/static/login//etc/passwd",
        "/static/login/%2fetc%2fpasswd",
        "/static/login/%00",
        "/static/login/..%5c..%5csecret.txt",
        "/static/login/" + "x" * 5000,
        "/static/login",
        "/assets",
        "/assets/",
        "/assets/app-1a2b.js.br",
        "/assets/app-1a2b.js.gz",
        "/assets/app-1a2b",
        "/assets/../index.html",
        "/assets/..%2findex.html",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/assets/%2fetc%2fpasswd",
        "/assets/%00",
        "/assets/" + "x" * 5000,
        "/dashboard/index.html",
        "/static/js/nothing.js",
        "/secret.txt",
        "/demo/",
        "/index.html",
    ],
)
def test_nothing_else_is_served(client: httpx.Client, path: str) -> None:
    problem(client.get(path), 404)


@pytest.mark.parametrize("front_end", STANDING_ALONE)
def test_the_demo_is_served_where_it_is_wanted(start: Start) -> None:
    client = start(demo=True)
    answer = client.get("/demo")
    assert (answer.status_code, answer.headers["location"]) == (308, "demo/")
    assert client.get("/demo/").text == "the demo"
    assert client.get("/demo/pricing.html").text == "the prices"
    assert "content-security-policy" in client.get("/demo/").headers


@pytest.mark.parametrize(
    ("accepts", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1.0, br;q=0.1", "br"),
        ("gzip, br;q=0", "gzip"),
        ("br; q = 0.00, GZIP", "gzip"),
        ("*", "br"),
        ("br;q=0, *", "gzip"),
        ("identity", None),
        ("identity, *;q=0", None),
        ("", None),
    ],
)
def test_assets_come_in_the_best_encoding_that_the_browser_takes(
    client: httpx.Client, accepts: str, encoding: str | None
) -> None:
    answer = client.get(ASSET, headers={"Accept-Encoding": accepts})
    assert answer.status_code == 200
    assert answer.headers.get("content-encoding") == encoding
    expected = {"br": "the script in br", "gzip": "the script in gzip", None: "// the dashboard's script"}
    assert answer.text == expected[encoding]
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("accepts", ["br", "identity"])
def test_an_asset_that_the_browser_has_is_not_sent_again(client: httpx.Client, accepts: str) -> None:
    answer = client.get(ASSET, headers={"Accept-Encoding": accepts})
    kept = {"Accept-Encoding": accepts, "If-None-Match": answer.headers["etag"]}
    again = client.get(ASSET, headers=kept)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in again.headers
    other = client.get(ASSET, headers={**kept, "Accept-Encoding": "br" if accepts == "identity" else "identity"})
    assert other.status_code == 200


def test_an_asset_without_a_compressed_twin_is_sent_as_it_is(client: httpx.Client) -> None:
    answer = client.get("/assets/plain-3c.css", headers={"Accept-Encoding": "br"})
    assert "content-encoding" not in answer.headers
    assert answer.text == "/* not compressed */"
    assert answer.headers["vary"] == "Accept-Encoding"


def test_without_a_build_the_page_says_how_to_make_one(client: httpx.Client, built: Path) -> None:
    for name in FILES:
        (built / name).unlink()
    answer = as_reader(client).get("/")
    assert answer.status_code == 503
    assert "make web" in answer.text
    problem(client.get(TRACKER), 404)


def test_health_is_public(client: httpx.Client) -> None:
    assert client.get("/healthz/").json() == {"status": "ok", "version": __version__}


class SickStore(MemoryStore):
    def document(self, kind: str, key: str) -> str | None:
        raise StoreUnavailable


def test_without_its_store_the_process_is_not_healthy(start: Start, clock: Clock) -> None:
    answer = start(SickStore()).get("/healthz")
    assert problem(answer, 503)["code"] == "store_unavailable"
    assert answer.headers["retry-after"] == "1"
