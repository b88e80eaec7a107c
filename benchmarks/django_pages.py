"""The pages of the site that `django_site` measures: one question to the database, one template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.template import engines
from django.urls import include, path

from liveinsight.django import track

if TYPE_CHECKING:
    from django.http import HttpRequest

_TAG = "{% load liveinsight %}{% liveinsight_tracker %}"
_PAGE = "<title>{{ users }}</title>TAG<ul>{% for each in rows %}<li>{{ each }}: {{ each|add:1 }}</li>{% endfor %}</ul>"
_plain = engines["django"].from_string(_PAGE.replace("TAG", ""))
_tagged = engines["django"].from_string(_PAGE.replace("TAG", _TAG))


def plain(request: HttpRequest) -> HttpResponse:
    """A page of a small site."""
    return HttpResponse(_plain.render({"users": User.objects.count(), "rows": range(50)}, request))


def tagged(request: HttpRequest) -> HttpResponse:
    """The same with the tag."""
    return HttpResponse(_tagged.render({"users": User.objects.count(), "rows": range(50)}, request))


def tracking(request: HttpRequest) -> HttpResponse:
    """The same, and an event."""
    track(request, "seen", plan="pro")
    return tagged(request)


urlpatterns = [
    path("plain", plain),
    path("tag", tagged),
    path("track", tracking),
    path("analytics/", include("liveinsight.django.urls")),
]
