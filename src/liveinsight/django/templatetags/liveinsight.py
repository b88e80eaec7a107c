"""`{% load liveinsight %}{% liveinsight_tracker %}`: the tracker, first party, with the nonce that the page has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from liveinsight.django import conf
from liveinsight.django.middleware import PageViews, view_asked_for, view_id
from liveinsight.django.running import complain
from liveinsight.errors import SettingError

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.template.context import Context

register = template.Library()

_TRACKER, _OPTIONS = "liveinsight-tracker.js", "liveinsight-options.js"
_OF_THE_OPTIONS_PART = frozenset({"hash", "strip", "exclude", "consent"})
_PAGE_VIEWS = f"{PageViews.__module__}.{PageViews.__qualname__}"


@register.simple_tag(takes_context=True)
def liveinsight_tracker(context: Context, **attributes: Any) -> SafeString:
    """The script tag. Arguments become data attributes: `{% liveinsight_tracker privacy="cookieless" strip=True %}`."""
    request: HttpRequest | None = context.get("request")
    try:
        settings = conf.current()
    except SettingError as error:
        complain(error)  # and the page goes on
        return SafeString("")
    home = reverse("liveinsight:dashboard")
    collector = home + (settings.collect_path.lstrip("/") or "api/events")
    if request is not None and counts_page_views() and view_asked_for(request):
        collector += f"?view={view_id(request)}"
    ours = {"data-api-url": collector, "data-site-id": settings.site}
    given = {f"data-{name.replace('_', '-')}": value for name, value in attributes.items()}
    nonce = {"nonce": _nonce(request, context)}
    options = {name: value for name, value in given.items() if name.removeprefix("data-") in _OF_THE_OPTIONS_PART}
    rest = {name: value for name, value in given.items() if name not in options}
    tracker = _script(home + (settings.tracker_path.lstrip("/") or f"static/js/{_TRACKER}"), {**ours, **rest, **nonce})
    if not options:
        return tracker
    return _script(f"{home}static/js/{_OPTIONS}", {**options, **nonce}) + tracker


def counts_page_views() -> bool:
    """Whether the middleware is there, which has to know whether the tracker ran."""
    from django.conf import settings

    return _PAGE_VIEWS in settings.MIDDLEWARE


def _nonce(request: HttpRequest | None, context: Context) -> str:
    """Of Django's own policy (6.0 and later), or of django-csp; reading it is what puts it into the page's policy."""
    if (ours := getattr(request, "_csp_nonce", None)) is not None:
        return str(ours)
    return str(getattr(request, "csp_nonce", "") or context.get("csp_nonce") or "")


def _script(address: str, attributes: dict[str, Any]) -> SafeString:
    shown = [(name, value) for name, value in attributes.items() if value not in {"", None, False}]
    flags = format_html_join("", " {}", ((name,) for name, value in shown if value is True))
    texts = format_html_join("", ' {}="{}"', ((name, value) for name, value in shown if value is not True))
    return format_html('<script defer src="{}"{}{}></script>', quote(address, safe="/?=&."), texts, flags)
