"""Where and when a question is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class Occasion(NamedTuple):
    """The site, now (ms), the time zone of its reports, and what is saved there.

    `goal` and `funnel` give what was saved under an id, as its body was sent; they raise NotFound.
    """

    site_id: str
    now: int
    timezone: str
    goal: Callable[[str], dict[str, Any]]
    funnel: Callable[[str], dict[str, Any]]
