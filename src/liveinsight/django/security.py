"""How a reader says who it is, for OpenAPI documents: by the class that reads it."""

from __future__ import annotations

from typing import Any

LOGIN = "liveinsight.django.authentication.Login"
TOKEN = "liveinsight.django.authentication.AdminToken"  # noqa: S105  the name of a class

SCHEMES: dict[str, dict[str, Any]] = {
    LOGIN: {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "The login of the site."},
    TOKEN: {"type": "http", "scheme": "bearer", "description": "The admin token, where one is set."},
}
