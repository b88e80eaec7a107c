"""LiveInsight inside a Django site: the app and, under a prefix, `liveinsight.django.urls`.

`track(request, "signup", plan="pro")` sends an event from Python; `{% liveinsight_tracker %}` is the tag of a template.
"""

from __future__ import annotations

from liveinsight.django.tracking import track

__all__ = ["track"]
