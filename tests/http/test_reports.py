"""The routes of readers: what they answer, and that they answer nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.factories import DAY, HOUR, MINUTE, NOON, SITE, local
from tests.http.front_ends import as_reader
from tests.http.messages import collect, problem, sent

if TYPE_CHECKING:
    import httpx

    from tests.factories import Clock
    from tests.http.front_ends import Start

GET_ROUTES = [
    "/api/realtime",
    "/api/stats",
    "/api/sessions/active",
    "/api/sessions/s1",
    "/api/sessions/s1/events",
    "/api/visitors/ann/sessions",
    "/api/statistics/hourly",
    "/api/statistics/summary",
    "/api/statistics/pages",
    "/api/statistics/referrers",
    "/api/statistics/goals",
    "/api/goals",
    "/api/funnels",
    "/api/segments",
    "/api/ledger",
    "/api/sites",
]
QUESTIONS = ["/api/query", *(f"/api/query/{each}" for each in ("funnel", "retention", "journey", "page"))]
METHODS = {**dict.fromkeys(GET_ROUTES, "GET"), **dict.fromkeys(QUESTIONS, "GET, POST")} | {
    "/api/goals": "GET, POST",
    "/api/funnels": "GET, POST",
    "/api/goals/x": "DELETE, PUT",
    "/api/funnels/x": "DELETE, PUT",
    "/api/sites": "GET, POST",
    "/api/sites/x": "DELETE, PUT",
    "/api/segments": "GET, POST",
    "/api/segments/x": "DELETE, PUT",
}
QUERY: dict[str, Any] = {"metrics": ["page_views"], "dimensions": ["page"]}


@pytest.fixture
def shop(reader: httpx.Client, clock: Clock) -> httpx.Client:
    """A reader of a site where two visitors were, an hour apart."""
    collect(
        reader,
        sent(page="/", referrer="https://search.naver.com/x", user_id="ann"),
        sent("conversion", "/cart", timestamp=NOON + MINUTE, user_id="ann", conversion_type="purchase", value=29.0),
    )
    clock.now = NOON + HOUR
    collect(reader, sent(page="/", session_id="s2", timestamp=NOON + HOUR, user_id="bob", plan="pro"))
    return reader


@pytest.mark.parametrize("route", GET_ROUTES)
def test_only_readers_are_answered(client: httpx.Client, route: str) -> None:
    answer = client.get(route)
    assert problem(answer, 401)["code"] == "unauthorized"
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("route", QUESTIONS)
def test_only_readers_may_query(client: httpx.Client, route: str) -> None:
    problem(client.post(route, json=QUERY), 401)


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer", "Basic x", "the-readers-token", "Bearer é"])
def test_another_token_is_none(client: httpx.Client, header: str) -> None:
    problem(client.get("/api/sites", headers=[(b"Authorization", header.encode())]), 401)


@pytest.mark.parametrize("route", GET_ROUTES)
def test_a_trailing_slash_makes_no_difference(shop: httpx.Client, route: str) -> None:
    with_slash = shop.get(f"{route}/")
    assert with_slash.status_code == 200
    assert with_slash.json() == shop.get(route).json()


@pytest.mark.parametrize("route", GET_ROUTES)
def test_an_unknown_parameter_is_a_400_that_names_it(shop: httpx.Client, route: str) -> None:
    envelope = problem(shop.get(route, params={"perod": "7d"}), 400)
    assert "perod" in envelope["message"]
    assert envelope["details"][0]["field"] == "perod"


@pytest.mark.parametrize(("route", "methods"), METHODS.items())
def test_another_method_is_a_405_that_names_the_right_ones(shop: httpx.Client, route: str, methods: str) -> None:
    answer = shop.patch(route)
    problem(answer, 405)
    assert answer.headers["allow"] == methods


def test_realtime_is_now(shop: httpx.Client) -> None:
    data = shop.get("/api/realtime").json()["data"]
    assert data["site_id"] == SITE
    assert (data["online_visitors"], data["active_sessions"]) == (1, 1)
    assert data["pages"] == [{"page": "/", "visitors": 1}]
    assert data["last_5_minutes"]["by_type"] == {"page_view": 1}


def test_a_live_list_ends_after_100_rows_and_the_totals_count_everybody(reader: httpx.Client) -> None:
    many = [sent(page=f"/{each}", session_id=f"s{each}", user_id=f"u{each}") for each in range(120)]
    collect(reader, *(each | {"referrer": f"https://blog{number}.example/"} for number, each in enumerate(many)))
    data = reader.get("/api/realtime").json()["data"]
    assert (len(data["pages"]), len(data["sources"])) == (100, 100)
    assert (data["online_visitors"], data["active_sessions"]) == (120, 120)


def test_as_many_active_sessions_are_listed_as_asked(reader: httpx.Client) -> None:
    collect(reader, *(sent(session_id=f"s{each}") for each in range(5)))
    assert len(reader.get("/api/sessions/active/", params={"limit": 3}).json()) == 3
    assert len(reader.get("/api/sessions/active/").json()) == 5
    for limit in (0, 10_001):
        problem(reader.get("/api/sessions/active/", params={"limit": limit}), 400)


def test_before_the_first_event_everything_is_empty(reader: httpx.Client) -> None:
    assert reader.get("/api/realtime").json()["data"]["online_visitors"] == 0
    assert reader.get("/api/sessions/active/").json() == []
    assert reader.get("/api/stats").json()["data"]["summary"]["visitors"] == 0
    assert reader.get("/api/sites").json()["data"]["sites"] == []


def test_stats_are_of_a_period(shop: httpx.Client) -> None:
    data = shop.get("/api/stats", params={"period": "today", "compare": "previous"}).json()["data"]
    assert data["summary"]["visitors"] == 2
    assert data["summary"]["conversions"] == 1
    assert data["comparison"]["visitors"] == 0
    assert data["interval"] == "hour"
    assert len(data["timeseries"]) == 24
    assert data["pages"][0] == {"page": "/", "page_views": 2, "visitors": 2}
    assert data["conversions"] == [{"conversion_type": "purchase", "conversions": 1, "visitors": 1}]


def test_stats_say_how_much_changed(shop: httpx.Client, clock: Clock) -> None:
    clock.now = NOON + DAY
    collect(shop, *(sent(session_id=f"t{each}", timestamp=clock.now, user_id=f"u{each}") for each in range(3)))
    clock.now += 2 * HOUR
    data = shop.get("/api/stats", params={"period": "today", "compare": "previous"}).json()["data"]
    # Today three visitors with a page view each; yesterday two with two, one of whom bought.
    assert data["change"]["visitors"] == 0.5
    assert data["change"]["events"] == 0.0
    assert data["change"]["conversion_rate"] == -1.0
    assert shop.get("/api/stats", params={"period": "today"}).json()["data"]["change"] is None
    new = shop.get("/api/stats", params={"period": "yesterday", "compare": "previous"}).json()["data"]
    assert new["change"]["visitors"] is None


def test_the_summary_has_each_number_under_its_name(shop: httpx.Client) -> None:
    data = shop.get("/api/statistics/summary/", params={"period": "today", "compare": "previous"}).json()
    assert (data["visitors"], data["sessions"], data["page_views"], data["conversions"]) == (2, 2, 2, 1)
    assert (data["bounce_rate"], data["avg_duration"], data["conversion_rate"]) == (0.5, MINUTE / 2, 0.5)
    assert (data["from"], data["to"], data["timezone"]) == (local("2026-03-10"), local("2026-03-11"), "UTC")
    assert data["comparison"]["visitors"] == 0
    assert data["change"]["visitors"] is None


def test_a_summary_without_a_period_is_of_everything(shop: httpx.Client, clock: Clock) -> None:
    clock.now = NOON + 400 * DAY
    data = shop.get("/api/statistics/summary").json()
    assert (data["visitors"], data["from"], data["to"], data["comparison"]) == (2, None, None, None)
    envelope = problem(shop.get("/api/statistics/summary", params={"compare": "previous"}), 400)
    assert envelope["code"] == "invalid_period"


def test_referrers_are_bare_and_most_visitors_first(reader: httpx.Client) -> None:
    blog = {"referrer": "https://blog.example/post/?secret=1"}
    collect(
        reader,
        sent(session_id="a", user_id="ann", **blog),
        sent(session_id="b", user_id="ann", **blog),
        sent(session_id="c", user_id="bob", **blog),
        sent(session_id="d", user_id="bob", referrer="https://news.example/"),
        sent(session_id="e", user_id="cat"),
    )
    assert reader.get("/api/statistics/referrers/").json() == [
        {"referrer": "blog.example/post", "visitors": 2, "sessions": 3},
        {"referrer": "news.example", "visitors": 1, "sessions": 1},
    ]
    assert len(reader.get("/api/statistics/referrers/", params={"limit": 1}).json()) == 1
    assert reader.get("/api/statistics/referrers/", params={"period": "yesterday"}).json() == []


def test_a_time_series_is_whole_or_refused(shop: httpx.Client) -> None:
    week: dict[str, Any] = {"from": "2026-03-04", "to": "2026-03-10", "interval": "minute"}
    envelope = problem(shop.get("/api/stats", params=week), 400)
    assert envelope["code"] == "too_many_rows"
    assert "longer interval" in envelope["message"]
    six_days = shop.get("/api/stats", params={**week, "from": "2026-03-05"}).json()["data"]
    assert len(six_days["timeseries"]) == 6 * 24 * 60
    assert sum(each["events"] for each in six_days["timeseries"]) == 3


def test_a_year_of_hours_is_whole_where_clocks_change_by_half_an_hour(reader: httpx.Client) -> None:
    asked: dict[str, Any] = {"hours": 24 * 366, "timezone": "Australia/Lord_Howe"}
    hours = reader.get("/api/statistics/hourly", params=asked).json()
    assert hours[-1]["hour"] == "2026-03-10 23:00"


def test_a_period_can_be_dates_or_milliseconds(shop: httpx.Client) -> None:
    by_date = shop.get("/api/stats", params={"from": "2026-03-10", "to": "2026-03-10"}).json()["data"]
    by_ms = shop.get("/api/stats", params={"from": by_date["from"], "to": by_date["to"]}).json()["data"]
    assert by_ms == by_date
    assert by_date["summary"]["events"] == 3


def test_a_session_has_its_events_oldest_first(shop: httpx.Client) -> None:
    events = shop.get("/api/sessions/s1/events/").json()
    assert [each["event_type"] for each in events] == ["page_view", "conversion"]
    assert shop.get("/api/sessions/s2/events/").json()[0]["properties"] == {"plan": "pro"}


def test_an_event_says_who_linked_to_it_as_host_and_path(reader: httpx.Client) -> None:
    collect(
        reader,
        sent(referrer="https://ann:pw@blog.example/post?email=ann@mail.example"),
        sent(timestamp=NOON + 1, referrer=f"https://{SITE}/"),
    )
    assert [each["referrer"] for each in reader.get("/api/sessions/s1/events/").json()] == ["blog.example/post", ""]


def test_a_session_id_may_hold_anything_that_a_client_chose(reader: httpx.Client) -> None:
    collect(reader, sent(session_id="a/b 한?#"))
    assert reader.get("/api/sessions/a%2Fb%20%ED%95%9C%3F%23/events/").json()[0]["session_id"] == "a/b 한?#"


def test_a_session_that_is_not_there_is_a_404(shop: httpx.Client) -> None:
    problem(shop.get("/api/sessions/nobody/events/"), 404)


def test_hours_are_bare_and_without_gaps(shop: httpx.Client) -> None:
    hours = shop.get("/api/statistics/hourly/", params={"hours": 3, "timezone": "Asia/Seoul"}).json()
    assert [(each["hour"], each["count"]) for each in hours] == [
        ("2026-03-10 20:00", 0),
        ("2026-03-10 21:00", 2),
        ("2026-03-10 22:00", 1),
    ]


def test_pages_are_bare_and_most_viewed_first(shop: httpx.Client) -> None:
    assert shop.get("/api/statistics/pages/").json() == [{"page": "/", "views": 2, "visitors": 2}]


def test_a_query_answers_in_the_order_asked(shop: httpx.Client) -> None:
    data = shop.post("/api/query", json=QUERY).json()["data"]
    assert data["rows"] == [{"dimensions": ["/"], "metrics": [2]}, {"dimensions": ["/cart"], "metrics": [0]}]
    assert data["total_rows"] == 2
    assert data["query"]["timezone"] == "UTC"


def test_the_ledger_adds_up(shop: httpx.Client) -> None:
    shop.post("/api/events", json=[sent(timestamp=1), sent(user_agent="Googlebot/2.1")])
    total = shop.get("/api/ledger").json()["data"]["total"]
    assert total["received"] == total["stored"] + total["duplicates"] + total["filtered"] + total["rejected"] == 5
    assert total["reasons"]["filtered"] == {"bot": 1}


def test_the_ledger_of_a_day_has_its_first_half_hour(reader: httpx.Client, clock: Clock) -> None:
    clock.now = local("2026-03-10 00:10", "Asia/Kolkata")
    collect(reader, sent(timestamp=clock.now))
    data = reader.get("/api/ledger", params={"period": "today", "timezone": "Asia/Kolkata"}).json()["data"]
    assert data["total"]["stored"] == 1
    assert data["from"] == data["hours"][0]["hour"] == local("2026-03-09 18:00")


def test_with_several_sites_one_has_to_be_named(shop: httpx.Client) -> None:
    collect(shop, sent(site_id="other.example"))
    assert problem(shop.get("/api/realtime"), 400)["code"] == "site_required"
    assert shop.get("/api/realtime", params={"site_id": SITE}).status_code == 200
    assert {each["site_id"] for each in shop.get("/api/sites").json()["data"]["sites"]} == {SITE, "other.example"}


def test_a_site_that_is_not_ours_is_a_404(start: Start) -> None:
    client = as_reader(start(sites=(SITE,)))
    assert problem(client.get("/api/stats", params={"site_id": "other.example"}), 404)["code"] == "unknown_site"


HOSTILE = [
    "'; DROP TABLE events; --",
    "../../../etc/passwd",
    "/etc/passwd",
    "\x00",
    "UTC\x00",
    "한국",
    "%s%n",
    "A" * 5000,
    "-1",
    "99999999999999999999999",
    "1e308",
    "NaN",
    "{{7*7}}",
]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("name", ["timezone", "hours"])
def test_hostile_values_are_400s(shop: httpx.Client, name: str, value: str) -> None:
    problem(shop.get("/api/statistics/hourly/", params={name: value}), 400)


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("name", ["period", "interval", "compare", "limit", "from"])
def test_hostile_questions_are_400s(shop: httpx.Client, name: str, value: str) -> None:
    problem(shop.get("/api/stats", params={name: value}), 400)


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_site_or_session_finds_nothing(shop: httpx.Client, value: str) -> None:
    assert shop.get("/api/sessions/active/", params={"site_id": value}).status_code in {200, 400}
    assert shop.get("/api/sessions/x/events/", params={"site_id": value}).status_code in {400, 404}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b'{"metrics": []}',
        b'{"metrics": ["page_views"], "limit": 0}',
        b'{"metrics": ["drop table"]}',
        b'{"metrics": ["page_views"], "dimensions": ["page\\u0000"]}',
        b'{"metrics": ["page_views"], "filters": [{"dimension": "page", "operator": "regex", "values": ["x"]}]}',
        b'{"metrics": ["page_views"], "unknown": 1}',
        b'{"metrics": ["page_views"], "period": "7d", "from": 1}',
        b'{"metrics": ["page_views"], "from": true}',
        b'{"metrics": ["page_views"], "from": 1, "to": true}',
        b'{"metrics": "page_views"}',
        b"[" * 50_000,
    ],
)
def test_a_query_that_cannot_be_understood_is_a_400(reader: httpx.Client, body: bytes) -> None:
    problem(reader.post("/api/query", content=body, headers={"Content-Type": "application/json"}), 400)


def test_a_query_that_is_too_large_is_a_413(reader: httpx.Client) -> None:
    problem(reader.post("/api/query", json={"metrics": ["x" * 300_000]}), 413)


def test_a_query_may_be_sent_with_any_content_type(reader: httpx.Client) -> None:
    body = b'{"metrics": ["page_views"]}'
    headers = {"Content-Type": "application/x-www-form-urlencoded"}  # what curl says when nobody tells it
    assert reader.post("/api/query", content=body, headers=headers).status_code == 200


def test_a_stranger_s_query_is_not_even_read(client: httpx.Client) -> None:
    problem(client.post("/api/query", content=b"{" * 300_000), 401)


@pytest.mark.parametrize("route", ["/api", "/api/nothing", "/nothing", "/api/sessions", "/docs", "/static", "/.env"])
def test_an_address_without_anything_is_a_404(reader: httpx.Client, route: str) -> None:
    problem(reader.get(route), 404)


def test_a_fault_of_ours_is_a_500_that_tells_nothing_and_is_logged(
    start: Start, clock: Clock, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        msg = "password=hunter2"
        raise RuntimeError(msg)

    monkeypatch.setattr("liveinsight.store.memory.MemoryStore.run", fail)
    answer = as_reader(start()).get("/api/stats", params={"timezone": "Asia/Tokyo"})
    assert problem(answer, 500)["code"] == "internal_error"
    assert "hunter2" in caplog.text
    assert "Tokyo" not in caplog.text
