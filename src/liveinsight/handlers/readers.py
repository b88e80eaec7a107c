"""All routes of readers, but for the live stream: not every home can have one."""

from __future__ import annotations

from fastapi import APIRouter

from liveinsight.handlers import (
    goals_api,
    health,
    login,
    openapi,
    pages,
    query_api,
    realtime_api,
    segments_api,
    sessions_api,
    sites_api,
    stats_api,
    vocabulary_api,
)
from liveinsight.settings import Settings

_REPORTS = (realtime_api, sessions_api, stats_api, query_api, vocabulary_api)
_SAVED = (goals_api, segments_api, sites_api)
_MODULES = (*_REPORTS, *_SAVED, openapi, health, login, pages)


def routers(settings: Settings) -> list[APIRouter]:
    """In the order in which they are asked."""
    demo = [pages.demo_router] if settings.demo else []
    return [*(module.router for module in _MODULES), *demo]
