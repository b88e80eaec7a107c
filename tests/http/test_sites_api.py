"""The sites that an owner manages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.factories import DAY, HOUR, NOON, SITE, local
from tests.http.front_ends import as_reader, with_cookie
from tests.http.messages import collect, problem, sent
from tests.http.visits import rows

if TYPE_CHECKING:
    import httpx

    from liveinsight.store.memory import MemoryStore
    from tests.factories import Clock
    from tests.http.front_ends import Serve, Start

NEW = "new.example"


def sites(client: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/api/sites").json()["data"]["sites"]
    return found


def save(client: httpx.Client, site_id: str, **settings: Any) -> dict[str, Any]:
    answer = client.post("/api/sites", json={"site_id": site_id, **settings})
    assert answer.status_code == 200, answer.text
    site: dict[str, Any] = answer.json()["data"]
    return site


def test_a_site_is_saved_listed_changed_and_removed(reader: httpx.Client) -> None:
    site = {
        "site_id": NEW,
        "events": 0,
        "timezone": "UTC",
        "retention_days": 0,
        "created_at": NOON,
        "last_event_at": None,
        "saved": True,
    }
    assert save(reader, NEW) == site
    assert sites(reader) == [site]

    changed = reader.put(f"/api/sites/{NEW}/", json={"timezone": "Asia/Seoul", "retention_days": 365}).json()["data"]
    assert changed == site | {"timezone": "Asia/Seoul", "retention_days": 365}
    back = reader.put(f"/api/sites/{NEW}", json={"timezone": None}).json()["data"]
    assert back == site | {"retention_days": 365}

    removed = reader.delete(f"/api/sites/{NEW}").json()["data"]
    assert removed == site | {"created_at": None, "saved": False}
    assert sites(reader) == []


def test_sites_are_listed_busiest_first_wherever_they_come_from(start: Start) -> None:
    client = as_reader(start(sites=("named.example", "busy.example"), timezone="Europe/Paris", retention_days=90))
    collect(client, sent(site_id="busy.example"))
    save(client, "saved.example", timezone="Asia/Seoul", retention_days=0)
    assert [(each["site_id"], each["events"], each["saved"]) for each in sites(client)] == [
        ("busy.example", 1, False),
        ("named.example", 0, False),
        ("saved.example", 0, True),
    ]
    effective = [(each["timezone"], each["retention_days"]) for each in sites(client)]
    assert effective == [("Europe/Paris", 90), ("Europe/Paris", 90), ("Asia/Seoul", 0)]
    assert client.get("/api/sites").json()["data"]["accepts_any"] is False


def test_it_is_said_that_any_site_is_accepted(reader: httpx.Client) -> None:
    assert reader.get("/api/sites").json()["data"] == {"sites": [], "accepts_any": True}


def test_the_latest_event_is_known_to_the_millisecond(reader: httpx.Client, clock: Clock) -> None:
    clock.now = NOON + 3210
    collect(reader, sent())
    assert [each["last_event_at"] for each in sites(reader)] == [NOON + 3210]


def test_after_a_restart_the_hour_of_the_latest_event_is_known(start: Start, clock: Clock, store: MemoryStore) -> None:
    clock.now = NOON + HOUR + 3210
    collect(start(store), sent(timestamp=clock.now))
    again = as_reader(start(store))
    assert [(each["site_id"], each["last_event_at"]) for each in sites(again)] == [(SITE, NOON + HOUR)]


def test_what_is_saved_is_there_after_a_restart(start: Start, store: MemoryStore) -> None:
    save(as_reader(start(store)), NEW, timezone="Asia/Seoul")
    again = as_reader(start(store, sites=("other.example",)))
    assert ("new.example", "Asia/Seoul") in [(each["site_id"], each["timezone"]) for each in sites(again)]
    collect(again, sent(site_id=NEW))


@pytest.mark.parametrize("address", ["https://www.New.example/", "new.example/shop?q=1", "www.new.example", NEW])
def test_a_pasted_address_is_understood(reader: httpx.Client, address: str) -> None:
    assert save(reader, address)["site_id"] == NEW
    assert problem(reader.post("/api/sites", json={"site_id": NEW}), 400)["code"] == "site_exists"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"site_id": ""},
        {"site_id": "a b"},
        {"site_id": "https://"},
        {"site_id": "http://["},
        {"site_id": "<script>"},
        {"site_id": "x" * 300},
        {"site_id": NEW, "timezone": "Mars/Base"},
        {"site_id": NEW, "timezone": ""},
        {"site_id": NEW, "retention_days": -1},
        {"site_id": NEW, "retention_days": 10**9},
        {"site_id": NEW, "name": "x"},
        [],
    ],
)
def test_a_site_that_is_none_is_a_400(reader: httpx.Client, body: Any) -> None:
    problem(reader.post("/api/sites", json=body), 400)
    assert sites(reader) == []


def test_a_change_saves_a_site_that_was_not(reader: httpx.Client) -> None:
    collect(reader, sent())
    changed = reader.put(f"/api/sites/{SITE}", json={"retention_days": 30}).json()["data"]
    assert (changed["events"], changed["retention_days"], changed["saved"]) == (1, 30, True)


def test_what_was_not_saved_cannot_be_removed(reader: httpx.Client) -> None:
    collect(reader, sent())
    for unknown in (SITE, "nobody-s.example", "%00"):
        assert problem(reader.delete(f"/api/sites/{unknown}"), 404)["code"] == "unknown_site"
    problem(reader.put("/api/sites/a b", json={}), 404)


def test_only_readers_may_save_sites(client: httpx.Client) -> None:
    problem(client.post("/api/sites", json={"site_id": NEW}), 401)
    problem(client.put(f"/api/sites/{NEW}", json={}), 401)
    problem(client.delete(f"/api/sites/{NEW}"), 401)


def test_a_form_on_another_page_can_save_no_site(reader: httpx.Client) -> None:
    with_cookie(reader)
    for method, route in (("POST", "/api/sites"), ("PUT", f"/api/sites/{NEW}")):
        answer = reader.request(method, route, content=b'{"site_id": "x"}', headers={"Content-Type": "text/plain"})
        assert problem(answer, 400)["code"] == "json_required"


def test_a_saved_site_is_accepted_whatever_the_settings_name(start: Start) -> None:
    client = as_reader(start(sites=("other.example",)))
    refused = client.post("/api/events", json=sent(site_id=NEW))
    assert problem(refused, 400)["code"] == "site_not_allowed"
    save(client, NEW)
    collect(client, sent(site_id=NEW))
    assert client.get("/api/realtime", params={"site_id": NEW}).json()["data"]["online_visitors"] == 1
    client.delete(f"/api/sites/{NEW}")
    problem(client.post("/api/events", json=sent(site_id=NEW)), 400)


def test_the_events_of_a_removed_site_can_still_be_read(start: Start) -> None:
    client = as_reader(start(sites=("other.example",)))
    save(client, NEW)
    collect(client, sent(site_id=NEW))
    client.delete(f"/api/sites/{NEW}")
    assert (NEW, 1) in [(each["site_id"], each["events"]) for each in sites(client)]
    assert rows(client, site_id=NEW, metrics=["events"]) == [(1,)]


def test_without_settings_of_its_own_a_site_is_kept_as_long_as_the_server_says_and_the_answer_says_so(
    serve: Serve, clock: Clock
) -> None:
    analytics, client = serve(retention_days=10, timezone="Europe/Paris")
    as_reader(client)
    assert save(client, SITE, retention_days=0, timezone="Asia/Seoul")["retention_days"] == 0
    collect(client, sent())
    clock.now = NOON + 20 * DAY
    analytics.maintain()
    assert [each["events"] for each in sites(client)] == [1]
    changed = client.put(f"/api/sites/{SITE}", json={"retention_days": None}).json()["data"]
    assert (changed["events"], changed["retention_days"], changed["timezone"]) == (1, 10, "Asia/Seoul")
    assert client.put(f"/api/sites/{SITE}", json={"retention_days": 30}).json()["data"]["retention_days"] == 30
    removed = client.delete(f"/api/sites/{SITE}").json()["data"]
    assert (removed["events"], removed["retention_days"], removed["timezone"]) == (1, 10, "Europe/Paris")
    analytics.maintain()
    assert sites(client) == []


def test_a_site_that_was_saved_is_meant_when_it_is_the_only_one(reader: httpx.Client) -> None:
    save(reader, NEW)
    assert reader.get("/api/realtime").json()["data"]["site_id"] == NEW


def test_reports_are_cut_on_the_clock_of_the_site(reader: httpx.Client, clock: Clock) -> None:
    clock.now = local("2026-03-11 00:30", "Asia/Seoul")  # still the 10th in UTC
    collect(reader, sent(timestamp=clock.now), sent(timestamp=clock.now - HOUR, session_id="s2"))
    day: dict[str, Any] = {"metrics": ["events"], "dimensions": ["day"], "period": "today"}
    assert rows(reader, **day) == [(local("2026-03-10"), 2)]

    save(reader, SITE, timezone="Asia/Seoul")
    assert rows(reader, **day) == [(local("2026-03-11", "Asia/Seoul"), 1)]
    assert rows(reader, **day, timezone="UTC") == [(local("2026-03-10"), 2)]
    assert reader.get("/api/realtime").json()["data"]["timezone"] == "Asia/Seoul"
    stats = reader.get("/api/stats", params={"period": "today"}).json()["data"]
    assert (stats["timezone"], stats["summary"]["events"]) == ("Asia/Seoul", 1)
    assert reader.get("/api/statistics/hourly", params={"hours": 1}).json()[0]["hour"] == "2026-03-11 00:00"
    ledger = reader.get("/api/ledger", params={"period": "today", "site_id": SITE}).json()["data"]
    assert ledger["from"] == local("2026-03-11", "Asia/Seoul")
    cohorts = reader.post("/api/query/retention", json={"interval": "day", "period": "today"}).json()["data"]["cohorts"]
    assert [each["label"] for each in cohorts] == ["2026-03-11"]


def test_each_site_is_kept_for_its_own_time(serve: Serve, clock: Clock) -> None:
    analytics, client = serve(retention_days=10)
    as_reader(client)
    for site, days in (("short.example", 2), ("ever.example", 0), ("usual.example", None)):
        save(client, site, retention_days=days)
    for days in (6, 5, 4, 3, 2, 1, 0):
        clock.now = NOON - days * DAY
        for site in ("short.example", "ever.example", "usual.example"):
            collect(client, sent(site_id=site, timestamp=clock.now, session_id=f"s{days}"))

    def left() -> dict[str, int]:
        return {each["site_id"]: each["events"] for each in sites(client)}

    analytics.maintain()
    assert left() == {"ever.example": 7, "usual.example": 7, "short.example": 3}
    clock.now = NOON + 8 * DAY
    analytics.maintain()
    assert left() == {"ever.example": 7, "usual.example": 3, "short.example": 0}
    clock.now = NOON + 300 * DAY
    analytics.maintain()
    assert left() == {"ever.example": 7, "usual.example": 0, "short.example": 0}
    assert {each["site_id"]: each["last_event_at"] for each in sites(client)}["short.example"] is None
