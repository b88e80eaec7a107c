"""Who asks: somebody who is logged in to the site, or a program that knows the admin token, where one is set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.utils.module_loading import import_string
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission

from liveinsight.django import conf
from liveinsight.django.requests import address_of
from liveinsight.django.running import home
from liveinsight.errors import Unauthorized
from liveinsight.wire.guesses import bearer, same

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class Program:
    """A reader who is no user of the site."""

    is_authenticated = is_active = is_staff = True
    is_anonymous = is_superuser = False
    pk = None

    def __str__(self) -> str:
        return "a program with the admin token"


class AdminToken(BaseAuthentication):
    """`Authorization: Bearer`, with the token that LIVEINSIGHT["ADMIN_TOKEN"] names. Without one, nobody has it."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        service = home()
        settings = service.analytics.settings
        token = bearer(request.headers.get("Authorization", ""))
        if token is None or not settings.admin_token:
            return None
        if not same(token, settings.admin_token):
            service.guesses.count(address_of(request._request, settings.trusted_proxies))
            raise Unauthorized
        return Program(), token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class Login(BaseAuthentication):
    """Who is logged in to the site.

    No CSRF token is asked for: what is written must be JSON (`wire.reading.must_be_json`), which a page of another
    origin cannot send without asking first, and being refused.
    """

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        user = getattr(request._request, "user", None) or AnonymousUser()
        return (user, None) if user.is_active else None


class Reader(BasePermission):
    """Those whom the permission class in LIVEINSIGHT["READERS"] lets pass; and programs with the admin token."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        reader: object = request.user
        if isinstance(reader, Program):
            return True
        allowed: bool = import_string(conf.current().readers)().has_permission(request, view)
        return allowed
