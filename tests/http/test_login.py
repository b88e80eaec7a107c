"""A browser trades the token for a cookie."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import TYPE_CHECKING

import pytest

from liveinsight.wire import files
from tests.http.front_ends import STANDING_ALONE, TOKEN
from tests.http.messages import problem

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from tests.http.front_ends import Start


pytestmark = pytest.mark.parametrize("front_end", STANDING_ALONE)


def test_a_stranger_sees_the_login_page(client: httpx.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "login.html").write_text("the login page")
    monkeypatch.setattr(files, "WEB", tmp_path)
    stranger = client.get("/")
    assert (stranger.status_code, stranger.text) == (401, "the login page")
    assert client.get("/login").text == "the login page"


def test_the_login_link_opens_the_numbers(client: httpx.Client) -> None:
    answer = client.get("/login", params={"token": TOKEN})
    assert (answer.status_code, answer.headers["location"]) == (303, "./")
    assert client.get("/api/sites").status_code == 200


def test_the_login_form_opens_the_numbers(client: httpx.Client) -> None:
    answer = client.post("/login", data={"token": f" {TOKEN} "})
    assert (answer.status_code, answer.headers["location"]) == (303, "./")
    assert client.get("/api/sites").status_code == 200


def test_a_slash_at_the_end_of_the_link_leads_to_the_same(client: httpx.Client) -> None:
    answer = client.get("/login/", params={"token": TOKEN})
    assert (answer.status_code, answer.headers["location"]) == (303, f"../login?token={TOKEN}")
    assert client.get("/login/").headers["location"] == "../login"


def test_a_slash_at_the_end_makes_no_difference_to_the_form_and_to_leaving(client: httpx.Client) -> None:
    assert client.post("/login/", data={"token": TOKEN}, follow_redirects=True).url.path == "/"
    assert client.get("/api/sites").status_code == 200
    assert client.get("/logout/", follow_redirects=True).url.path == "/login"
    problem(client.get("/api/sites"), 401)


@pytest.mark.parametrize("token", ["wrong", "", TOKEN + "x", "é", "\x00"])
def test_a_wrong_token_leads_back_to_the_form(client: httpx.Client, token: str) -> None:
    for answer in (client.get("/login", params={"token": token}), client.post("/login", data={"token": token})):
        assert (answer.status_code, answer.headers["location"]) == (303, "login?error=1")
        assert "set-cookie" not in answer.headers
    problem(client.get("/api/sites"), 401)


def test_a_form_without_a_token_leads_back_to_the_form(client: httpx.Client) -> None:
    assert client.post("/login", content=b"\xff&&&=").headers["location"] == "login?error=1"


def test_a_form_that_is_too_large_is_a_413(client: httpx.Client) -> None:
    problem(client.post("/login", data={"token": "x" * 10_000}), 413)


def test_a_form_of_many_fields_is_a_400(client: httpx.Client) -> None:
    assert "field" in problem(client.post("/login", content="x=1&" * 11 + f"token={TOKEN}"), 400)["message"]


def test_the_cookie_is_for_this_browser_only_and_is_not_the_token(client: httpx.Client) -> None:
    answer = client.get("/login", params={"token": TOKEN})
    cookie = SimpleCookie(answer.headers["set-cookie"])["liveinsight"]
    assert TOKEN not in cookie.value
    assert cookie["httponly"]
    assert not cookie["secure"]
    assert cookie["samesite"] == "lax"
    assert cookie["path"] == "/"
    assert cookie["max-age"] == str(30 * 24 * 3600)


def test_behind_https_and_a_path_the_cookie_knows(start: Start) -> None:
    client = start(public_url="https://example.com/stats/")
    answer = client.get("/login", params={"token": TOKEN})
    cookie = SimpleCookie(answer.headers["set-cookie"])["liveinsight"]
    assert cookie["secure"]
    assert cookie["path"] == "/stats"


def test_another_cookie_is_none(client: httpx.Client) -> None:
    for value in ("", "x", TOKEN):
        problem(client.get("/api/sites", headers={"Cookie": f"liveinsight={value}"}), 401)


def test_who_logs_out_is_a_stranger_again(client: httpx.Client) -> None:
    client.get("/login", params={"token": TOKEN})
    answer = client.get("/logout")
    assert (answer.status_code, answer.headers["location"]) == (303, "login")
    problem(client.get("/api/sites"), 401)


def test_guessing_is_slowed_down(client: httpx.Client) -> None:
    statuses = [client.get("/login", params={"token": "guess"}).status_code for _ in range(12)]
    assert statuses[:10] == [303] * 10
    assert statuses[-1] == 429
    answer = client.post("/login", data={"token": "guess"})
    assert problem(answer, 429)["code"] == "rate_limited"
    assert answer.headers["retry-after"] == "1"


def guess(client: httpx.Client, token: str, path: str = "/api/sites") -> int:
    return client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code


@pytest.mark.parametrize("path", ["/api/sites", "/"])
def test_guessing_with_bearer_tokens_is_slowed_down(client: httpx.Client, path: str) -> None:
    assert [guess(client, f"guess {number}", path) for number in range(10)] == [401] * 10
    assert guess(client, "guess", path) == 429


def test_a_guesser_at_the_same_address_cannot_lock_out_the_owner(client: httpx.Client) -> None:
    assert [guess(client, "guess") for _ in range(11)][-1] == 429
    assert guess(client, TOKEN) == 200
    assert client.get("/login", params={"token": TOKEN}).headers["location"] == "./"


def test_the_right_token_is_never_slowed_down(client: httpx.Client) -> None:
    assert {guess(client, TOKEN) for _ in range(30)} == {200}


def test_who_is_logged_in_stays_so_while_somebody_at_the_same_address_guesses(client: httpx.Client) -> None:
    client.get("/login", params={"token": TOKEN})
    cookies = dict(client.cookies)
    client.cookies.clear()
    assert [guess(client, "guess") for _ in range(11)][-1] == 429
    client.cookies.update(cookies)
    assert client.get("/api/sites").status_code == 200
