"""Who is not counted, and what is not kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.browser.tracker.diary import Diary
from tests.browser.windows import a_window, wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.websites import Site

GPC = "Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})"
DNT = "Object.defineProperty(navigator, 'doNotTrack', {value: '1'})"
NO_STORAGE = """
for (const name of ['localStorage', 'sessionStorage'])
  Object.defineProperty(window, name, {get() { throw new DOMException('denied', 'SecurityError') }});
"""
KEPT = "Object.keys(localStorage).filter(key => key.startsWith('li_') && localStorage[key])"


@pytest.mark.parametrize("signal", [GPC, DNT])
def test_who_asks_not_to_be_tracked_is_not(page: Page, site: Site, diary: Diary, signal: str) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.add_init_script(signal)
    page.goto(site.put("/", "<button>Order</button>"))
    page.click("button")
    page.evaluate("LiveInsight.track('signup')")
    wait_until(page, lambda: bool(said))
    assert said == ["LiveInsight: ignored"]
    assert (diary.types(), page.evaluate(KEPT)) == ([], [])
    page.goto(site.put("/owner-says-so", head=site.tag("defer data-dnt=off")))
    diary.wait_for(page, "page_view")
    assert diary.agrees(page) == ["page_view"]


def test_an_owner_can_leave_out_their_own_visits(page: Page, site: Site, diary: Diary) -> None:
    page.add_init_script("localStorage.li_ignore = 1")
    page.goto(site.put("/"))
    page.evaluate("LiveInsight.track('mine')")
    assert diary.types() == []


def test_cookieless_keeps_nothing_and_the_server_makes_one_session(page: Page, site: Site, diary: Diary) -> None:
    head = site.tag("defer data-privacy=cookieless")
    page.goto(site.put("/", "<button>Order</button>", head=head))
    page.click("button")
    diary.wait_for(page, "click")
    assert diary.agrees(page) == ["page_view", "click"]
    assert page.evaluate(KEPT) == []
    assert page.context.cookies() == []
    assert {event.get("session_id") for event in diary.made()} == {"-"}
    assert len({event["session_id"] for event in site.events()}) == 1
    assert site.events()[0]["session_id"].startswith("~")


def test_blocked_storage_is_no_obstacle(browser: Browser, site: Site) -> None:
    with a_window(browser) as page:
        page.add_init_script(NO_STORAGE)
        diary = Diary(page.context, site)
        page.goto(site.put("/", "<button>Order</button>"))
        page.click("button")
        diary.wait_for(page, "click")
        assert diary.agrees(page) == ["page_view", "click"]
        assert len({event["session_id"] for event in site.events()}) == 1


def test_consent_is_waited_for_and_remembered(page: Page, site: Site, diary: Diary) -> None:
    head = site.part("options", "defer data-consent") + site.tag()
    page.goto(site.put("/", "<button>Order</button>", head=head))
    page.click("button")
    page.evaluate("LiveInsight.track('before')")
    assert (diary.types(), page.evaluate(KEPT)) == ([], [])
    page.evaluate("LiveInsight.optIn()")
    diary.wait_for(page, "before")
    page.goto(site.put("/next", head=head))
    diary.wait_for(page, "page_view", 2)
    assert diary.agrees(page) == ["page_view", "before", "page_exit", "page_view"]


def test_who_opts_out_is_forgotten_and_stays_so(page: Page, site: Site, diary: Diary) -> None:
    head = site.part("options") + site.tag()
    page.goto(site.put("/", "<button>Order</button>", head=head))
    wait_until(page, lambda: site.types() == ["page_view"])
    page.evaluate("LiveInsight.optOut()")
    page.click("button")
    assert page.evaluate(KEPT) == ["li_ignore"]
    page.goto(site.put("/next", head=head))
    page.evaluate("LiveInsight.track('no')")
    assert diary.agrees(page) == ["page_view"]
    page.evaluate("LiveInsight.optIn()")
    diary.wait_for(page, "page_view", 2)


def test_excluded_pages_are_not_counted(page: Page, site: Site, diary: Diary) -> None:
    head = site.part("options", "defer data-exclude='^/admin|preview='") + site.tag()
    page.goto(site.put("/admin/users", "<button>Delete</button>", head=head))
    page.click("button")
    page.evaluate("history.pushState({}, '', '/shop')")
    diary.wait_for(page, "page_view")
    page.evaluate("history.pushState({}, '', '/draft?preview=1')")
    diary.wait_for(page, "page_exit")
    page.evaluate("LiveInsight.track('hidden')")
    assert diary.agrees(page) == ["page_view", "page_exit"]
    assert {event["page"] for event in site.events()} == {"/shop"}


def test_only_campaign_tags_are_kept_of_a_query(page: Page, site: Site, diary: Diary) -> None:
    head = site.part("options", "defer data-strip") + site.tag()
    page.goto(site.put("/", head=head) + "?token=secret&utm_source=naver&mail=secret&utm_medium=cpc")
    diary.wait_for(page, "page_view")
    assert diary.agrees(page) == ["page_view"]
    assert diary.made()[0]["page_url"] == f"{site.origin}/?utm_source=naver&utm_medium=cpc"
    assert "secret" not in json.dumps(diary.made())
