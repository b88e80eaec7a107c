"""The site, set up once for a test process."""

from __future__ import annotations

import os
from functools import cache
from typing import Any


@cache
def set_up() -> None:
    """Have Django ready, with an empty database."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.django_site.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def user(name: str, *, staff: bool = False) -> Any:
    """A user of the site, made when it is first asked for."""
    set_up()
    from django.contrib.auth.models import User

    found, _ = User.objects.get_or_create(username=name, defaults={"is_staff": staff})
    return found


def tag(arguments: str = "", request: Any = None, **context: Any) -> str:
    """What the tag becomes in a page."""
    from django.template import engines

    template = engines["django"].from_string(f"{{% load liveinsight %}}{{% liveinsight_tracker {arguments} %}}")
    return str(template.render(context, request))
