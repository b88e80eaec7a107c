"""Who it is, without keeping who it is."""

from __future__ import annotations

from tests.factories import DAY, NOON
from tests.ingest.tracker import CHROME, stored


def visitor(**request: object) -> str:
    fields = {"timestamp": request.get("request_received_at", NOON), **request}
    return stored(**fields).visitor_id


def test_a_visitor_is_the_same_all_day_and_another_the_next_day() -> None:
    midnight = NOON + DAY // 2
    assert visitor() == visitor(request_received_at=midnight - 1)
    assert visitor() != visitor(request_received_at=midnight)


def test_a_visitor_is_another_on_another_site_address_or_browser() -> None:
    assert visitor() == visitor(page_url="https://shop.example/other", session_id="another")
    others = {
        visitor(),
        visitor(page_url="https://blog.example/"),
        visitor(request_address="203.0.113.8"),
        visitor(request_user_agent=CHROME + " x"),
    }
    assert len(others) == 4


def test_a_user_id_is_the_visitor() -> None:
    assert visitor(user_id="user-7", request_address="a") == visitor(user_id="user-7", request_address="b") == "user-7"


def test_a_user_id_is_never_taken_for_a_derived_visitor() -> None:
    assert visitor(user_id="~x") == "x"
    assert visitor(user_id="~") == visitor()


def test_nothing_that_is_stored_holds_the_address() -> None:
    event = stored(request_address="203.0.113.7")
    assert event.visitor_id.startswith("~")
    for form in ("203.0.113.7", "203.0", bytes([203, 0, 113, 7]).hex(), str(int.from_bytes([203, 0, 113, 7]))):
        assert form not in repr(event)


def test_a_browser_that_remembers_nothing_has_a_session_for_each_visitor_and_day() -> None:
    tea, coffee = stored(session_id="-"), stored(session_id="-", page_url="https://shop.example/coffee")
    assert tea.session_id == coffee.session_id == tea.visitor_id == visitor()
    assert stored(session_id="-", request_address="203.0.113.8").session_id != tea.session_id
    tomorrow = stored(session_id="-", timestamp=NOON + DAY, request_received_at=NOON + DAY)
    assert tomorrow.session_id != tea.session_id


def test_a_user_id_is_the_visitor_also_without_a_session_id() -> None:
    event = stored(session_id="-", user_id="user-7")
    assert event.visitor_id == "user-7"
    assert event.session_id == visitor()
