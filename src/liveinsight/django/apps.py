"""The app. No models, no migrations: events are in the store that the settings name."""

from __future__ import annotations

from django.apps import AppConfig, apps
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

_LOGIN = ("django.contrib.auth", "django.contrib.contenttypes")


class LiveInsightConfig(AppConfig):
    """LiveInsight. Nothing is opened here: `manage.py` and a server's parent process come by, too."""

    name = "liveinsight.django"
    label = "liveinsight"
    verbose_name = "LiveInsight"

    def ready(self) -> None:
        if missing := [name for name in _LOGIN if not apps.is_installed(name)]:
            msg = f"LiveInsight asks the login of the site who may read: add {', '.join(missing)} to INSTALLED_APPS."
            raise ImproperlyConfigured(msg)
        from liveinsight.django.checks import check_installation, check_settings
        from liveinsight.django.conf import forget

        checks.register(check_settings, "liveinsight")
        checks.register(check_installation, "liveinsight")
        setting_changed.connect(forget, dispatch_uid="liveinsight")
