"""How a reader says who it is, for OpenAPI documents: by the class that reads it."""

from __future__ import annotations

from typing import Any

from django.conf import settings

LOGIN = "liveinsight.django.authentication.Login"
TOKEN = "liveinsight.django.authentication.AdminToken"  # noqa: S105  the name of a class


def schemes() -> dict[str, dict[str, Any]]:
    """By class, as OpenAPI has it."""
    cookie = {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
    return {
        LOGIN: {**cookie, "description": "The login of the site."},
        TOKEN: {"type": "http", "scheme": "bearer", "description": "The admin token, where one is set."},
    }
