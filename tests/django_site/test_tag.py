"""The tag: what it puts into a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import django
from django.conf import settings
from django.test import RequestFactory, override_settings

from tests.django_site.running import tag

if TYPE_CHECKING:
    from django.test import Client

if django.VERSION >= (6,):
    from django.utils.csp import CSP


def test_the_tag_is_first_party_and_names_the_site() -> None:
    with override_settings(LIVEINSIGHT={"SITE": "shop.example"}):
        assert tag(request=RequestFactory().get("/")) == (
            '<script defer src="/analytics/static/js/liveinsight-tracker.js"'
            ' data-api-url="/analytics/api/events" data-site-id="shop.example"></script>'
        )


def test_the_tag_has_the_nonce_of_the_page() -> None:
    request = RequestFactory().get("/")
    request.csp_nonce = "abc"  # type: ignore[attr-defined]  # as django-csp does
    assert ' nonce="abc"' in tag(request=request)
    assert ' nonce="d&quot;&gt;e"' in tag(csp_nonce='d">e')


if django.VERSION >= (6,):  # earlier ones have no policy of their own

    def test_the_nonce_is_the_one_in_django_s_own_policy(client: Client) -> None:
        csp = "django.middleware.csp.ContentSecurityPolicyMiddleware"
        with override_settings(MIDDLEWARE=[csp, *settings.MIDDLEWARE], SECURE_CSP={"script-src": [CSP.NONCE]}):
            answer = client.get("/")
        found = re.search('nonce="([^"]+)"', answer.content.decode())
        assert found
        assert f"'nonce-{found[1]}'" in answer["Content-Security-Policy"]


def test_arguments_become_attributes_and_what_few_need_is_loaded_before() -> None:
    html = tag('privacy="cookieless" strip=True exclude="^/admin" dnt="off"')
    options, tracker = html.split("</script>")[:2]
    assert "liveinsight-options.js" in options
    assert ' data-exclude="^/admin" data-strip' in options
    assert ' data-privacy="cookieless" data-dnt="off"' in tracker
