"""LIVEINSIGHT, the plain names, and what the system checks say."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import override_settings
from django.urls import include, path
from rest_framework.permissions import IsAdminUser, IsAuthenticated

from liveinsight.django import checks as our_checks
from liveinsight.django import conf, running
from liveinsight.django.checks import check_installation, check_settings, check_store
from liveinsight.errors import SettingError
from liveinsight.store.dynamodb import client
from tests.dynamodb_local import address

if TYPE_CHECKING:
    from django.test import Client


def said(check: Any, **settings: Any) -> list[tuple[str, str]]:
    """Id, and text with hint, of what a check says under these settings."""
    with override_settings(**settings):
        return [(each.id, f"{each.msg} {each.hint or ''}") for each in check()]


def test_the_defaults_are_those_of_liveinsight_on_the_clock_of_the_site() -> None:
    with override_settings(LIVEINSIGHT={}, TIME_ZONE="Asia/Seoul"):
        settings = conf.current()
    assert (settings.core.timezone, settings.core.rate_limit, settings.site) == ("Asia/Seoul", 100.0, "")


def test_plain_names_are_understood_and_the_dictionary_wins() -> None:
    plain = {"AWS_DEFAULT_REGION": "ap-northeast-2", "EVENTS_TABLE": "e", "SESSIONS_TABLE": "s"}
    with override_settings(**plain, ACTIVE_SESSIONS_TABLE="a", LIVEINSIGHT={"SESSIONS_TABLE": "mine"}):
        core = conf.current().core
    assert (core.aws_region, core.events_table) == ("ap-northeast-2", "e")
    assert (core.sessions_table, core.active_sessions_table) == ("mine", "a")


def test_settings_are_read_when_they_are_used(client: Client) -> None:
    with override_settings(LIVEINSIGHT={"STORE": "memory://", "SITES": ["other.example"]}):
        assert running.analytics().settings.sites == ("other.example", "server.other.example")
    assert running.analytics().settings.sites == ("*",)


def test_the_site_s_own_name_is_among_those_that_are_accepted() -> None:
    with override_settings(LIVEINSIGHT={"SITES": ["a.example"], "SITE": "b.example"}):
        assert conf.current().core.sites == ("a.example", "b.example", "server.b.example")


@pytest.mark.parametrize(
    ("given", "accepted"),
    [
        ({"SITE": "WWW.Shop.example"}, ("shop.example", "server.shop.example")),
        ({"SITE": "shop.example", "SERVER_SITE": "back.example"}, ("shop.example", "back.example")),
        ({"SITE": "shop.example", "SITES": ["*"]}, ("*",)),
        ({"SERVER_SITE": "back.example"}, ("*",)),
        ({"SITES": ["a.example", "www.B.example"]}, ("a.example", "b.example", "server.a.example", "server.b.example")),
    ],
)
def test_a_site_that_says_its_name_takes_no_other_s_events(given: dict[str, Any], accepted: tuple[str, ...]) -> None:
    with override_settings(LIVEINSIGHT=given):
        assert conf.current().core.sites == accepted


def test_the_dashboard_opens_on_the_site_s_own_name(staff: Client) -> None:
    liveinsight = {"STORE": "memory://", "SITE": "shop.example", "SITES": ["a.example", "shop.example"]}
    with override_settings(LIVEINSIGHT=liveinsight):
        sites = staff.get("/analytics/api/sites").json()["data"]["sites"]
    assert [each["site_id"] for each in sites] == ["shop.example", "a.example", "server.shop.example"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"STOER": "memory://"}, ["STOER", "'STORE'"]),
        ({"PORT": 8000}, ["PORT", "liveinsight serve"]),
        ({"store": "memory://"}, ["'STORE'"]),
        ({"LIVEINSIGHT_STORE": "memory://"}, ["Did you mean 'STORE'?"]),
        ({"AWS_DEFAULT_REGION": "eu-central-1"}, ["Did you mean 'AWS_REGION'?"]),
        ({"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:8000"}, ["Did you mean 'DYNAMODB_ENDPOINT'?"]),
        ({"QUEUE": "many"}, ["QUEUE", "whole number"]),
        ({"QUEUE": 0}, ["LIVEINSIGHT['QUEUE']", "at least 1"]),
        ({"IGNORE": ["static/"]}, ["LIVEINSIGHT['IGNORE']", "write '/static/'"]),
        ({"SITES": "a.example"}, ["SITES", "list"]),
        ({"TIMEZONE": "Mars/Base"}, ["TIMEZONE", "Mars/Base"]),
        ({"SITE": "https://www.shop.example/"}, ["LIVEINSIGHT['SITE']", "such as 'shop.example'"]),
        ({"SERVER_SITE": "my shop"}, ["LIVEINSIGHT['SERVER_SITE']", "such as 'example.com'"]),
        ({"STORE": "postgres://db"}, ["LIVEINSIGHT['STORE']", "postgres"]),
        ({"STORE": "duckdb:///"}, ["LIVEINSIGHT['STORE']", "file"]),
        ({"STORE": "dynamodb://here"}, ["LIVEINSIGHT['STORE']", "EVENTS_TABLE"]),
        ({"STORE": "https://a.example/?b"}, ["LIVEINSIGHT['STORE']", "LIVEINSIGHT['STORE_TOKEN']"]),
        ({"STORE": "https://a.example"}, ["LIVEINSIGHT['STORE_TOKEN']"]),
        ({"RETENTION_DAYS": -1}, ["LIVEINSIGHT['RETENTION_DAYS']", "negative"]),
        ({"STORE_TIMEOUT": 0}, ["LIVEINSIGHT['STORE_TIMEOUT']", "more than 0"]),
        ({"READERS": "nowhere.Nobody"}, ["READERS", "IsAdminUser"]),
        ({"READERS": "builtins.int"}, ["READERS", "permission class"]),
        ({"OWNERS": "builtins.int"}, ["OWNERS", "permission class"]),
        ({"ADMIN_TOKEN": "short"}, ["ADMIN_TOKEN", "16"]),
    ],
)
def test_a_wrong_setting_is_explained(given: dict[str, Any], words: list[str]) -> None:
    ((_, text),) = said(check_settings, LIVEINSIGHT=given)
    assert [word for word in words if word not in text] == []


def test_a_wrong_setting_breaks_no_page_but_analytics_say_that_they_are_away(
    client: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "_complained_at", -1e9)
    with override_settings(LIVEINSIGHT={"STOER": "x"}):
        for page in ("/later/", "/pages/1/"):
            assert client.get(page).status_code == 200
        assert client.get("/signup/").json() == {"taken": False}
        assert client.get("/analytics/healthz").status_code == 503
        assert client.get("/analytics/nothing").status_code == 404
        dashboard = client.get("/analytics/")
        assert (dashboard.status_code, dashboard["Content-Type"]) == (503, "text/plain; charset=utf-8")
        assert "its log says why" in dashboard.content.decode()
        answer = client.post("/analytics/api/events", "{}", content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
        assert answer["Retry-After"] == "10"
    assert "Did you mean 'STORE'?" in caplog.text


def test_a_table_of_workers_is_refused_with_a_store_of_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    duckdb = {"STORE": "duckdb:///x.duckdb"}
    assert said(check_settings, LIVEINSIGHT=duckdb) == []
    monkeypatch.setenv("GUNICORN_CMD_ARGS", "--bind 0.0.0.0 --workers=4")
    ((name, text),) = said(check_settings, LIVEINSIGHT=duckdb)
    assert name == "liveinsight.E006"
    assert "4 workers" in text
    assert said(check_settings, LIVEINSIGHT={}) != []
    assert said(check_settings, LIVEINSIGHT={"STORE": "dynamodb://"}) == []
    monkeypatch.delenv("GUNICORN_CMD_ARGS")
    monkeypatch.setenv("WEB_CONCURRENCY", "2")
    assert said(check_settings, LIVEINSIGHT=duckdb) != []


def test_the_order_of_middleware_and_what_is_missing() -> None:
    from django.conf import settings

    cache, ours = "django.middleware.cache.FetchFromCacheMiddleware", "liveinsight.django.middleware.PageViews"
    assert said(check_installation) == []
    assert said(check_installation, MIDDLEWARE=[*settings.MIDDLEWARE, ours, cache]) == []
    assert [name for name, _ in said(check_installation, MIDDLEWARE=[*settings.MIDDLEWARE, cache, ours])] == [
        "liveinsight.W002"
    ]
    assert [name for name, _ in said(check_installation, MIDDLEWARE=[])] == ["liveinsight.E004"]
    assert [name for name, _ in said(check_installation, ROOT_URLCONF="rest_framework.urls")] == ["liveinsight.E005"]


STAFF_OR_NOBODY = IsAdminUser | ~IsAuthenticated


def test_permissions_may_be_put_together() -> None:
    assert said(check_settings, LIVEINSIGHT={"READERS": f"{__name__}.STAFF_OR_NOBODY"}) == []


def test_users_that_cannot_be_of_the_staff_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(our_checks, "get_user_model", lambda: AbstractBaseUser)
    told = said(check_settings)
    assert [name for name, _ in told] == ["liveinsight.E003", "liveinsight.E003"]
    assert "LIVEINSIGHT['READERS'] asks who is of the staff" in told[0][1]
    own = f"{__name__}.STAFF_OR_NOBODY"
    assert said(check_settings, LIVEINSIGHT={"READERS": own, "OWNERS": own}) == []


def test_a_proxy_that_is_not_trusted_is_told() -> None:
    behind: dict[str, Any] = {"SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https")}
    ((name, text),) = said(check_settings, **behind)
    assert name == "liveinsight.W006"
    assert "TRUSTED_PROXIES" in text
    assert said(check_settings, LIVEINSIGHT={"TRUSTED_PROXIES": 1}, **behind) == []


def test_what_the_site_has_silenced_does_not_stop_the_check_command(capsys: pytest.CaptureFixture[str]) -> None:
    with override_settings(USE_X_FORWARDED_HOST=True):
        with pytest.raises(CommandError, match="not ready"):
            call_command("liveinsight_check")
        assert "W006" in capsys.readouterr().out
        with override_settings(SILENCED_SYSTEM_CHECKS=["liveinsight.W006"]):
            call_command("liveinsight_check")
    assert "LiveInsight is ready." in capsys.readouterr().out


class AtTheRoot:
    """Addresses of a site that has given LiveInsight all of them."""

    urlpatterns = (path("", include("liveinsight.django.urls")),)


class WithoutASlash:
    """Addresses of a site that has forgotten a slash."""

    urlpatterns = (path("analytics", include("liveinsight.django.urls")),)


@pytest.mark.parametrize(("addresses", "home"), [(AtTheRoot, "'/'"), (WithoutASlash, "'/analytics'")])
def test_without_a_prefix_of_its_own_it_says_what_to_write(addresses: type, home: str) -> None:
    ((name, text),) = said(check_installation, ROOT_URLCONF=addresses, LOGIN_URL="https://login.example/")
    assert name == "liveinsight.E008"
    assert [word for word in (home, 'path("analytics/", include') if word not in text] == []


@pytest.mark.parametrize(
    "given",
    [
        {"COLLECT_PATH": "api/stats"},
        {"COLLECT_PATH": "/"},
        {"COLLECT_PATH": "../c"},
        {"COLLECT_PATH": "c?d"},
        {"TRACKER_PATH": "static/js/mine.js"},
        {"TRACKER_PATH": "my site.js"},
        {"COLLECT_PATH": "c", "TRACKER_PATH": "/c/"},
    ],
)
def test_a_renamed_path_that_cannot_work_is_told(given: dict[str, str]) -> None:
    ((name, text),) = said(check_installation, LIVEINSIGHT=given)
    assert name == "liveinsight.E009"
    assert "such as 'c'" in text
    assert said(check_installation, LIVEINSIGHT={"COLLECT_PATH": "/c/", "TRACKER_PATH": "js/site.js"}) == []


def test_a_site_that_only_programs_read_needs_no_login() -> None:
    token = {"ADMIN_TOKEN": "a-token-long-enough"}
    assert said(check_installation, MIDDLEWARE=[], LIVEINSIGHT=token, LOGIN_URL="/nowhere/") == []


def test_without_the_site_s_users_one_sentence_says_what_is_missing() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"add django\.contrib\.auth, .* to INSTALLED_APPS"):
        override_settings(INSTALLED_APPS=["liveinsight.django"]).enable()


def test_a_folder_may_be_a_path(tmp_path: Path) -> None:
    with override_settings(LIVEINSIGHT={"DATA": tmp_path / "analytics"}):
        assert conf.current().core.data == str(tmp_path / "analytics")


class OwnAuthentication(AuthenticationMiddleware):
    """As a site may have it."""


def test_a_site_may_have_an_authentication_of_its_own() -> None:
    from django.conf import settings

    own = [name for name in settings.MIDDLEWARE if "AuthenticationMiddleware" not in name]
    assert said(check_installation, MIDDLEWARE=[*own, "nowhere.Nobody"])[0][0] == "liveinsight.E004"
    assert said(check_installation, MIDDLEWARE=[*own, f"{__name__}.OwnAuthentication"]) == []


def test_a_login_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    for there in ("/login/", "login", "/login/?from=here", "https://login.example/", "//login.example/"):
        assert said(check_installation, LOGIN_URL=there) == []
    for missing in ("/accounts/login/", "admin:login", "/analytics/login/", "liveinsight:login"):
        ((name, text),) = said(check_installation, LOGIN_URL=missing)
        assert name == "liveinsight.W005"
        assert [word for word in (missing, 'LOGIN_URL = "admin:login"') if word not in text] == []
    with override_settings(LOGIN_URL="/accounts/login/"), pytest.raises(CommandError, match="not ready"):
        call_command("liveinsight_check")
    assert "LiveInsight is ready" not in capsys.readouterr().out


def test_a_store_that_does_not_answer_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("liveinsight.store.dynamodb.client.PATIENCE_S", 0.1)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setattr(client, "PATIENCE_S", 0.1)
    nobody = {"STORE": "dynamodb://", "AWS_REGION": "us-east-1", "DYNAMODB_ENDPOINT": "http://127.0.0.1:9"}
    ((name, text),) = said(check_store, LIVEINSIGHT=nobody)
    assert name == "liveinsight.W003"
    assert "does not answer" in text
    assert "LIVEINSIGHT['DYNAMODB_ENDPOINT']" in text
    fine = {"STORE": f"duckdb:///{tmp_path / 'fine.duckdb'}"}
    assert said(check_store, LIVEINSIGHT=fine) == []
    (tmp_path / "file").touch()
    ((name, _),) = said(check_store, LIVEINSIGHT={"STORE": f"duckdb:///{tmp_path / 'file' / 'x.duckdb'}"})
    assert name == "liveinsight.W003"


def test_no_setting_that_cannot_work_is_used() -> None:
    with override_settings(LIVEINSIGHT=["STORE"]), pytest.raises(SettingError, match="dictionary"):
        conf.current()


def test_the_check_command_says_that_all_is_well_or_what_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("liveinsight_check")
    assert "LiveInsight is ready." in capsys.readouterr().out
    with override_settings(LIVEINSIGHT={"STOER": "x"}), pytest.raises(CommandError, match="not ready"):
        call_command("liveinsight_check")
    assert "'STORE'" in capsys.readouterr().out


def test_seeding_twice_adds_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with override_settings(LIVEINSIGHT={"STORE": f"duckdb:///{tmp_path / 'seed.duckdb'}", "SITE": "shop.example"}):
        call_command("liveinsight_seed", "--events", "300", "--days", "2")
        assert "300 events added to shop.example" in capsys.readouterr().out
        call_command("liveinsight_seed", "--events", "300", "--days", "2")
        assert "0 events added" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["liveinsight_seed", "liveinsight_check"])
def test_commands_call_settings_as_they_are_here(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    without_token = {"STORE": "https://stats.example.com"}
    with override_settings(LIVEINSIGHT=without_token), pytest.raises(CommandError) as told:
        call_command(command)
    assert "LIVEINSIGHT['STORE_TOKEN']" in f"{told.value} {capsys.readouterr().out}"


def test_tables_are_made_once(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    names = {f"{name}_TABLE": f"django-{name.lower()}" for name in ("EVENTS", "SESSIONS", "ACTIVE_SESSIONS", "STATS")}
    dynamodb = {"STORE": "dynamodb://", "AWS_REGION": "us-east-1", "DYNAMODB_ENDPOINT": address(), **names}
    with override_settings(LIVEINSIGHT=dynamodb):
        (missing,) = check_store()
        assert "does not exist: create it with `manage.py liveinsight_tables`" in missing.msg
        call_command("liveinsight_tables")
        assert capsys.readouterr().out.count(": created") == 4
        call_command("liveinsight_tables")
        assert capsys.readouterr().out.count(": exists") == 4
        assert check_store() == []


def test_the_how_to_lists_every_setting() -> None:
    text = (Path(__file__).parents[2] / "docs" / "howto" / "django.md").read_text(encoding="utf-8")
    own = {field.name.upper() for field in fields(conf.DjangoSettings) if field.name != "core"}
    assert [name for name in sorted(own) if f"`{name}`" not in text] == []


def test_no_command_of_the_site_opens_the_store(tmp_path: Path) -> None:
    with override_settings(LIVEINSIGHT={"STORE": f"duckdb:///{tmp_path / 'site.duckdb'}"}):
        for databases in ([], ["--database", "default"]):
            call_command("check", *databases)
        call_command("migrate", verbosity=0, skip_checks=False)
        assert list(tmp_path.iterdir()) == []


def test_django_runs_our_checks() -> None:
    with override_settings(LIVEINSIGHT={"STOER": "x"}):
        assert "liveinsight.E001" in {each.id for each in checks.run_checks()}
