"""What goes over the wire in the tests of this folder."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from tests.factories import NOON, SITE

if TYPE_CHECKING:
    import httpx

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"

_ids = count(1)


def sent(kind: str = "page_view", page: str = "/", **more: Any) -> dict[str, Any]:
    """An event as the tracker sends it."""
    return {
        "event_id": f"w{next(_ids)}",
        "session_id": "s1",
        "timestamp": NOON,
        "event_type": kind,
        "page_url": f"https://{SITE}{page}",
        "user_agent": CHROME,
        **more,
    }


def collect(client: httpx.Client, *events: dict[str, Any]) -> None:
    """Send events that are fine."""
    answer = client.post("/api/events", json=list(events))
    assert answer.status_code == 200, answer.text


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The error envelope of an answer, checked for what every one of them promises."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    envelope: dict[str, Any] = answer.json()
    assert envelope.keys() == {"status", "message", "code", "details"}
    assert envelope["status"] == "error"
    assert envelope["message"][-1] in ".?"
    assert envelope["code"].replace("_", "").isalnum()
    assert isinstance(envelope["details"], list)
    for leak in ("Traceback", "site-packages", ".py", "liveinsight/"):
        assert leak not in answer.text
    return envelope
