"""LiveInsight under a prefix, and what is none of its business: pages, and an API of the site's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.views import LoginView
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template import engines
from django.urls import include, path
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.views import APIView

from liveinsight.django import track

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.response import Response

_PAGE = "{% load liveinsight %}<title>{{ title }}</title>{% liveinsight_tracker %}"


def page(request: HttpRequest, number: int = 0) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(_PAGE).render({"title": f"page {number}"}, request))


async def later(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<p>without a tag</p>")


def signup(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"taken": track(request, "signup", plan="pro", user_id=request.GET.get("user") or None)})


class OwnView(APIView):
    throttle_classes = ()
    renderer_classes = (JSONRenderer,)

    def get(self, request: Request) -> Response:
        raise ValidationError({"name": ["is needed"]})


def missing(request: HttpRequest) -> Any:
    raise Http404


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(_PAGE).render({"title": "not found"}, request), status=404)


def fault(request: HttpRequest) -> Any:
    raise ZeroDivisionError


handler404 = not_found
urlpatterns = [
    path("", page, name="home"),
    path("pages/<int:number>/", page, name="page"),
    path("later/", later, name="later"),
    path("login/", LoginView.as_view(), name="login"),
    path("signup/", signup, name="signup"),
    path("own-api/", OwnView.as_view()),
    path("missing/", missing),
    path("fault/", fault),
    path("analytics/", include("liveinsight.django.urls")),
]
