"""The example of a Django site, as visitors and its owner see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.windows import a_window, wait_until
from tests.django_site.serving import GUNICORN, OWNER, UVICORN, Served

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from playwright.sync_api import Browser, Page

SITE, SERVER = "shop.example", "server.shop.example"


@pytest.fixture(scope="module", params=["wsgi", "asgi"])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    server = UVICORN if request.param == "asgi" else (*GUNICORN, "--workers", "1")
    site = Served(tmp_path_factory.mktemp(f"shop-{request.param}"), *server)
    site.add_owner()
    yield site
    site.stop()
    assert "Traceback" not in site.log


@pytest.fixture(scope="module")
def reader(shop: Served) -> Iterator[httpx.Client]:
    with shop.reader() as reader:
        yield reader


def rows(reader: httpx.Client, site: str, *dimensions: str, metric: str = "events", **more: Any) -> dict[str, int]:
    """Numbers of these days, by dimension."""
    body = {"site_id": site, "metrics": [metric], "dimensions": dimensions, "period": "7d", **more}
    found = reader.post("/api/query", json=body).json()["data"]["rows"]
    return {"/".join(row["dimensions"]): row["metrics"][0] for row in found}


def test_a_purchase_is_one_visit_of_tracker_and_python_together(
    browser: Browser, shop: Served, reader: httpx.Client
) -> None:
    with a_window(browser) as page:
        page.goto(shop.url)
        page.get_by_role("link", name="Teapot").click()
        # The visit is known now, here and in the browser.
        wait_until(page, lambda: rows(reader, SITE, "page").get("/products/teapot", 0) > 0)
        wait_until(page, lambda: "liveinsight_visit" in {each.get("name") for each in page.context.cookies()})
        page.get_by_role("button", name="Add to cart").click()
        page.get_by_role("link", name="Check out").click()
        page.get_by_label("Name").fill("Kim")
        page.get_by_label("Street").fill("Teheran-ro 1")
        page.get_by_role("button", name="Buy for 24 €").click()
        expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
        wait_until(page, lambda: rows(reader, SITE, "page", metric="page_views").get("/thanks") == 1)
        # What Python sends is on its way for a moment.
        wait_until(page, lambda: rows(reader, SITE, "event_type").get("add_to_cart") == 1)
        wait_until(page, lambda: rows(reader, SITE, "conversion_type") == {"purchase": 1})
    assert rows(reader, SITE, metric="sessions") == {"": 1}
    views = rows(reader, SITE, "page", metric="page_views")
    # The address that the form was sent to has an event of Python's, and nobody viewed it.
    assert views == {"/cart/add/teapot": 0, "/": 1, "/products/teapot": 1, "/cart": 1, "/checkout": 1, "/thanks": 1}
    assert "Kim" not in shop.log


def test_who_has_a_blocker_is_seen_by_the_server_alone(browser: Browser, shop: Served, reader: httpx.Client) -> None:
    before = rows(reader, SERVER, "prop:view_name"), rows(reader, SITE, metric="page_views")
    with a_window(browser, java_script_enabled=False) as page:
        page.goto(f"{shop.url}/products/kettle/")
        page.goto(f"{shop.url}/products/green-tea/")
    with a_window(browser) as page:
        page.goto(f"{shop.url}/contact/")
        wait_until(page, lambda: rows(reader, SITE, metric="page_views")[""] == before[1][""] + 1)
        wait_until(page, lambda: rows(reader, SERVER, "prop:view_name").get("contact") == 1)
        two_more = before[0].get("product", 0) + 2
        wait_until(page, lambda: rows(reader, SERVER, "prop:view_name")["product"] == two_more)
    assert "/products/kettle" not in rows(reader, SITE, "page")
    ran: dict[str, Any] = {"filters": [{"dimension": "conversion_type", "values": ["tracker"]}]}
    with a_window(browser) as page:
        wait_until(page, lambda: rows(reader, SERVER, "page", **ran).get("/contact") == 1)
    assert "/products/green-tea" not in rows(reader, SERVER, "page", **ran)


def log_in(page: Page) -> None:
    page.get_by_label("Username").fill(OWNER)
    page.get_by_label("Password").fill(OWNER)
    page.locator("main").get_by_role("button", name="Log in").click()


def test_the_owner_logs_in_to_the_site_and_sees_the_dashboard(
    browser: Browser, shop: Served, reader: httpx.Client
) -> None:
    with a_window(browser) as visitor, a_window(browser) as page:
        visitor.goto(f"{shop.url}/products/teapot/")
        wait_until(visitor, lambda: rows(reader, SITE, "page").get("/products/teapot", 0) > 0)
        page.goto(f"{shop.url}/analytics/")
        expect(page.get_by_role("heading", name="Log in")).to_be_visible()
        log_in(page)
        page.wait_for_url(f"{shop.url}/analytics/**")
        page.get_by_role("combobox", name="Site").select_option(SITE)
        expect(page.get_by_text("/products/teapot").first).to_be_visible()
        page.goto(f"{shop.url}/analytics/api/statistics/pages/?site_id={SITE}")
        expect(page.get_by_text("Django REST framework")).to_be_visible()


def test_a_form_that_is_sent_is_tracked_and_what_is_in_it_is_not(
    browser: Browser, shop: Served, reader: httpx.Client
) -> None:
    with a_window(browser) as page:
        page.goto(f"{shop.url}/contact/")
        page.get_by_label("Message").fill("My secret")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("status")).to_have_text("Thank you for your message.")
        wait_until(page, lambda: rows(reader, SITE, "prop:length") == {"9": 1})
    (event,) = [
        event
        for session in reader.get("/api/sessions/active/", params={"site_id": SITE}).json()
        for event in reader.get(f"/api/sessions/{session['session_id']}/events/", params={"site_id": SITE}).json()
        if event["event_type"] == "message_sent"
    ]
    assert "My secret" not in str(event)
