"""The app. No models, no migrations: events are in the store that the settings name."""

from __future__ import annotations

from django.apps import AppConfig
from django.core import checks
from django.core.signals import setting_changed


class LiveInsightConfig(AppConfig):
    """LiveInsight. Nothing is opened here: `manage.py` and a server's parent process come by, too."""

    name = "liveinsight.django"
    label = "liveinsight"
    verbose_name = "LiveInsight"

    def ready(self) -> None:
        from liveinsight.django.checks import check_installation, check_settings
        from liveinsight.django.conf import forget

        checks.register(check_settings, "liveinsight")
        checks.register(check_installation, "liveinsight")
        setting_changed.connect(forget, dispatch_uid="liveinsight")
