"""`manage.py liveinsight_seed`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from liveinsight.bootstrap import open_store
from liveinsight.django import conf
from liveinsight.errors import LiveInsightError
from liveinsight.seed import Plan, fill
from liveinsight.service import now_ms

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """The same command again adds nothing."""

    help = "Fill a site with made-up visits, to see the dashboard full. With DuckDB, the site must not be running."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--events", type=int, default=20_000, help="How many events.")
        parser.add_argument("--days", type=int, default=30, help="Over how many days, up to now.")
        parser.add_argument("--site", default="", help="The site that was visited; without it, LIVEINSIGHT['SITE'].")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["events"] < 1 or options["days"] < 1:
            msg = "--events and --days must be at least 1."
            raise CommandError(msg)
        try:
            settings = conf.current()
            site = options["site"] or settings.site or "demo.example"
            store = open_store(settings.core)
            try:
                plan = Plan(site, options["events"], options["days"], now_ms(), timezone=settings.core.timezone)
                added = fill(store, plan)
            finally:
                store.close()
        except LiveInsightError as error:
            raise CommandError(conf.told(error)) from None
        known = options["events"] - added
        self.stdout.write(f"{added:,} events added to {site}." + (f" {known:,} were there already." if known else ""))
