"""The goals and funnels of the sites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from liveinsight.errors import InvalidInput
from liveinsight.questions.saved import MOST_FUNNELS, MOST_GOALS
from liveinsight.saved import Saved, site_to_save_for

if TYPE_CHECKING:
    from liveinsight.questions import FunnelBody, GoalBody
    from liveinsight.saved import WhichSite
    from liveinsight.store.base import Store

    Answer = dict[str, Any]


class Goals:
    """Goals and funnels, saved and read. `site` tells which site a request means, and raises when it cannot."""

    def __init__(self, store: Store, site: WhichSite) -> None:
        self._site = site
        self.saved_goals = Saved(store, "goal", MOST_GOALS)
        self.saved_funnels = Saved(store, "funnel", MOST_FUNNELS)

    def goals(self, site_id: str | None) -> list[Answer]:
        """The goals of a site, by name."""
        return self.saved_goals.of(self._site(site_id))

    def add_goal(self, body: GoalBody) -> Answer:
        """Save a goal. Raises InvalidInput."""
        return self.saved_goals.add(site_to_save_for(body.site_id, self._site), body.content())

    def change_goal(self, goal_id: str, body: GoalBody) -> Answer:
        """Save a goal anew. Raises NotFound, InvalidInput."""
        return self.saved_goals.replace(site_to_save_for(body.site_id, self._site), goal_id, body.content())

    def remove_goal(self, goal_id: str, site_id: str | None) -> Answer:
        """Delete a goal. Raises NotFound; InvalidInput while a funnel needs it."""
        site = site_to_save_for(site_id, self._site)
        for funnel in self.saved_funnels.of(site):
            if any(step.get("goal") == goal_id for step in funnel["steps"]):
                msg = f"The funnel {funnel['name']!r} has this goal as a step: change that funnel first."
                raise InvalidInput(msg, code="goal_in_use")
        return self.saved_goals.remove(site, goal_id)

    def funnels(self, site_id: str | None) -> list[Answer]:
        """The funnels of a site, by name."""
        return self.saved_funnels.of(self._site(site_id))

    def add_funnel(self, body: FunnelBody) -> Answer:
        """Save a funnel. Raises InvalidInput, and NotFound for a step that is no goal."""
        site = site_to_save_for(body.site_id, self._site)
        return self.saved_funnels.add(site, body.content(lambda goal: self.saved_goals.get(site, goal)))

    def change_funnel(self, funnel_id: str, body: FunnelBody) -> Answer:
        """Save a funnel anew. Raises NotFound, InvalidInput."""
        site = site_to_save_for(body.site_id, self._site)
        return self.saved_funnels.replace(site, funnel_id, body.content(lambda goal: self.saved_goals.get(site, goal)))

    def remove_funnel(self, funnel_id: str, site_id: str | None) -> Answer:
        """Delete a funnel. Raises NotFound."""
        return self.saved_funnels.remove(site_to_save_for(site_id, self._site), funnel_id)
