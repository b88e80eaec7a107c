"""What owners save: goals, funnels, segments, sites."""

from __future__ import annotations

from typing import Any

from liveinsight.django import conf
from liveinsight.django.answering import OwnerViewSet, takes
from liveinsight.django.running import analytics
from liveinsight.questions import FunnelBody, GoalBody, SegmentBody, SiteBody, SiteChange
from liveinsight.wire.parameters import LONGEST_SAVED_ID, LONGEST_SITE, NoQuestion, SiteQuestion
from liveinsight.wire.report_shapes import FunnelList, GoalList, SavedFunnel, SavedGoal, SavedSegment, SegmentList
from liveinsight.wire.shapes import Site, SiteList, Success

_ANY = "[^/]+"


class GoalViewSet(OwnerViewSet):
    """Goals: what an event must be like to reach them."""

    lookup_value_regex = _ANY
    id_name = "goal_id"

    @takes(SiteQuestion, gives=Success[GoalList], cached=True)
    def list(self, question: SiteQuestion) -> dict[str, Any]:
        """The goals of a site."""
        return {"goals": analytics().goals.goals(question.site_id)}

    @takes(GoalBody, gives=Success[SavedGoal], where="body")
    def create(self, body: GoalBody) -> dict[str, Any]:
        """Save a goal: what an event must be like to reach it. Its id is made of the name, and stays."""
        return analytics().goals.add_goal(body)

    @takes(GoalBody, gives=Success[SavedGoal], where="body", pk=LONGEST_SAVED_ID)
    def update(self, body: GoalBody, pk: str) -> dict[str, Any]:
        """Save a goal anew, under the same id."""
        return analytics().goals.change_goal(pk, body)

    @takes(SiteQuestion, gives=Success[SavedGoal], pk=LONGEST_SAVED_ID)
    def destroy(self, question: SiteQuestion, pk: str) -> dict[str, Any]:
        """Delete a goal; answers what it was. The events stay."""
        return analytics().goals.remove_goal(pk, question.site_id)


class FunnelViewSet(OwnerViewSet):
    """Funnels: steps on a way."""

    lookup_value_regex = _ANY
    id_name = "funnel_id"

    @takes(SiteQuestion, gives=Success[FunnelList], cached=True)
    def list(self, question: SiteQuestion) -> dict[str, Any]:
        """The funnels of a site."""
        return {"funnels": analytics().goals.funnels(question.site_id)}

    @takes(FunnelBody, gives=Success[SavedFunnel], where="body")
    def create(self, body: FunnelBody) -> dict[str, Any]:
        """Save a funnel of 2 to 10 steps. Its id is made of the name, and stays."""
        return analytics().goals.add_funnel(body)

    @takes(FunnelBody, gives=Success[SavedFunnel], where="body", pk=LONGEST_SAVED_ID)
    def update(self, body: FunnelBody, pk: str) -> dict[str, Any]:
        """Save a funnel anew, under the same id."""
        return analytics().goals.change_funnel(pk, body)

    @takes(SiteQuestion, gives=Success[SavedFunnel], pk=LONGEST_SAVED_ID)
    def destroy(self, question: SiteQuestion, pk: str) -> dict[str, Any]:
        """Delete a funnel; answers what it was."""
        return analytics().goals.remove_funnel(pk, question.site_id)


class SegmentViewSet(OwnerViewSet):
    """Filters under a name."""

    lookup_value_regex = _ANY
    id_name = "segment_id"

    @takes(SiteQuestion, gives=Success[SegmentList], cached=True)
    def list(self, question: SiteQuestion) -> dict[str, Any]:
        """The segments of a site: filters under a name, to be used in any question."""
        return {"segments": analytics().segments.all(question.site_id)}

    @takes(SegmentBody, gives=Success[SavedSegment], where="body")
    def create(self, body: SegmentBody) -> dict[str, Any]:
        """Save a segment. Its id is made of the name, and stays."""
        return analytics().segments.add(body)

    @takes(SegmentBody, gives=Success[SavedSegment], where="body", pk=LONGEST_SAVED_ID)
    def update(self, body: SegmentBody, pk: str) -> dict[str, Any]:
        """Save a segment anew, under the same id."""
        return analytics().segments.change(pk, body)

    @takes(SiteQuestion, gives=Success[SavedSegment], pk=LONGEST_SAVED_ID)
    def destroy(self, question: SiteQuestion, pk: str) -> dict[str, Any]:
        """Delete a segment; answers what it was."""
        return analytics().segments.remove(pk, question.site_id)


class SiteViewSet(OwnerViewSet):
    """The sites."""

    lookup_value_regex = _ANY
    id_name = "site_id"

    @takes(NoQuestion, gives=Success[SiteList], cached=True)
    def list(self, question: NoQuestion) -> dict[str, Any]:
        """The sites that have events, are saved, or are named in the settings, busiest first."""
        # But for the site's own: the dashboard opens on the first.
        found, ours = analytics().sites.all(), conf.current().site
        return {**found, "sites": sorted(found["sites"], key=lambda each: each["site_id"] != ours)}

    @takes(SiteBody, gives=Success[Site], where="body")
    def create(self, body: SiteBody) -> dict[str, Any]:
        """Save a site: from now on its events are accepted, whatever the settings name."""
        return analytics().sites.add(body)

    @takes(SiteChange, gives=Success[Site], where="body", pk=LONGEST_SITE)
    def update(self, body: SiteChange, pk: str) -> dict[str, Any]:
        """Change its time zone or how long its events are kept. A site that was not saved is from now on."""
        return analytics().sites.change(pk, body)

    @takes(NoQuestion, gives=Success[Site], pk=LONGEST_SITE)
    def destroy(self, question: NoQuestion, pk: str) -> dict[str, Any]:
        """Forget what is set for a site. Its events are now kept as long as the settings say."""
        return analytics().sites.remove(pk)
