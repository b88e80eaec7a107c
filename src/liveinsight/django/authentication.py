"""Who asks: somebody who is logged in to the site, or a program that knows the admin token, where one is set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.module_loading import import_string
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission

from liveinsight.django import conf
from liveinsight.django.requests import address_of
from liveinsight.django.running import home
from liveinsight.errors import Unauthorized
from liveinsight.wire.guesses import bearer, same

if TYPE_CHECKING:
    from django.http import HttpRequest
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


class CrossSite(PermissionDenied):
    """A browser says that the page of another site sent this."""

    default_detail = "This came from a page of another site. If it is yours, add it to CSRF_TRUSTED_ORIGINS."


class Login(BaseAuthentication):
    """Who is logged in to the site.

    No CSRF token is asked for: what is written must be JSON (`wire.reading.must_be_json`), which a page of another
    origin cannot send without asking first. A site may have said yes to all who ask: so it is refused here, too.
    """

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        user = getattr(request._request, "user", None) or AnonymousUser()
        if not user.is_active:
            return None
        if request.method not in SAFE_METHODS and not _is_from_here(request._request):
            raise CrossSite
        return user, None


def _is_from_here(request: HttpRequest) -> bool:
    """Whether no browser says that another site's page sent this. A program may say nothing."""
    fetched = request.headers.get("Sec-Fetch-Site")
    if fetched == "same-origin":
        return True
    if "Origin" in request.headers:
        known = CsrfViewMiddleware(lambda _: HttpResponse())._origin_verified(request)  # type: ignore[attr-defined]
        return bool(known)
    return fetched != "cross-site"


class Reader(BasePermission):
    """Those whom the permission class in LIVEINSIGHT["READERS"] lets pass; and programs with the admin token."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        reader: object = request.user
        if isinstance(reader, Program):
            return True
        return _may(conf.current().readers, request, view)


class Owner(BasePermission):
    """Who reads may read here; writing is for those whom the permission class in LIVEINSIGHT["OWNERS"] lets pass."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        writer: object = request.user
        if request.method in SAFE_METHODS or isinstance(writer, Program):
            return True
        return _may(conf.current().owners, request, view)


def _may(permission: str, request: Request, view: APIView) -> bool:
    allowed: bool = import_string(permission)().has_permission(request, view)
    return allowed
