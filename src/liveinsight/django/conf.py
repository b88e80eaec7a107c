"""Settings: the dictionary LIVEINSIGHT and a few plain names of Django's, over typed defaults.

They are read when they are used, so that `override_settings` works.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from os import PathLike, fspath
from typing import Any

from django.conf import settings as django_settings

from liveinsight.errors import LiveInsightError, SettingError, StoreInUse
from liveinsight.ingest.site import is_site_name, site_in, site_name
from liveinsight.settings import PREFIX, Settings, expected, variable

NAME = "LIVEINSIGHT"
# Understood as settings of their own, as other libraries call them; LIVEINSIGHT wins.
PLAIN = {
    "AWS_DEFAULT_REGION": "aws_region",
    "EVENTS_TABLE": "events_table",
    "SESSIONS_TABLE": "sessions_table",
    "ACTIVE_SESSIONS_TABLE": "active_sessions_table",
    "STATS_TABLE": "stats_table",
}
ONE_PROCESS = (
    "For several workers use STORE='dynamodb://', or http://... of a running LiveInsight; or serve with one worker and"
    " threads."
)
# What messages call by its name in the shell, and what that is in a Django site.
_HERE = {
    "--data": f"{NAME}['STORE']",
    "AWS_ENDPOINT_URL_DYNAMODB": f"{NAME}['DYNAMODB_ENDPOINT']",
    "`liveinsight tables create`": "`manage.py liveinsight_tables`",
}
_VARIABLE = re.compile(rf"\b{PREFIX}([A-Z_]*[A-Z])")
_OF_THE_SERVER = frozenset({"host", "port", "public_url", "demo", "log_level", "log_format"})


@dataclass(frozen=True, kw_only=True)
class DjangoSettings:
    """What can be set in LIVEINSIGHT, besides the settings of `liveinsight.settings`."""

    core: Settings
    site: str = ""  # name of the site that the tag, the middleware and `track` write to; empty: the request's host
    readers: str = "rest_framework.permissions.IsAdminUser"  # the permission class of those who may see the numbers
    owners: str = "rest_framework.permissions.IsAdminUser"  # and of those who may also save goals, segments and sites
    collect_path: str = ""  # another address of the collector, below the prefix
    tracker_path: str = ""  # another address of the tracker's script
    ignore: tuple[str, ...] = ("/static/", "/media/", "/favicon.ico", "/robots.txt")  # no page views of these
    server_site: str = ""  # where the middleware's page views go; empty: "server." and the name of the site
    visit_cookie: bool = True  # lets `track` know which visit of the tracker a request belongs to
    queue: int = 1000  # events of `track` and the middleware that may wait


_OWN = {field.name: field for field in dataclasses.fields(DjangoSettings) if field.name != "core"}
_CORE = {field.name: field for field in dataclasses.fields(Settings) if field.name not in _OF_THE_SERVER}


def current() -> DjangoSettings:
    """The settings now. Raises SettingError, whose message names the setting."""
    return _read()


def forget(*, setting: str, **_: Any) -> None:
    """A test changed a setting."""
    if setting in {NAME, "TIME_ZONE", *PLAIN}:
        _read.cache_clear()


def known() -> list[str]:
    """The keys that LIVEINSIGHT may have."""
    return sorted(name.upper() for name in (*_OWN, *_CORE))


def unknown() -> list[tuple[str, str]]:
    """Keys that LIVEINSIGHT should not have, each with what is to be done about it."""
    return [(key, _advice(key)) for key in _given() if key not in known()]


@cache
def _read() -> DjangoSettings:
    given = _given()
    for key, advice in unknown():
        msg = f"{NAME}[{key!r}] is not a setting. {advice}"
        raise SettingError(msg)
    core: dict[str, Any] = {"timezone": django_settings.TIME_ZONE}
    for name, field in PLAIN.items():
        if (value := getattr(django_settings, name, None)) is not None:
            core[field] = _typed(name, str(_CORE[field].type), value)
    own: dict[str, Any] = {}
    for key, value in given.items():
        name = key.lower()
        kind = str((_OWN.get(name) or _CORE[name]).type)
        (own if name in _OWN else core)[name] = _typed(f"{NAME}[{key!r}]", kind, value)
    if str(core.get("store", "")).startswith("dynamodb:"):
        core.setdefault("aggregate", True)  # somebody has to fold what comes, and a site should work as it is
    for name in ("site", "server_site"):
        own[name] = _site(name, own.get(name, ""))
    found = _checked(DjangoSettings(core=Settings(**core), **own))
    named = found.core.sites if "sites" in core else ()
    if "*" in named or not (named or found.site):
        return found
    of_pages = [each for each in (*map(site_name, named), found.site) if each]
    seen = [found.site] if found.site else of_pages
    of_server = [found.server_site] if found.server_site else [f"server.{each}" for each in seen]
    return replace(found, core=replace(found.core, sites=tuple(dict.fromkeys([*of_pages, *of_server]))))


def _checked(found: DjangoSettings) -> DjangoSettings:
    if found.queue < 1:
        msg = f"{NAME}['QUEUE'] must be at least 1."
        raise SettingError(msg)
    if wrong := [each for each in found.ignore if not each.startswith("/")]:
        msg = f"{NAME}['IGNORE'] has {wrong[0]!r}, and every path begins with a slash: write {'/' + wrong[0]!r}."
        raise SettingError(msg)
    return found


def _site(setting: str, given: str) -> str:
    """A name in its one spelling; "" where none is set. Raises SettingError."""
    name = site_name(given)
    if name and not is_site_name(name):
        example = found if is_site_name(found := site_in(given)) else "example.com"
        msg = f"{NAME}[{setting.upper()!r}] is not the name of a site: {given!r}. Write it such as {example!r}."
        raise SettingError(msg)
    return name


def _given() -> dict[str, Any]:
    given = getattr(django_settings, NAME, {})
    if not isinstance(given, dict):
        msg = f"{NAME} must be a dictionary, such as {NAME} = {{'STORE': 'dynamodb://'}}."
        raise SettingError(msg)
    return given


def _typed(where: str, kind: str, value: Any) -> Any:
    if kind.startswith("tuple") and isinstance(value, (list, tuple)) and all(isinstance(each, str) for each in value):
        return tuple(value)
    if kind == "float" and type(value) is int:
        return float(value)
    if kind == "str" and isinstance(value, PathLike):  # BASE_DIR / "analytics"
        return fspath(value)
    types: dict[str, type] = {"str": str, "int": int, "bool": bool, "float": float}
    if type(value) is not types.get(kind):
        msg = f"{where} has a value that cannot be used: expected {expected(kind)}."
        raise SettingError(msg)
    return value


def told(error: LiveInsightError) -> str:
    """What an error says, with the settings called as they are here, and with what a site can do about it."""
    text = _VARIABLE.sub(rf"{NAME}['\1']", error.message)
    for elsewhere, here in _HERE.items():
        text = text.replace(elsewhere, here)
    return f"{text} {ONE_PROCESS}" if isinstance(error, StoreInUse) else text


def _advice(key: str) -> str:
    name = str(key).upper().removeprefix(PREFIX)
    if name.lower() in _OF_THE_SERVER:
        return "It belongs to `liveinsight serve`: remove it."
    elsewhere = {variable(field): field.upper() for field in _CORE}  # as it is called in the environment
    near = [elsewhere[name]] if name in elsewhere else get_close_matches(name, known(), 1)
    return f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(known())}."
