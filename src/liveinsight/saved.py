"""Small definitions that owners save under a name, site by site, as documents: goals, funnels, segments."""

from __future__ import annotations

import json
import re
from difflib import get_close_matches
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Any

from liveinsight.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.store.base import Store

    WhichSite = Callable[[str | None], str]  # the site that a request means; raises when it cannot be told
    Content = dict[str, Any]  # as the body of a request has it; always with a name

_BETWEEN_WORDS = re.compile(r"[\W_]+")
_LONGEST_ID = 100


def site_to_save_for(site_id: str | None, which: WhichSite) -> str:
    """The site that something is saved for. Raises InvalidInput before the first event, when there is none to mean."""
    site = which(site_id)
    if not site:
        msg = "There is no site yet: say which with site_id, for example site_id=shop.example."
        raise InvalidInput(msg, code="site_required")
    return site


class Saved:
    """The definitions of one kind, `goal`, `funnel` or `segment`, on all sites; up to `most` on each.

    An id is made of the first name and stays when the name changes: links and funnels may hold it.
    """

    def __init__(self, store: Store, kind: str, most: int) -> None:
        self._store = store
        self._kind = kind
        self._most = most
        self._lock = Lock()  # two requests at once must not both find a name free

    def of(self, site_id: str) -> list[Content]:
        """Those of a site, with their ids, by name."""
        return sorted(self._of(site_id).values(), key=lambda each: (each["name"].casefold(), each["id"]))

    def get(self, site_id: str, saved_id: str) -> Content:
        """The one of that id. Raises NotFound, with the nearest id that there is."""
        known = self._of(site_id)
        if saved_id in known:
            return known[saved_id]
        near = get_close_matches(saved_id, known, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"GET /api/{self._kind}s lists those there are."
        msg = f"There is no {self._kind} {saved_id[:60]!r} on this site. {hint}"
        raise NotFound(msg, code=f"unknown_{self._kind}")

    def add(self, site_id: str, content: Content) -> Content:
        """Save a new one; gives it with its id. Raises InvalidInput."""
        with self._lock:
            known = self._of(site_id)
            if len(known) >= self._most:
                msg = f"A site has at most {self._most} {self._kind}s: delete one first."
                raise InvalidInput(msg, code=f"too_many_{self._kind}s")
            return self._put(site_id, self._free_id(content["name"], known), content, known)

    def replace(self, site_id: str, saved_id: str, content: Content) -> Content:
        """Change one. Raises NotFound, InvalidInput."""
        with self._lock:
            self.get(site_id, saved_id)
            return self._put(site_id, saved_id, content, self._of(site_id))

    def remove(self, site_id: str, saved_id: str) -> Content:
        """Delete one; gives what it was. Raises NotFound."""
        with self._lock:
            found = self.get(site_id, saved_id)
            self._store.put_document(self._kind, f"{site_id}/{saved_id}", None)
            return found

    def _of(self, site_id: str) -> dict[str, Content]:
        found = {}
        for key, text in self._store.documents(self._kind).items():
            site, _, saved_id = key.rpartition("/")  # ids have no slash
            if site == site_id:
                found[saved_id] = {"id": saved_id, **json.loads(text)}
        return found

    def _put(self, site_id: str, saved_id: str, content: Content, known: dict[str, Content]) -> Content:
        name = content["name"].casefold()
        if any(each["name"].casefold() == name for other, each in known.items() if other != saved_id):
            msg = f"There is a {self._kind} of that name already: choose another, or change that one."
            raise InvalidInput(msg, code=f"{self._kind}_exists")
        self._store.put_document(self._kind, f"{site_id}/{saved_id}", json.dumps(content, ensure_ascii=False))
        return {"id": saved_id, **content}

    def _free_id(self, name: str, known: dict[str, Content]) -> str:
        base = _BETWEEN_WORDS.sub("-", name.lower()).strip("-")[:_LONGEST_ID] or self._kind
        ids = (base if number == 1 else f"{base}-{number}" for number in count(1))
        return next(each for each in ids if each not in known)
