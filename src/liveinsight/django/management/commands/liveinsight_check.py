"""`manage.py liveinsight_check`."""

from __future__ import annotations

from typing import Any

from django.core import checks
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from liveinsight.django import conf
from liveinsight.django.checks import check_installation, check_settings, check_store, opened
from liveinsight.django.hidden import hidden
from liveinsight.django.middleware import SEEN
from liveinsight.django.templatetags.liveinsight import counts_page_views
from liveinsight.errors import LiveInsightError, StoreInUse


class Command(BaseCommand):
    """Ends with an error when something has to be done."""

    help = "Say what is set, whether the store answers, and what stands in the way."
    requires_system_checks = []  # they are what this command shows

    def handle(self, *args: Any, **options: Any) -> None:
        found = [*check_settings(), *check_installation()]
        if not any(each.is_serious() for each in found):
            found += check_store()
        found = [each for each in found if not each.is_silenced()]
        for each in found:
            self.stdout.write(f"{each.id}: {each.msg}" + (f"\n    {each.hint}" if each.hint else ""))
        if any(each.level >= checks.WARNING for each in found):
            msg = "LiveInsight is not ready: see above."
            raise CommandError(msg)
        self._tell()

    def _tell(self) -> None:
        settings = conf.current()
        self.stdout.write(f"store: {settings.core.store or 'a DuckDB file in ' + settings.core.data}")
        self.stdout.write(f"dashboard: {reverse('liveinsight:dashboard')}")
        self.stdout.write(f"readers: {settings.readers}")
        if counts_page_views() and (site := settings.server_site or (settings.site and f"server.{settings.site}")):
            self._tell_hidden(site)
        self.stdout.write("LiveInsight is ready.")

    def _tell_hidden(self, site: str) -> None:
        try:
            service = opened()
        except StoreInUse:
            where = f"the dashboard has it, page views and conversions {SEEN!r} of {site}"
            self.stdout.write(f"hidden by blockers: the site is running and has the file; {where}")
            return
        try:
            counted = hidden(site, service=service)
        except LiveInsightError as error:
            self.stdout.write(f"hidden by blockers: unknown yet. {conf.told(error)}")
            return
        finally:
            service.close()
        if counted.share is not None:
            share = f"at most {counted.share:.0%} of {counted.page_views:,} page views of the last 7 days"
            self.stdout.write(f"hidden by blockers: {share}")
