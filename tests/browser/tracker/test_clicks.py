"""Clicks, links that lead away, downloads, forms, and events that a page declares."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.browser.windows import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.tracker.diary import Diary
    from tests.browser.websites import Site

STAY = "<script>addEventListener('click', (event) => event.preventDefault())</script>"


def test_a_click_names_the_link_or_button_around_what_was_clicked(page: Page, site: Site, diary: Diary) -> None:
    long = "차 " * 200
    page.goto(
        site.put("/", f"<button id=buy class='big red'> Buy\n <b>now</b> </button><p>text</p><a href='#'>{long}</a>")
    )
    page.click("b")
    page.click("p")
    page.click("a")
    diary.wait_for(page, "click", 2)
    assert diary.agrees(page) == ["page_view", "click", "click"]
    button, link = site.events()[1:]
    named = [button[f"element_{name}"] for name in ("tag", "id", "class", "text")]
    assert named == ["button", "buy", "big red", "Buy now"]
    assert len(link["element_text"]) == 100


def test_clicks_in_shadow_roots_count(page: Page, site: Site, diary: Diary) -> None:
    body = """<div id="host"></div><script>
      host.attachShadow({mode: 'open'}).innerHTML = '<a id="inner" href="#"><i>deep</i></a>';
    </script>"""
    page.goto(site.put("/", body))
    page.click("i")
    diary.wait_for(page, "click")
    assert diary.agrees(page) == ["page_view", "click"]
    assert site.events()[1]["element_id"] == "inner"


def test_links_that_lead_away_and_files_are_types_of_their_own(page: Page, site: Site, diary: Diary) -> None:
    links = """<a id=a href="https://other.example/path?secret=1">away</a><a id=b href="/files/report.pdf">file</a>
      <a id=c href="/image" download>marked</a><a id=d href="/next.html">page</a><a id=e href="mailto:a@b.c">mail</a>"""
    page.goto(site.put("/", links + STAY))
    for each in "abcde":
        page.click(f"#{each}")
    diary.wait_for(page, "click", 2)
    assert diary.agrees(page) == ["page_view", "outbound", "download", "download", "click", "click"]
    targets = [event.get("link_url", "").partition(":")[0] for event in diary.made()[1:]]
    assert targets == ["other.example/path", site.name, site.name, site.name, ""]
    assert "secret" not in json.dumps(diary.made())


def test_a_form_is_named_and_nothing_of_it_is_sent(page: Page, site: Site, diary: Diary) -> None:
    form = """<form name="letter" class="big" action="/sent" target="elsewhere"><input name="name" value="secret-1">
      <input name="id" type="password"><textarea>secret-2</textarea>
      <select><option>no</option><option>secret-3</option></select>
      <input id="send" type="submit" value="secret-4"></form><iframe name="elsewhere"></iframe>"""
    page.goto(site.put("/", form))
    page.fill("[type=password]", "secret-5")
    page.fill("textarea", "secret-6")
    page.select_option("select", "secret-3")
    page.click("#send")
    diary.wait_for(page, "form_submit")
    assert diary.agrees(page) == ["page_view", "click", "form_submit"]
    assert [event.get("element_id") for event in diary.made()[1:]] == ["send", "letter"]
    assert "secret" not in json.dumps(diary.made())


def test_attributes_declare_events(page: Page, site: Site, diary: Diary) -> None:
    body = """<div data-li-event="card" data-li-plan="pro" data-other="no"><button>Inner</button></div>
      <form data-li-event="letter" data-li-topic="tea" onsubmit="return false"><button id="send">Send</button></form>"""
    page.goto(site.put("/", body))
    page.click("text=Inner")
    page.click("#send")
    diary.wait_for(page, "letter")
    assert diary.agrees(page) == ["page_view", "click", "card", "click", "form_submit", "letter"]
    card, letter = (event for event in site.events() if event["event_type"] in {"card", "letter"})
    assert (card["properties"], letter["properties"]) == ({"plan": "pro"}, {"topic": "tea"})


def test_a_conversion_has_its_worth(page: Page, site: Site, diary: Diary) -> None:
    page.goto(site.put("/"))
    page.evaluate("LiveInsight.trackConversion('purchase', {value: 29.5, currency: 'EUR', plan: 'pro'})")
    diary.wait_for(page, "conversion")
    diary.agrees(page)
    event = site.events()[1]
    assert [event[name] for name in ("conversion_type", "value", "currency")] == ["purchase", 29.5, "EUR"]


def test_a_page_that_stops_its_events_is_counted_all_the_same(page: Page, site: Site, diary: Diary) -> None:
    page.goto(site.put("/", "<button onclick='event.stopImmediatePropagation()'>Stop</button>"))
    page.click("button")
    wait_until(page, lambda: site.types() == ["page_view", "click"])
    assert diary.agrees(page) == ["page_view", "click"]
