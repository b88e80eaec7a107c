"""LiveInsight under a prefix, and something that is none of its business."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse("home")


urlpatterns = [path("", home), path("analytics/", include("liveinsight.django.urls"))]
