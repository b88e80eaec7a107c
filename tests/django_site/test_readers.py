"""Who may see the numbers, and what they see; and that the site's own views are left alone."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import django
import pytest
from django.conf import settings
from django.db import connection
from django.template import engines
from django.test import AsyncClient, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import include, path
from rest_framework.permissions import BasePermission

from liveinsight.django.requests import on_its_own
from liveinsight.service import now_ms
from tests.django_site.running import user

if TYPE_CHECKING:
    from django.test import Client

HTML = {"accept": "text/html"}
NUMBERS = "/analytics/api/statistics/pages/"
EVENT = {"session_id": "s", "timestamp": now_ms(), "event_type": "page_view", "page_url": "http://a.example/"}


class Editors(BasePermission):
    """Those whom a site may choose."""

    def has_permission(self, request: Any, view: Any) -> bool:
        return bool(request.user.username == "editor")


def test_a_stranger_is_led_to_the_login_of_the_site_and_back(client: Client) -> None:
    answer = client.get("/analytics/")
    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=/analytics/")
    assert client.get("/analytics/login/")["Location"] == "/login/?next=/analytics/"


def test_who_is_no_staff_may_not_read(client: Client) -> None:
    client.force_login(user("customer"))
    answer = client.get(NUMBERS)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    page = client.get("/analytics/")
    assert (page.status_code, page["Content-Type"]) == (403, "text/plain; charset=utf-8")
    assert "Ask whoever runs the site to let you, or log in as somebody else." in page.content.decode()


def test_staff_reads(staff: Client) -> None:
    assert staff.get(NUMBERS).json() == []


def test_a_cache_of_the_whole_site_keeps_no_numbers(client: Client) -> None:
    update, fetch = (f"django.middleware.cache.{name}CacheMiddleware" for name in ("Update", "FetchFrom"))
    with override_settings(
        MIDDLEWARE=[update, *settings.MIDDLEWARE, fetch],
        LIVEINSIGHT={"STORE": "memory://", "ADMIN_TOKEN": "a-token-long-enough", "SITE": "a.example"},
    ):
        for path in ("realtime", "stats", "sessions/active", "statistics/pages", "query?q=" + quote(QUERY)):
            answer = client.get(f"/analytics/api/{path}", headers=TOKEN)
            assert (answer.status_code, "private" in answer["Cache-Control"]) == (200, True)
            assert client.get(f"/analytics/api/{path}").status_code == 401
        assert "private" in client.get("/analytics/healthz")["Cache-Control"]


QUERY = json.dumps({"metrics": ["page_views"], "period": "7d"})
GOAL = json.dumps({"name": "Cart", "site_id": "a.example", "filters": [{"dimension": "page", "values": ["/cart"]}]})


def save(client: Client, **headers: str) -> Any:
    return client.post("/analytics/api/goals", GOAL, content_type="application/json", headers=headers)


def test_who_may_only_read_saves_nothing(client: Client) -> None:
    reads = {"STORE": "memory://", "READERS": "rest_framework.permissions.IsAuthenticated"}
    question = json.dumps({"site_id": "a.example", "metrics": ["page_views"], "period": "7d"})
    client.force_login(user("customer"))
    with override_settings(LIVEINSIGHT=reads):
        assert client.get("/analytics/api/goals?site_id=a.example").status_code == 200
        assert client.post("/analytics/api/query", question, content_type="application/json").status_code == 200
        assert (save(client).status_code, save(client).json()["code"]) == (403, "forbidden")
        for address in ("goals/cart", "segments/cart", "sites/a.example"):
            assert client.delete(f"/analytics/api/{address}").status_code == 403
            assert client.put(f"/analytics/api/{address}", GOAL, content_type="application/json").status_code == 403
    with override_settings(LIVEINSIGHT={**reads, "OWNERS": "rest_framework.permissions.IsAuthenticated"}):
        assert save(client).status_code == 200


def test_who_owns_but_may_not_read_saves_nothing(client: Client) -> None:
    owns = {"STORE": "memory://", "OWNERS": "rest_framework.permissions.AllowAny"}
    client.force_login(user("customer"))
    with override_settings(LIVEINSIGHT=owns):
        assert save(client).status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://testserver", "sec-fetch-site": "same-origin"}, 200),
        ({"origin": "http://testserver"}, 200),
        ({"origin": "https://testserver", "sec-fetch-site": "same-origin"}, 200),  # TLS ends at a proxy
        ({"origin": "https://office.example", "sec-fetch-site": "cross-site"}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({}, 200),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "https://evil.example", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "https://evil.testserver", "sec-fetch-site": "same-site"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
    ],
)
def test_a_page_of_another_site_saves_nothing_with_a_reader_s_login(
    staff: Client, headers: dict[str, str], status: int
) -> None:
    with override_settings(CSRF_TRUSTED_ORIGINS=["https://office.example"]):
        answer = save(staff, **headers)
    assert answer.status_code == status
    assert status == 200 or "another site" in answer.json()["message"]


def test_a_program_with_the_token_comes_from_anywhere(client: Client) -> None:
    with override_settings(LIVEINSIGHT={"STORE": "memory://", "ADMIN_TOKEN": "a-token-long-enough"}):
        answer = save(client, authorization="Bearer a-token-long-enough", origin="https://tools.example")
        assert answer.status_code == 200


if django.VERSION >= (5, 1):  # earlier ones have no such middleware

    def test_a_site_that_wants_a_login_everywhere_still_counts_its_visitors(client: Client) -> None:
        wall = "django.contrib.auth.middleware.LoginRequiredMiddleware"
        liveinsight = {"STORE": "memory://", "COLLECT_PATH": "c", "TRACKER_PATH": "t.js"}
        with override_settings(MIDDLEWARE=[*settings.MIDDLEWARE, wall], LIVEINSIGHT=liveinsight):
            assert client.get("/later/").status_code == 302
            for path in ("api/events", "c"):
                answer = client.post(f"/analytics/{path}", EVENT, content_type="application/json")
                assert (answer.status_code, "data" in answer.json()) == (200, True)
            for path in ("static/js/liveinsight-tracker.js", "t.js", "healthz", "api/openapi.json"):
                assert client.get(f"/analytics/{path}").status_code == 200
            assert client.get("/analytics/assets/nothing.js").status_code == 404
            assert client.get(NUMBERS).status_code == 401
            assert client.get("/analytics/login")["Location"] == "/login/?next=/analytics/"


def test_the_site_chooses_who_reads(client: Client) -> None:
    with override_settings(LIVEINSIGHT={"STORE": "memory://", "READERS": f"{__name__}.Editors"}):
        client.force_login(user("editor"))
        assert client.get(NUMBERS).status_code == 200
        client.force_login(user("staff", staff=True))
        assert client.get(NUMBERS).status_code == 403


TOKEN = {"authorization": "Bearer a-token-long-enough"}
WITH_TOKEN = override_settings(LIVEINSIGHT={"STORE": "memory://", "ADMIN_TOKEN": "a-token-long-enough"})


if django.VERSION >= (5,):  # earlier ones have no stream

    def test_a_site_that_compresses_its_pages_leaves_the_stream_alone() -> None:
        async def first_message() -> bytes:
            answer = await AsyncClient().get("/analytics/api/live", headers={"accept-encoding": "gzip", **TOKEN})
            parts: Any = aiter(answer)  # type: ignore[arg-type]  # it streams
            try:
                return await anext(parts)
            finally:
                await parts.aclose()

        compressing = ["django.middleware.gzip.GZipMiddleware", *settings.MIDDLEWARE]
        with WITH_TOKEN, override_settings(MIDDLEWARE=compressing):
            assert asyncio.run(first_message()).startswith(b"retry: ")


def test_without_an_admin_token_no_token_opens_anything(client: Client) -> None:
    for token in ("", "None", "x"):
        assert client.get(NUMBERS, headers={"authorization": f"Bearer {token}"}).status_code == 401


def test_a_program_reads_with_the_admin_token(client: Client) -> None:
    with WITH_TOKEN:
        assert client.get(NUMBERS, headers=TOKEN).status_code == 200


def test_nobody_can_write_with_a_readers_cookie_from_another_page(staff: Client) -> None:
    body = json.dumps({"name": "Cart", "filters": [{"dimension": "page", "values": ["/"]}]})
    refused = staff.post("/analytics/api/goals", body, content_type="text/plain")
    assert (refused.status_code, refused.json()["code"]) == (400, "json_required")
    assert staff.get("/analytics/api/goals").json()["data"]["goals"] == []


@pytest.mark.parametrize(
    "path", ["statistics/pages/", "sessions/active/", "goals/", "stats", "query", "sessions/nobody/events/"]
)
def test_a_browser_sees_the_browsable_api(staff: Client, path: str) -> None:
    answer = staff.get(f"/analytics/api/{path}", headers=HTML)
    assert answer["Content-Type"].startswith("text/html")
    assert "Django REST framework" in answer.content.decode()
    assert staff.get(f"/analytics/api/{path}?format=json", headers=HTML)["Content-Type"] == "application/json"


def test_the_format_is_chosen_by_the_name_that_the_site_has_for_it(staff: Client) -> None:
    with override_settings(REST_FRAMEWORK={**settings.REST_FRAMEWORK, "URL_FORMAT_OVERRIDE": "as"}):
        assert staff.get(f"{NUMBERS}?as=json", headers=HTML)["Content-Type"] == "application/json"
        assert staff.get(f"{NUMBERS}?format=json").status_code == 400


def test_what_the_site_s_api_has_for_a_stranger_is_not_asked(client: Client) -> None:
    own = {"UNAUTHENTICATED_USER": None, "EXCEPTION_HANDLER": "nowhere.handler"}
    with override_settings(REST_FRAMEWORK={**settings.REST_FRAMEWORK, **own}):
        assert client.get(NUMBERS).json()["code"] == "unauthorized"


class Elsewhere:
    """Addresses of a site that has LiveInsight deeper down."""

    urlpatterns = (path("a/b/", include("liveinsight.django.urls")),)


def test_it_works_under_any_prefix(staff: Client) -> None:
    with override_settings(ROOT_URLCONF=Elsewhere):
        assert staff.get("/a/b/api/sites/").status_code == 200
        assert staff.get("/a/b/healthz").status_code == 200
        assert staff.get("/a/b/login")["Location"] == "/login/?next=/a/b/"
        tag = engines["django"].from_string("{% load liveinsight %}{% liveinsight_tracker %}").render()
        assert 'src="/a/b/static/js/liveinsight-tracker.js" data-api-url="/a/b/api/events"' in tag
        assert staff.get("/analytics/api/sites/").status_code == 404


def test_a_site_that_wraps_each_request_in_a_transaction_is_asked_nothing(client: Client) -> None:
    renamed = {
        "STORE": "memory://",
        "COLLECT_PATH": "c",
        "TRACKER_PATH": "t.js",
        "ADMIN_TOKEN": "a-token-long-enough",
        "SITE": "a.example",
    }
    connection.settings_dict["ATOMIC_REQUESTS"] = True
    try:
        with CaptureQueriesContext(connection) as captured, override_settings(LIVEINSIGHT=renamed):
            for path in ("api/events", "c"):
                client.post(f"/analytics/{path}", EVENT, content_type="application/json")
            for path in (
                "healthz",
                "static/js/liveinsight-tracker.js",
                "t.js",
                "assets/nothing.js",
                "login",
                "nothing",
            ):
                client.get(f"/analytics/{path}")
            assert len(captured) == 0
            for path in ("statistics/pages", "sessions/active", "goals", "stats", "openapi.json"):
                assert client.get(f"/analytics/api/{path}", headers=TOKEN).status_code == 200
            assert len(captured) == 0
            client.get("/pages/1/")  # which shows that transactions are seen here
    finally:
        connection.settings_dict["ATOMIC_REQUESTS"] = False
    assert len(captured) > 0


def test_no_other_database_of_the_site_is_asked_for_a_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core.handlers.base import BaseHandler
    from django.db import connections

    wrapped = {**connections.settings["default"], "ATOMIC_REQUESTS": True}
    monkeypatch.setattr(connections, "settings", {"default": wrapped, "archive": wrapped})

    def view(request: Any) -> Any:
        return None

    make_atomic = BaseHandler().make_view_atomic
    assert make_atomic(view) is not view
    assert make_atomic(on_its_own(view)) is view


def test_without_a_site_the_one_of_the_settings_is_meant(staff: Client) -> None:
    now = time.time_ns() // 1_000_000
    with override_settings(LIVEINSIGHT={"STORE": "memory://", "SITE": "a.example", "SITES": ["*"]}):
        for site in ("a.example", "b.example"):
            event = {
                "session_id": "s",
                "timestamp": now,
                "event_type": "page_view",
                "page_url": f"http://{site}/{site}",
            }
            assert staff.post("/analytics/api/events", event, content_type="application/json").status_code == 200
        assert [each["page"] for each in staff.get(NUMBERS).json()] == ["/a.example"]
        assert [each["page"] for each in staff.get(NUMBERS, {"site_id": "b.example"}).json()] == ["/b.example"]
        goal = {"name": "Cart", "filters": [{"dimension": "page", "values": ["/"]}]}
        assert staff.post("/analytics/api/goals", goal, content_type="application/json").status_code == 200
        assert len(staff.get("/analytics/api/goals").json()["data"]["goals"]) == 1
        query = {"metrics": ["page_views"], "period": "7d"}
        answer = staff.post("/analytics/api/query", query, content_type="application/json")
        assert answer.json()["data"]["rows"] == [{"dimensions": [], "metrics": [1]}]
        total = staff.get("/analytics/api/ledger").json()["data"]["total"]
        assert total["stored"] == 2


def test_the_names_of_the_routes_are_kept() -> None:
    from django.urls import reverse

    assert reverse("liveinsight:sessions-active") == "/analytics/api/sessions/active"
    assert reverse("liveinsight:sessions-events", args=["s1"]) == "/analytics/api/sessions/s1/events"
    for name in ("hourly", "pages", "summary", "referrers"):
        assert reverse(f"liveinsight:statistics-{name}") == f"/analytics/api/statistics/{name}"


def test_the_api_of_the_site_keeps_its_own_errors(client: Client) -> None:
    answer = client.get("/own-api/")
    assert (answer.status_code, answer.json()) == (400, {"name": ["is needed"]})
    assert client.get("/analytics-of-others/").status_code == 404
    with pytest.raises(ZeroDivisionError):
        client.get("/fault/")


def test_limits_of_the_site_s_api_are_not_ours(staff: Client) -> None:
    assert {staff.get(NUMBERS).status_code for _ in range(3)} == {200}


def test_without_rest_framework_s_templates_a_browser_sees_json(staff: Client) -> None:
    from django.conf import settings

    apps = [name for name in settings.INSTALLED_APPS if name != "rest_framework"]
    with override_settings(INSTALLED_APPS=apps):
        assert staff.get(NUMBERS, headers=HTML)["Content-Type"] == "application/json"


def test_a_schema_by_rest_framework_alone_has_the_site_s_own_routes() -> None:
    program = (
        "import django; from django.conf import settings;"
        "settings.configure(SECRET_KEY='x', LIVEINSIGHT={'STORE': 'memory://'}, INSTALLED_APPS="
        "['django.contrib.auth', 'django.contrib.contenttypes', 'rest_framework', 'liveinsight.django']);"
        "django.setup();"
        "from django.urls import include, path; from rest_framework.schemas.openapi import SchemaGenerator;"
        "from tests.django_site.urls import OwnView;"
        "ours = path('analytics/', include('liveinsight.django.urls'));"
        "both = [path('own/', OwnView.as_view()), ours];"
        "print(list(SchemaGenerator(patterns=both).get_schema(public=True)['paths']))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['/own/']"


def test_the_document_names_the_cookie_of_the_site_s_login(client: Client) -> None:
    with override_settings(SESSION_COOKIE_NAME="of-this-site"):
        document = client.get("/analytics/api/openapi.json").json()
    assert document["components"]["securitySchemes"]["Login"]["name"] == "of-this-site"


def test_the_schema_of_the_site_has_our_routes_with_their_models(recwarn: pytest.WarningsRecorder) -> None:
    from drf_spectacular.drainage import GENERATOR_STATS
    from drf_spectacular.generators import SchemaGenerator

    GENERATOR_STATS.reset()
    schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    paths = {path.rstrip("/"): item for path, item in schema["paths"].items()}
    pages = paths["/analytics/api/statistics/pages"]["get"]
    assert [each["name"] for each in pages["parameters"]] == ["from", "limit", "period", "site_id", "timezone", "to"]
    assert "/PageCount" in json.dumps(schema["components"]["schemas"]["PageCountList"])
    assert "Failure" in json.dumps(pages["responses"]["400"])
    query = paths["/analytics/api/query"]
    assert query["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/QueryBody")
    assert [each["name"] for each in query["get"]["parameters"]] == ["q"]
    assert paths["/analytics/api/sessions/{id}/events"]["get"]["parameters"][0]["in"] == "path"
    ours = [
        str(each)
        for each in (*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache)
        if "liveinsight" in str(each)
    ]
    assert ours == []
