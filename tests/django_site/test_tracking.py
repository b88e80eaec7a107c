"""`track` and the middleware: what the site itself sends."""

from __future__ import annotations

import asyncio
import re
from decimal import Decimal
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import AsyncClient, RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext_lazy

from liveinsight.django import outbox as sending
from liveinsight.django import track
from liveinsight.django.hidden import Hidden, hidden
from liveinsight.django.outbox import outbox
from liveinsight.django.running import Home, analytics, close, release, use
from liveinsight.django.tracking import new_id, refused
from liveinsight.questions import QueryBody
from liveinsight.service import Analytics, now_ms
from liveinsight.settings import Settings
from tests.django_site.conftest import BROWSER
from tests.django_site.running import tag
from tests.django_site.stores import HangingStore
from tests.waiting import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.test import Client

SITE, SERVER = "testserver", "server.testserver"
WITH_VIEWS = override_settings(MIDDLEWARE=["liveinsight.django.middleware.PageViews", *settings.MIDDLEWARE])


def rows(site: str, *dimensions: str, metrics: tuple[str, ...] = ("events",)) -> list[tuple[Any, ...]]:
    """What the store has, after everything is sent."""
    assert outbox.flush(PATIENCE_S)
    question = QueryBody.model_validate({"site_id": site, "metrics": metrics, "dimensions": dimensions, "period": "7d"})
    found = analytics().query(question)["rows"]
    return sorted((*row["dimensions"], *row["metrics"]) for row in found)


def post(client: Client, address: str = "/analytics/api/events", **more: Any) -> Any:
    """Send a page view as the tracker does."""
    now = now_ms()
    event = {"session_id": "s1", "user_id": "u1", "timestamp": now, "event_type": "page_view", **more}
    event = {"page_url": f"http://{SITE}/", "event_id": new_id(), **event}
    return client.post(address, {"events": [event], "sent_at": now}, content_type="application/json")


def test_an_event_from_python_is_in_the_visit_that_the_tracker_is_in(client: Client) -> None:
    assert post(client).status_code == 200
    assert client.get("/signup/").json() == {"taken": True}
    assert rows(SITE, "event_type") == [("page_view", 1), ("signup", 1)]
    assert rows(SITE, "prop:plan") == [("pro", 1)]
    assert rows(SITE, metrics=("sessions", "visitors")) == [(1, 1)]
    (session,) = analytics().active_sessions(SITE)
    assert (session["session_id"], session["user_id"]) == ("s1", "u1")


def test_a_browser_that_keeps_nothing_gets_no_cookie_and_still_has_one_visit(client: Client) -> None:
    answer = post(client, session_id="-", user_id=None)
    assert answer.status_code == 200
    assert not answer.cookies
    client.get("/signup/")
    assert rows(SITE, metrics=("sessions", "visitors", "events")) == [(1, 1, 2)]


def test_without_the_cookie_s_consent_none_is_set(client: Client) -> None:
    with override_settings(LIVEINSIGHT={"STORE": "memory://", "VISIT_COOKIE": False}):
        assert not post(client).cookies


def test_what_the_caller_says_wins_over_the_cookie(client: Client) -> None:
    assert post(client).status_code == 200
    client.get("/signup/?user=ann")
    assert rows(SITE, "event_type") == [("page_view", 1), ("signup", 1)]
    (session,) = analytics().active_sessions(SITE)
    events = analytics().session_events(session["session_id"], SITE)
    assert [each["user_id"] for each in events] == ["u1", "ann"]


def test_a_forged_cookie_is_no_visit(client: Client) -> None:
    client.cookies["liveinsight_visit"] = "a b/<c>:d"
    client.get("/signup/")
    assert rows(SITE, "event_type") == [("signup", 1)]


@pytest.mark.parametrize("bad", [{"page_url": "nowhere"}, {"plan": {"a": 1}}, {"value": "much", "currency": "EUR"}])
def test_an_event_that_is_wrong_is_counted_and_breaks_nothing(bad: dict[str, Any], rf: RequestFactory) -> None:
    assert track(rf.get("/"), "signup", **bad)
    assert outbox.flush(PATIENCE_S)
    assert sum(refused().values()) == 1


def test_why_events_were_refused_is_logged_once_a_minute(
    rf: RequestFactory, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "_reported_at", -1e9)
    with override_settings(LIVEINSIGHT={"STORE": "memory://", "SITE": "shop.example"}):
        for _ in range(3):
            assert track(rf.get("/"), "signup", site_id="else.example")
        assert outbox.flush(PATIENCE_S)
        assert refused() == {"site_not_allowed": 3}
        (line,) = [each.getMessage() for each in caplog.records if each.name == sending.__name__]
        assert "site_not_allowed (" in line
        assert "name it in the setting SITES" in line
        monkeypatch.setattr(outbox, "_reported_at", -1e9)
        assert track(None, "signup") is False  # type: ignore[arg-type]  # as a task without a request would
        assert "1 AttributeError" in caplog.records[-1].getMessage()


def test_what_a_site_has_in_its_models_can_be_sent_as_it_is(rf: RequestFactory) -> None:
    purchase = {"conversion_type": "purchase", "value": Decimal("29.50"), "currency": "EUR", "tax": Decimal("2.5")}
    assert track(rf.get("/"), "conversion", user_id=7, title=gettext_lazy("Tea"), **purchase)
    assert rows(SITE, metrics=("conversions", "revenue:EUR")) == [(1, 29.5)]
    (session,) = analytics().active_sessions(SITE)
    (event,) = analytics().session_events(session["session_id"], SITE)
    assert (event["user_id"], event["properties"]) == ("7", {"title": "Tea", "tax": 2.5})


def test_an_order_that_is_sent_twice_counts_once(rf: RequestFactory) -> None:
    for _ in range(2):
        assert track(rf.get("/"), "conversion", conversion_type="purchase", event_id=1042)
    assert rows(SITE) == [(1,)]


def test_a_request_that_cannot_be_read_breaks_nothing(rf: RequestFactory) -> None:
    with override_settings(ALLOWED_HOSTS=["else.example"]):
        assert track(rf.get("/"), "signup") is False
    assert refused() == {"DisallowedHost": 1}


@pytest.fixture
def rf() -> RequestFactory:
    return RequestFactory(headers={"user-agent": BROWSER})


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[HangingStore]:
    """A store that does not answer, and an outbox that tries again soon."""
    monkeypatch.setattr(sending, "_FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(sending, "_LONGEST_PAUSE_S", 0.01)
    store = HangingStore()
    use(Home(Analytics(store, Settings())))
    yield store
    store.wake()
    assert outbox.flush(PATIENCE_S)
    release()


def test_while_the_store_is_away_events_wait_and_what_is_too_much_is_refused_at_once(
    hanging: HangingStore, rf: RequestFactory
) -> None:
    with override_settings(LIVEINSIGHT={"STORE": "memory://", "QUEUE": 5}):
        taken = [track(rf.get("/"), "signup", number=number) for number in range(300)]
        assert 5 <= taken.count(True) <= 10  # those that wait, and those on their way
        assert taken.count(False) == refused()["queue_full"]
        hanging.wake()  # which sends back those on their way
        assert outbox.flush(PATIENCE_S)
        assert rows(SITE) == [(300 - refused()["queue_full"],)]


def test_the_page_views_of_the_server_are_a_site_of_their_own_with_the_views_names(client: Client) -> None:
    with WITH_VIEWS:
        client.get("/pages/7/", headers={"referer": "https://search.example/"})
        client.get("/pages/8/")
        client.get("/later/")
    views = [("/later", "later", 1), ("/pages/7", "page", 1), ("/pages/8", "page", 1)]
    assert rows(SERVER, "page", "prop:view_name") == views
    assert rows(SERVER, "prop:route") == [("/later/", 1), ("/pages/<int:number>/", 2)]
    assert rows(SERVER, "prop:tagged") == [("false", 1), ("true", 2)]
    assert rows(SERVER, "source") == [("search.example", 3)]  # of the visit
    assert rows(SERVER, metrics=("visitors", "sessions")) == [(1, 1)]
    assert rows(SITE) == [(0,)]


@pytest.mark.parametrize(
    ("host", "site"), [("WWW.shop.example:8000", "server.shop.example"), ("[::1]:8000", "server.::1")]
)
def test_without_a_site_of_the_settings_the_page_views_go_to_the_one_of_the_host(
    client: Client, host: str, site: str
) -> None:
    with WITH_VIEWS:
        assert client.get("/pages/1/", headers={"host": host}).status_code == 200
    assert rows(site) == [(1,)]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/nothing/", {}),
        ("/signup/", {}),
        ("/analytics/", {}),
        ("/static/x.html", {}),
        ("/", {"sec-fetch-dest": "iframe"}),
        ("/", {"sec-purpose": "prefetch;prerender"}),
        ("/", {"x-requested-with": "XMLHttpRequest"}),
        ("/", {"dnt": "1"}),
        ("/", {"sec-gpc": "1"}),
        ("/", {"user-agent": "Googlebot/2.1"}),
    ],
)
def test_what_nobody_views_is_no_page_view(client: Client, path: str, headers: dict[str, str]) -> None:
    with WITH_VIEWS:
        client.get(path, headers={"user-agent": BROWSER, **headers})
    assert rows(SERVER, metrics=("page_views",)) == [(0,)]


def test_under_a_script_name_the_paths_that_are_ignored_are_those_of_the_site_s_urls(client: Client) -> None:
    with WITH_VIEWS, override_settings(LIVEINSIGHT={"STORE": "memory://", "IGNORE": ["/pages/"]}):
        for path in ("/pages/1/", "/later/"):
            assert client.get(path, SCRIPT_NAME="/shop").status_code == 200
        assert rows(SERVER, "page") == [("/shop/later", 1)]


def test_who_asks_not_to_be_counted_is_not_taken_for_a_blocker(client: Client) -> None:
    with WITH_VIEWS:
        html = client.get("/pages/1/", headers={"dnt": "1"}).content.decode()
        address = re.search('data-api-url="([^"]+)"', html)
        assert address
        client.defaults["HTTP_DNT"] = "1"  # and the tag of this site says dnt="off"
        assert post(client, address[1]).status_code == 200
        assert rows(SITE, metrics=("page_views",)) == [(1,)]
        assert rows(SERVER) == [(0,)]


def test_an_async_site_counts_the_same() -> None:
    async def visit() -> None:
        browser = AsyncClient(headers={"user-agent": BROWSER})
        for path in ("/later/", "/pages/1/"):
            assert (await browser.get(path)).status_code == 200

    with override_settings(MIDDLEWARE=["liveinsight.django.middleware.PageViews"]):
        asyncio.run(visit())
    assert rows(SERVER, "prop:view_name") == [("later", 1), ("page", 1)]


def test_what_the_tracker_saw_is_not_doubled_and_the_rest_is_hidden(client: Client) -> None:
    with WITH_VIEWS:
        for number in range(4):
            html = client.get(f"/pages/{number}/").content.decode()
            address = re.search('data-api-url="([^"]+)"', html)
            assert address
            if number == 0:  # the other three have a blocker
                for _ in range(3):
                    assert post(client, address[1], page_url=f"http://{SITE}/pages/0/").status_code == 200
        client.get("/later/")  # has no tag: that says nothing about blockers
        assert rows(SITE, metrics=("page_views",)) == [(3,)]
        assert rows(SERVER, metrics=("page_views",)) == [(5,)]
        assert hidden(SERVER) == Hidden(page_views=4, seen=1)
        assert hidden(SERVER).share == 0.75


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("get", "/nowhere/", {}),
        ("get", "/missing/", {}),
        ("post", "/pages/1/", {}),  # a form that is shown again
        ("get", "/pages/1/", {"sec-purpose": "prefetch;prerender"}),  # and shown to somebody later
    ],
)
def test_what_is_no_page_view_of_the_server_s_is_none_that_the_tracker_saw(
    client: Client, method: str, path: str, headers: dict[str, str]
) -> None:
    with WITH_VIEWS:
        client.get("/pages/1/")  # by somebody with a blocker
        answer = getattr(client, method)(path, headers=headers)
        address = re.search('data-api-url="([^"]+)"', answer.content.decode())
        assert address
        assert post(client, address[1], page_url=f"http://{SITE}{path}").status_code == 200
        assert rows(SITE, metrics=("page_views",)) == [(1,)]
        assert rows(SERVER) == [(1,)]
        assert hidden(SERVER) == Hidden(page_views=1, seen=0)


def test_the_check_command_says_how_much_is_hidden_or_who_knows(
    client: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    liveinsight = {"STORE": f"duckdb:///{tmp_path / 'site.duckdb'}", "SITE": "shop.example"}
    with WITH_VIEWS, override_settings(LIVEINSIGHT=liveinsight):
        client.get("/pages/1/")
        assert rows("server.shop.example", metrics=("page_views",)) == [(1,)]
        call_command("liveinsight_check")
        assert "the dashboard has it, page views and conversions 'tracker' of server" in capsys.readouterr().out
        close()
        call_command("liveinsight_check")
        assert "hidden by blockers: at most 100% of 1 page views" in capsys.readouterr().out


def test_a_page_that_comes_from_django_s_cache_is_a_page_view_too(client: Client) -> None:
    update, fetch = (f"django.middleware.cache.{name}CacheMiddleware" for name in ("Update", "FetchFrom"))
    views = "liveinsight.django.middleware.PageViews"
    with override_settings(MIDDLEWARE=[views, update, *settings.MIDDLEWARE, fetch]):
        shown = {client.get("/pages/7/").content for _ in range(3)}
        assert len(shown) == 1
        address = re.search('data-api-url="([^"]+)"', shown.pop().decode())
        assert address
        for _ in range(3):
            assert post(client, address[1], page_url=f"http://{SITE}/pages/7/").status_code == 200
        assert rows(SERVER, "prop:view_name", metrics=("page_views",)) == [("page", 3)]
        assert rows(SERVER, "prop:tagged", metrics=("page_views",)) == [("false", 2), ("true", 1)]
        assert hidden(SERVER) == Hidden(page_views=1, seen=1)


def test_only_a_page_view_confirms_that_the_tracker_ran(client: Client) -> None:
    with WITH_VIEWS:
        html = client.get("/pages/1/").content.decode()
        address = re.search('data-api-url="([^"]+)"', html)
        assert address
        assert post(client, address[1], event_type="click").status_code == 200
        assert rows(SERVER) == [(1,)]
        assert hidden(SERVER) == Hidden(page_views=1, seen=0)


def test_no_page_and_no_event_asks_the_site_s_database_anything(client: Client) -> None:
    with WITH_VIEWS, CaptureQueriesContext(connection) as captured:
        client.get("/pages/1/")
        client.get("/signup/")
        assert post(client).status_code == 200
    assert len(captured) == 0
    assert rows(SERVER, "page") == [("/pages/1", 1)]


def test_nothing_to_tell_is_no_share() -> None:
    assert Hidden(0, 0).share is None


@pytest.mark.parametrize("view", ["x", "d" + "0" * 23, "d" + "g" * 24, "../../etc"])
def test_a_made_up_page_view_confirms_nothing(client: Client, view: str) -> None:
    assert post(client, f"/analytics/api/events?view={view}").status_code == 200
    assert rows(SERVER) == [(0,)]


def test_renamed_paths_work_and_are_what_the_tag_says(client: Client) -> None:
    with override_settings(LIVEINSIGHT={"STORE": "memory://", "COLLECT_PATH": "c", "TRACKER_PATH": "js/site.js"}):
        html = tag()
        assert 'src="/analytics/js/site.js" data-api-url="/analytics/c"' in html
        assert post(client, "/analytics/c").status_code == 200
        assert client.get("/analytics/js/site.js")["Content-Type"].startswith("text/javascript")
        assert rows(SITE) == [(1,)]


def test_taking_an_event_does_not_wait_for_the_store(hanging: HangingStore, rf: RequestFactory) -> None:
    taken: list[bool] = []
    taking = Thread(target=lambda: taken.extend(track(rf.get("/"), "signup") for _ in range(100)), daemon=True)
    taking.start()
    taking.join(PATIENCE_S)  # the store would have let it wait for ever
    assert taken == [True] * 100
