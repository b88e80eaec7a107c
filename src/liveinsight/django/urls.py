"""The addresses, to be mounted under any prefix: `path("analytics/", include("liveinsight.django.urls"))`.

A trailing slash is optional everywhere.
"""

from __future__ import annotations

from django.urls import include, path, re_path
from rest_framework.routers import SimpleRouter

from liveinsight.django.views import document, live, pages, questions, reports, saved
from liveinsight.django.views.collector import collect

app_name = "liveinsight"


class Router(SimpleRouter):
    """REST framework's, with optional slashes; an action of one object goes before the object itself.

    The id of a session may hold a slash: `a/events` would be the object of that id else.
    """

    routes = [*SimpleRouter.routes[:2], SimpleRouter.routes[3], SimpleRouter.routes[2]]

    def __init__(self) -> None:
        super().__init__()
        self.trailing_slash = "/?"


router = Router()
router.register(r"sessions", reports.SessionViewSet, basename="sessions")
router.register(r"visitors", reports.VisitorViewSet, basename="visitors")
router.register(r"statistics", reports.StatisticsViewSet, basename="statistics")
router.register(r"goals", saved.GoalViewSet, basename="goals")
router.register(r"funnels", saved.FunnelViewSet, basename="funnels")
router.register(r"segments", saved.SegmentViewSet, basename="segments")
router.register(r"sites", saved.SiteViewSet, basename="sites")

API = [
    re_path(r"^events/?$", collect, name="events"),
    re_path(r"^realtime/?$", reports.RealtimeView.as_view(), name="realtime"),
    re_path(r"^live/?$", live.LiveView.as_view(), name="live"),
    re_path(r"^stats/?$", reports.StatsView.as_view(), name="stats"),
    re_path(r"^query/?$", questions.QueryView.as_view(), name="query"),
    re_path(r"^query/funnel/?$", questions.FunnelView.as_view(), name="query-funnel"),
    re_path(r"^query/retention/?$", questions.RetentionView.as_view(), name="query-retention"),
    re_path(r"^query/journey/?$", questions.JourneyView.as_view(), name="query-journey"),
    re_path(r"^query/page/?$", questions.PageView.as_view(), name="query-page"),
    re_path(r"^ledger/?$", reports.LedgerView.as_view(), name="ledger"),
    re_path(r"^vocabulary/?$", reports.VocabularyView.as_view(), name="vocabulary"),
    re_path(r"^openapi\.json/?$", document.DocumentView.as_view(), name="openapi"),
    *router.urls,
]

urlpatterns = [
    path("", pages.DashboardView.as_view(), name="dashboard"),
    path("api/", include(API)),
    re_path(r"^healthz/?$", pages.HealthView.as_view(), name="health"),
    re_path(r"^login/?$", pages.login, name="login"),
    re_path(r"^assets/(?P<path>.+?)/?$", pages.asset, name="asset"),
    re_path(r"^static/js/(?P<path>.+?)/?$", pages.script, name="script"),
    re_path(r"^(?P<path>.*)$", pages.anything_else, name="anything-else"),
]
