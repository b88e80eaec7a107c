"""`manage.py liveinsight_tables`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from liveinsight.bootstrap import create_tables
from liveinsight.django import conf
from liveinsight.errors import LiveInsightError


class Command(BaseCommand):
    """The same command again does nothing."""

    help = "Create the tables of the DynamoDB store that are missing; switch on stream and expiry where they are off."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            settings = conf.current().core
            if not settings.store.startswith("dynamodb:"):
                self.stdout.write("The store makes its own tables: nothing to do. Only dynamodb:// needs this.")
                return
            for name, done in create_tables(settings).items():
                self.stdout.write(f"{name}: {done}")
        except LiveInsightError as error:
            raise CommandError(conf.told(error)) from None
