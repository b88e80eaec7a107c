"""What owners save: /api/goals, /api/funnels."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Query, Request
from fastapi.responses import Response

from liveinsight.handlers.answering import (
    UNCHANGED,
    Service,
    failures,
    if_changed,
    reader_router,
    success,
)
from liveinsight.handlers.json_body import json_body, writing
from liveinsight.questions import FunnelBody, GoalBody
from liveinsight.wire.parameters import LONGEST_SAVED_ID, SiteQuestion
from liveinsight.wire.report_shapes import FunnelList, GoalList, SavedFunnel, SavedGoal
from liveinsight.wire.shapes import Success

router = reader_router("goals", failures(413))

_Site = Annotated[SiteQuestion, Query()]
_Id = Annotated[str, Path(max_length=LONGEST_SAVED_ID)]
_GoalToSave = Annotated[GoalBody, Depends(writing(GoalBody))]
_FunnelToSave = Annotated[FunnelBody, Depends(writing(FunnelBody))]


@router.get("/goals", response_model=Success[GoalList], responses=UNCHANGED)
def goals(request: Request, analytics: Service, question: _Site) -> Response:
    """The goals of a site."""
    return if_changed(request, success({"goals": analytics.goals.goals(question.site_id)}))


@router.post("/goals", response_model=Success[SavedGoal], openapi_extra=json_body(GoalBody))
def add_goal(analytics: Service, body: _GoalToSave) -> Response:
    """Save a goal: what an event must be like to reach it. Its id is made of the name, and stays."""
    return success(analytics.goals.add_goal(body))


@router.put("/goals/{goal_id}", response_model=Success[SavedGoal], openapi_extra=json_body(GoalBody))
def change_goal(goal_id: _Id, analytics: Service, body: _GoalToSave) -> Response:
    """Save a goal anew, under the same id."""
    return success(analytics.goals.change_goal(goal_id, body))


@router.delete("/goals/{goal_id}", response_model=Success[SavedGoal])
def remove_goal(goal_id: _Id, analytics: Service, question: _Site) -> Response:
    """Delete a goal; answers what it was. The events stay."""
    return success(analytics.goals.remove_goal(goal_id, question.site_id))


@router.get("/funnels", response_model=Success[FunnelList], responses=UNCHANGED)
def funnels(request: Request, analytics: Service, question: _Site) -> Response:
    """The funnels of a site."""
    return if_changed(request, success({"funnels": analytics.goals.funnels(question.site_id)}))


@router.post("/funnels", response_model=Success[SavedFunnel], openapi_extra=json_body(FunnelBody))
def add_funnel(analytics: Service, body: _FunnelToSave) -> Response:
    """Save a funnel of 2 to 10 steps. Its id is made of the name, and stays."""
    return success(analytics.goals.add_funnel(body))


@router.put("/funnels/{funnel_id}", response_model=Success[SavedFunnel], openapi_extra=json_body(FunnelBody))
def change_funnel(funnel_id: _Id, analytics: Service, body: _FunnelToSave) -> Response:
    """Save a funnel anew, under the same id."""
    return success(analytics.goals.change_funnel(funnel_id, body))


@router.delete("/funnels/{funnel_id}", response_model=Success[SavedFunnel])
def remove_funnel(funnel_id: _Id, analytics: Service, question: _Site) -> Response:
    """Delete a funnel; answers what it was."""
    return success(analytics.goals.remove_funnel(funnel_id, question.site_id))
