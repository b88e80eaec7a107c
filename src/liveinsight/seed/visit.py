"""One visit to the made-up shop: what somebody does there, event by event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from liveinsight.seed.people import Person, pick, source

if TYPE_CHECKING:
    from random import Random

    Event = dict[str, Any]

LONGEST = 60  # events
LONGEST_PAUSE_MS = 120_000

_HEARTBEAT_MS = 30_000
_LEAVES_UNSEEN = 0.25  # a browser that is killed sends no page_exit

# (path, English title, Korean title), how often
_PAGES = (
    (("/", "Onda Tea", "온다 찻집"), 34),
    (("/teas/first-leaf", "First leaf green tea", "첫 잎 녹차"), 18),
    (("/teas/hwangcha", "Hwangcha", "황차"), 12),
    (("/pricing", "Plans", "정기 구독"), 14),
    (("/docs", "How to brew", "우리는 법"), 9),
    (("/blog/hadong", "A morning in Hadong", "하동의 아침"), 8),
    (("/cart", "Cart", "장바구니"), 5),
)
_BUTTONS = ((("buy", "Add to cart", "담기"), 5), (("more", "Read more", "더 보기"), 4), (("menu", "Menu", "메뉴"), 3))
_NEXT = (("heartbeat", 34), ("page_view", 30), ("scroll", 16), ("click", 14), ("conversion", 3), ("outbound", 3))
_CONVERSIONS = ((("purchase", 29_000.0), 5), (("subscription", 15_000.0), 2), (("signup", None), 3))


def visit(rng: Random, visitor: Person, site: str, session_id: str, length: int, *, leaves: bool = True) -> list[Event]:
    """`length` events as the tracker would send them. `timestamp` counts from the start of the visit, in ms.

    With `leaves` it mostly ends with a page_exit; without, the visitor is still there.
    """
    referrer, query = source(rng)
    path, title = _page(rng, visitor)
    first = {"page_url": f"https://{site}{path}{f'?{query}' if query else ''}", "referrer": referrer}
    where = {"page_url": f"https://{site}{path}", "page_title": title}
    person = {"user_id": visitor.user_id, "language": visitor.language, "screen": visitor.screen}
    events: list[Event] = []
    elapsed = 0
    for number in range(length):
        kind = "page_view" if number == 0 else _kind(rng, last=leaves and number == length - 1)
        elapsed += 0 if number == 0 else _pause(rng, kind)
        if kind == "page_view" and number:
            path, title = _page(rng, visitor)
            where = {"page_url": f"https://{site}{path}", "page_title": title}
        event = {"event_id": f"{session_id}-{number}", "session_id": session_id, "timestamp": elapsed}
        events.append({**event, "event_type": kind, **person, **where, **_more(rng, kind, visitor)})
    events[0].update(first)
    return events


def _page(rng: Random, visitor: Person) -> tuple[str, str]:
    path, english, korean = pick(rng, _PAGES)
    return path, korean if visitor.reads_korean else english


def _kind(rng: Random, *, last: bool) -> str:
    if last and rng.random() > _LEAVES_UNSEEN:
        return "page_exit"
    return pick(rng, _NEXT)


def _pause(rng: Random, kind: str) -> int:
    """Milliseconds since the event before."""
    return _HEARTBEAT_MS if kind == "heartbeat" else min(LONGEST_PAUSE_MS, 1000 + int(rng.expovariate(1 / 18_000)))


def _more(rng: Random, kind: str, visitor: Person) -> Event:
    """The fields that only this type of event has."""
    if kind == "click":
        name, english, korean = pick(rng, _BUTTONS)
        text = korean if visitor.reads_korean else english
        return {"element_tag": "button", "element_id": name, "element_text": text}
    if kind == "conversion":
        name, value = pick(rng, _CONVERSIONS)
        return {"conversion_type": name, **({"value": value, "currency": "KRW"} if value else {})}
    if kind == "scroll":
        return {"scroll_depth": rng.choice((25, 50, 75, 100))}
    if kind == "heartbeat":
        return {"engaged_ms": _HEARTBEAT_MS}
    if kind == "page_exit":
        return {"engaged_ms": rng.randrange(_HEARTBEAT_MS), "scroll_depth": rng.choice((10, 40, 80, 100))}
    return {}
