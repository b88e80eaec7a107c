"""`manage.py start`: everything that the example needs, in one command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

if TYPE_CHECKING:
    from argparse import ArgumentParser

NAME = PASSWORD = "owner"


class Command(BaseCommand):
    """Only for a machine of one's own: everybody knows the password."""

    help = "Make the database and a user who may see the numbers, and serve the shop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", nargs="?", default="127.0.0.1:8000")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            msg = "The example is not for others to see: it runs with DEBUG only."
            raise CommandError(msg)
        call_command("migrate", verbosity=0)
        if not User.objects.filter(username=NAME).exists():
            User.objects.create_user(NAME, password=PASSWORD, is_staff=True)
        self.stdout.write(f"The shop:    http://{options['address']}/")
        self.stdout.write(f"Its numbers: http://{options['address']}/analytics/  (user {NAME}, password {PASSWORD})")
        call_command("runserver", options["address"], use_reloader=False)
