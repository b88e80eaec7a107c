"""Django's system checks: what is set wrong, and what to write instead."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.core import checks
from django.utils.module_loading import import_string
from rest_framework.permissions import IsAdminUser, OperationHolderMixin

from liveinsight.bootstrap import check_address, open_analytics
from liveinsight.django import conf
from liveinsight.django.addresses import check_addresses, check_login
from liveinsight.errors import LiveInsightError, SettingError, StartError, StoreInUse
from liveinsight.tokens import SAFE_LENGTH

if TYPE_CHECKING:
    from liveinsight.service import Analytics
    from liveinsight.settings import Settings

_AUTHENTICATION = "django.contrib.auth.middleware.AuthenticationMiddleware"
_PAGE_VIEWS = "liveinsight.django.middleware.PageViews"
_FROM_CACHE = "django.middleware.cache.FetchFromCacheMiddleware"
_WORKERS = re.compile(r"(?:^|\s)(?:-w|--workers)[\s=]*(\d+)")


def check_settings(**_: Any) -> list[checks.CheckMessage]:
    """LIVEINSIGHT and the plain names."""
    try:
        found = conf.unknown()
        if found:
            return [
                checks.Error(f"{conf.NAME}[{key!r}] is not a setting.", hint=advice, id="liveinsight.E001")
                for key, advice in found
            ]
        settings = conf.current()
    except SettingError as error:
        return [checks.Error(conf.told(error), id="liveinsight.E002")]
    return [
        *_store(settings.core),
        *_permission("READERS", settings.readers),
        *_permission("OWNERS", settings.owners),
        *_token(settings.core.admin_token),
        *_workers(settings),
        *_proxies(settings.core),
    ]


def check_installation(**_: Any) -> list[checks.CheckMessage]:
    """INSTALLED_APPS, urls.py and MIDDLEWARE."""
    found: list[checks.CheckMessage] = []
    middleware = list(django_settings.MIDDLEWARE)
    if any(map(_logs_in, middleware)):
        found += check_login()
    elif not _has_token():
        hint = f"Add {_AUTHENTICATION!r} (and the sessions it needs) to MIDDLEWARE, or set ADMIN_TOKEN for programs."
        found.append(checks.Error("Nobody can log in to see the numbers.", hint=hint, id="liveinsight.E004"))
    if _PAGE_VIEWS in middleware and _FROM_CACHE in middleware[: middleware.index(_PAGE_VIEWS)]:
        hint = f"Put {_PAGE_VIEWS!r} before {_FROM_CACHE!r} in MIDDLEWARE."
        message = "Page views of pages that come from the cache are not counted."
        found.append(checks.Warning(message, hint=hint, id="liveinsight.W002"))
    if not apps.is_installed("rest_framework"):
        hint = "Add 'rest_framework' to INSTALLED_APPS to read the API in a browser; programs do not need it."
        found.append(checks.Info("The browsable API is off.", hint=hint, id="liveinsight.I001"))
    return [*found, *check_addresses()]


def check_store(**_: Any) -> list[checks.CheckMessage]:
    """Open the store and ask it something. A file that a running server holds is fine.

    No system check: those come with nearly every command of manage.py, also where there is no store yet.
    """
    try:
        analytics = opened()
    except StoreInUse:
        return []
    except LiveInsightError as error:
        return [checks.Warning(f"The store cannot be opened. {conf.told(error)}", id="liveinsight.W003")]
    try:
        analytics.check()
    except LiveInsightError as error:
        hint = "See that it runs, that STORE names it, and that `manage.py liveinsight_tables` has made its tables."
        return [checks.Warning(f"The store does not answer. {conf.told(error)}", hint=hint, id="liveinsight.W003")]
    finally:
        analytics.close()
    return []


def opened() -> Analytics:
    """The service for a command: it asks, and leaves the work to the site. Raises LiveInsightError."""
    return open_analytics(replace(conf.current().core, aggregate=False))


def workers() -> int:
    """How many processes the environment tells a server to start, as far as it says."""
    said = _WORKERS.findall(os.environ.get("GUNICORN_CMD_ARGS", "")) or [os.environ.get("WEB_CONCURRENCY", "")]
    return int(said[-1]) if said[-1].isdigit() else 1


def _has_token() -> bool:
    try:
        return bool(conf.current().core.admin_token)
    except SettingError:  # said by `check_settings`
        return False


def _logs_in(middleware: str) -> bool:
    try:
        found = import_string(middleware)
    except ImportError:  # Django says so itself, when the site starts
        return False
    return isinstance(found, type) and issubclass(found, AuthenticationMiddleware)


def _store(settings: Settings) -> list[checks.CheckMessage]:
    try:
        check_address(settings)
    except StartError as error:
        return [checks.Error(conf.told(error), id="liveinsight.E007")]
    return []


def _permission(setting: str, name: str) -> list[checks.CheckMessage]:
    hint = "Name a permission class of REST framework, such as 'rest_framework.permissions.IsAdminUser'."
    try:
        found = import_string(name)
    except ImportError as error:
        message = f"{conf.NAME}[{setting!r}] cannot be imported: {error}"
        return [checks.Error(message, hint=hint, id="liveinsight.E003")]
    if not isinstance(found, OperationHolderMixin):  # a class, or several by `|`, `&` and `~`
        return [checks.Error(f"{conf.NAME}[{setting!r}] is no permission class.", hint=hint, id="liveinsight.E003")]
    if found is IsAdminUser and not hasattr(get_user_model(), "is_staff"):
        message = f"{conf.NAME}[{setting!r}] asks who is of the staff, and this site's users have no `is_staff`."
        hint = "Name a permission class that asks what they have, or give them `is_staff`."
        return [checks.Error(message, hint=hint, id="liveinsight.E003")]
    return []


def _token(token: str) -> list[checks.CheckMessage]:
    if not token or len(token) >= SAFE_LENGTH:
        return []
    message = f"{conf.NAME}['ADMIN_TOKEN'] is short enough to be guessed."
    hint = f"Take {SAFE_LENGTH} characters or more; without one, only users of the site can read."
    return [checks.Warning(message, hint=hint, id="liveinsight.W004")]


def _proxies(settings: Settings) -> list[checks.CheckMessage]:
    signs = ("SECURE_PROXY_SSL_HEADER", "USE_X_FORWARDED_HOST", "USE_X_FORWARDED_PORT")
    found = [name for name in signs if getattr(django_settings, name)]
    if not found or settings.trusted_proxies:
        return []
    message = f"{found[0]} says that there is a proxy: LiveInsight takes all visitors for the one that it is."
    hint = f"Set {conf.NAME}['TRUSTED_PROXIES'] to how many there are, such as 1; each has to set X-Forwarded-For."
    return [checks.Warning(message, hint=hint, id="liveinsight.W006")]


def _workers(settings: conf.DjangoSettings) -> list[checks.CheckMessage]:
    count = workers()
    if count < 2 or (not settings.core.store.startswith(("duckdb:", "memory:")) and settings.core.store):  # noqa: PLR2004  more than one
        return []
    message = f"The store belongs to one process, and the environment asks for {count} workers."
    return [checks.Error(message, hint=conf.ONE_PROCESS, id="liveinsight.E006")]
