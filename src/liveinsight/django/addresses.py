"""System checks of addresses: where LiveInsight is mounted, what is renamed, where readers log in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.core import checks
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, Resolver404, get_script_prefix, resolve, reverse

from liveinsight.django import conf
from liveinsight.errors import SettingError

if TYPE_CHECKING:
    from django.urls import ResolverMatch

_URLS = 'path("analytics/", include("liveinsight.django.urls"))'
_RENAMED = re.compile(r"/?[\w~-][\w.~-]*(/[\w~-][\w.~-]*)*/?", re.ASCII)  # as a browser leaves it
_APP = "liveinsight"
_FREE = "anything-else"  # the view of what has no other


def check_addresses() -> list[checks.CheckMessage]:
    """Where LiveInsight is, and the names that the site gave collector and tracker."""
    try:
        home = reverse("liveinsight:dashboard")
    except NoReverseMatch:
        hint = f"Add {_URLS} to the patterns of {django_settings.ROOT_URLCONF}."
        return [checks.Error("LiveInsight has no address on this site.", hint=hint, id="liveinsight.E005")]
    if home == get_script_prefix() or not home.endswith("/"):
        message = f"LiveInsight is mounted at {home!r}: it answers all that begins so, also what is not its own."
        hint = f"Give it a prefix of its own that ends with a slash: {_URLS}."
        return [checks.Error(message, hint=hint, id="liveinsight.E008")]
    return _renamed(home)


def check_login() -> list[checks.CheckMessage]:
    """Who is not logged in is led there: an address of this site has to be one."""
    try:
        address = resolve_url(django_settings.LOGIN_URL)
        is_elsewhere = not address.startswith("/") or address.startswith("//")
        if is_elsewhere or _APP not in _resolved(urlsplit(address).path).app_names:  # ours leads to LOGIN_URL itself
            return []
    except (NoReverseMatch, Resolver404):
        pass
    message = f"LOGIN_URL is {str(django_settings.LOGIN_URL)!r}, where this site has no login: readers cannot log in."
    hint = 'Set LOGIN_URL = "admin:login", or to the login page that the site has.'
    return [checks.Warning(message, hint=hint, id="liveinsight.W005")]


def _renamed(home: str) -> list[checks.CheckMessage]:
    try:
        settings = conf.current()
    except SettingError:  # said by `check_settings`
        return []
    given = {"COLLECT_PATH": settings.collect_path, "TRACKER_PATH": settings.tracker_path}
    found: list[checks.CheckMessage] = [
        _taken(name, path) for name, path in given.items() if path and not _is_free(home, path)
    ]
    if not found and len({path.strip("/") for path in given.values() if path}) < sum(map(bool, given.values())):
        found.append(_taken("TRACKER_PATH", settings.tracker_path))
    return found


def _is_free(home: str, path: str) -> bool:
    return bool(_RENAMED.fullmatch(path)) and _resolved(home + path.lstrip("/")).url_name == _FREE


def _taken(name: str, path: str) -> checks.Error:
    message = f"{conf.NAME}[{name!r}] is {path!r}, which cannot be its address below the prefix, or has another use."
    hint = "Take letters, digits, '-', '_', '.' and '/', such as 'c' or 'js/site.js'."
    return checks.Error(message, hint=hint, id="liveinsight.E009")


def _resolved(path: str) -> ResolverMatch:
    return resolve("/" + path.removeprefix(get_script_prefix()))
