"""GET api/openapi.json: the document of these routes."""

from __future__ import annotations

from typing import Any

from liveinsight.django.answering import OurView, takes
from liveinsight.django.document import build
from liveinsight.wire.parameters import NoQuestion


class DocumentView(OurView):
    """The OpenAPI document. It tells nothing about the numbers, so everybody may read it."""

    authentication_classes = []
    permission_classes = []
    is_public = False  # it does not describe itself

    @takes(NoQuestion, gives=None)
    def get(self, question: NoQuestion) -> dict[str, Any]:
        """The document."""
        return document()


def document() -> dict[str, Any]:
    """The document; addresses are below the prefix that the site mounts the routes at."""
    from liveinsight.django import urls

    return build({"/api/": urls.API, "/": urls.urlpatterns})
