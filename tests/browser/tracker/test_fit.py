"""The ways of putting the tracker on a page, each tried."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from liveinsight.wire.files import WEB
from scripts.build_web import WEB as SOURCES
from scripts.build_web import find_node
from tests.browser.windows import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.browser.tracker.diary import Diary
    from tests.browser.websites import Site

STUB = """<script>
  self.LiveInsight ||= {q: []};
  for (const name of ['track', 'trackConversion'])
    LiveInsight[name] ||= (...args) => LiveInsight.q.push(() => self.LiveInsight[name]?.(...args));
</script>"""
MANAGER = """<script>
  (function () {
    var script = document.createElement('script');
    script.src = '%s/static/js/liveinsight-tracker.js';
    script.dataset.siteId = '%s';
    document.head.appendChild(script);
  })();
</script>"""


@pytest.mark.parametrize("attributes", ["", "defer", "async"])
def test_a_plain_a_deferred_and_an_async_tag_count(page: Page, site: Site, diary: Diary, attributes: str) -> None:
    page.goto(site.put("/", title="Titled", head=site.tag(attributes)))
    diary.wait_for(page, "page_view")
    assert diary.agrees(page) == ["page_view"]
    assert site.events()[0]["page_title"] == "Titled"


def test_a_module_of_the_page_can_start_it(page: Page, site: Site, diary: Diary) -> None:
    address = site.collector
    start = f"""<script type="module">
      import {{ init, track }} from '{address}/static/js/liveinsight.mjs';
      init({{ apiUrl: '{address}/' }});
      track('from-the-module', {{ plan: 'pro' }});
    </script>"""
    page.goto(site.put("/", head=start))
    diary.wait_for(page, "from-the-module")
    assert diary.agrees(page) == ["page_view", "from-the-module"]


def test_a_tag_manager_can_add_it_late(page: Page, site: Site, diary: Diary) -> None:
    page.goto(site.put("/", head=""))
    # As tag managers put in what their users write.
    put_in = "html => document.body.append(document.createRange().createContextualFragment(html))"
    page.evaluate(put_in, MANAGER % (site.collector, site.name))
    diary.wait_for(page, "page_view")
    assert diary.agrees(page) == ["page_view"]


def test_calls_before_the_tracker_is_there_are_kept(page: Page, site: Site, diary: Diary) -> None:
    body = "<script>LiveInsight.track('early'); LiveInsight.trackConversion('sale', {value: 2})</script>"
    page.goto(site.put("/", body, head=STUB + site.tag("async")))
    diary.wait_for(page, "conversion")
    assert diary.agrees(page) == ["page_view", "early", "conversion"]


def test_calls_while_a_plain_tag_waits_for_the_page_are_kept(page: Page, site: Site, diary: Diary) -> None:
    page.goto(site.put("/", "<script>LiveInsight.track('early')</script>", head=site.tag("")))
    diary.wait_for(page, "early")
    assert diary.agrees(page) == ["page_view", "early"]


def test_strict_content_security_policies_are_kept(page: Page, site: Site, diary: Diary) -> None:
    policy = f"default-src 'none'; script-src {site.collector}; connect-src {site.collector}; img-src data:"
    head = site.part("options") + site.tag() + site.part("errors") + site.part("clicks") + site.part("vitals")
    page.goto(site.put("/", "<button>Order</button>", head=head, headers={"Content-Security-Policy": policy}))
    page.click("button")
    diary.wait_for(page, "click_map")
    diary.wait_for(page, "web_vital")
    assert {"page_view", "click", "click_map", "web_vital"} == set(diary.agrees(page))


def test_another_name_and_another_endpoint_on_the_sites_own_address(page: Page, site: Site, diary: Diary) -> None:
    script = (WEB / "static/js/liveinsight-tracker.js").read_text(encoding="utf-8")
    site.websites.put(site.name, "/a/s.js", script)
    site.websites.put_forward(site.name, "/a/e", f"{site.collector}/api/events")
    foreign: list[str] = []
    page.on("request", lambda request: foreign.append(request.url))
    page.goto(site.put("/", head='<script defer src="/a/s.js" data-api-url="/a/e"></script>'))
    diary.wait_for(page, "page_view")
    assert diary.agrees(page) == ["page_view"]
    assert [url for url in foreign if site.collector in url] == []


def test_several_sites_on_one_page_are_counted_each_for_itself(page: Page, site: Site) -> None:
    names = [site.name, f"b.{site.name}", site.name]
    tags = "".join(site.tag(f"defer data-site-id={name}") for name in names)
    page.goto(site.put("/", head=site.part("options") + tags))
    page.evaluate("LiveInsight.track('both')")
    wait_until(page, lambda: site.types() == ["page_view", "both"])
    other = replace(site, name=f"b.{site.name}")
    wait_until(page, lambda: other.types() == ["page_view", "both"])


def test_init_twice_or_a_second_tag_counts_nothing_twice(page: Page, site: Site, diary: Diary) -> None:
    page.goto(site.put("/", "<button>Order</button>", head=site.tag() * 2))
    page.evaluate("server => LiveInsight.init({apiUrl: server})", site.collector)
    page.evaluate("LiveInsight.init()")
    page.click("button")
    diary.wait_for(page, "click")
    assert diary.agrees(page) == ["page_view", "click"]


def test_init_too_late_still_counts_what_was_called_before(page: Page, site: Site, diary: Diary) -> None:
    page.goto(site.put("/", head=site.tag("defer data-manual")))
    page.evaluate("LiveInsight.track('early')")
    page.evaluate("server => LiveInsight.init({apiUrl: server, siteId: location.hostname})", site.collector)
    diary.wait_for(page, "early")
    assert diary.agrees(page) == ["page_view", "early"]


def test_no_request_needs_a_preflight(page: Page, site: Site, diary: Diary) -> None:
    methods: list[str] = []
    types: list[str] = []

    def hear(request: object) -> None:
        methods.append(request.method)  # type: ignore[attr-defined]
        types.append(request.headers.get("content-type", ""))  # type: ignore[attr-defined]

    page.context.on("request", lambda request: hear(request) if "/api/events" in request.url else None)
    page.goto(site.put("/"))
    page.goto(site.put("/next"))
    diary.wait_for(page, "page_view", 2)
    diary.agrees(page)
    assert set(methods) == {"POST"}
    assert {each.partition(";")[0] for each in types} == {"text/plain"}


def test_the_page_keeps_its_names(page: Page, site: Site) -> None:
    page.goto(site.put("/plain", head=""))
    before = page.evaluate("Object.keys(window)")
    parts = "".join(map(site.part, ("options", "clicks", "errors", "vitals")))
    page.goto(site.put("/", head=parts + site.tag()))
    assert set(page.evaluate("Object.keys(window)")) - set(before) <= {"LiveInsight"}
    assert page.evaluate("LiveInsight.track('last')") is None


@pytest.mark.parametrize("framework", ["react", "vue"])
def test_the_package_works_in_a_framework(page: Page, site: Site, diary: Diary, tmp_path: Path, framework: str) -> None:
    node, _ = find_node()
    subprocess.run([node, SOURCES / "frameworks/build.mjs", tmp_path], check=True)
    site.websites.put(site.name, f"/{framework}.js", (tmp_path / f"{framework}.js").read_text(encoding="utf-8"))
    body = f"<div id=app></div><script>COLLECTOR = {json.dumps(site.collector + '/')}</script>"
    page.goto(site.put("/", f"{body}<script src='/{framework}.js'></script>", head=""))
    page.click("button")
    diary.wait_for(page, "signup")
    assert diary.agrees(page) == ["page_view", "click", "signup"]
