"""docs/queries.md asks what it says it asks: every block of JSON runs here, against a shop of one week.

| visitor | campaign | did, and left on |
| --- | --- | --- |
| ann | spring | bought for 29,000 won |
| ben | spring | bought for 15,000 won |
| cat, dan | spring | left the cart |
| eve | spring | left the prices |
| fay | newsletter | bought for 15,000 won |
| gil | newsletter | left the front page |
| hye | newsletter | left the cart |
| ian | none, from a blog | read a post, saw the prices, signed up, came back a day later |
| jin | none | bought for 29,000 won |
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.factories import DAY, HOUR, NOON
from tests.http.visits import happen, visit

if TYPE_CHECKING:
    import httpx

    from tests.factories import Clock

DOC = (Path(__file__).parents[2] / "docs" / "queries.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"^`POST (/api/\S+)`\n\n```json\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(route, json.loads(body)) for route, body in _BLOCK.findall(DOC)]

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Mobile/15E148 Safari/604.1"
)
PHONE = {"user_agent": IPHONE, "language": "ko-KR"}
SPRING = {"query": "?utm_source=naver&utm_campaign=spring", **PHONE}
NEWSLETTER = {"query": "?utm_source=mail&utm_campaign=newsletter"}
LEAVES = ("page_exit", "/pricing", {"engaged_ms": 20_000, "scroll_depth": 75, "user_agent": IPHONE})
CLICKS = ("click", "/pricing", {"element_tag": "button", "element_text": "Start"})
SIGNS_UP = ("signup", "/pricing", {"plan": "pro"})


def buys(value: float) -> tuple[str, str, dict[str, Any]]:
    return "conversion", "/cart", {"conversion_type": "purchase", "value": value, "currency": "KRW"}


@pytest.fixture
def shop(reader: httpx.Client, clock: Clock) -> httpx.Client:
    happen(
        reader,
        clock,
        visit("ann", "/", "/cart", buys(29_000), at=NOON - 5 * DAY, **SPRING),
        visit("ben", "/", "/cart", buys(15_000), at=NOON - 4 * DAY, **SPRING),
        visit("cat", "/", "/cart", at=NOON - 4 * DAY, **SPRING),
        visit("dan", "/", "/cart", at=NOON - 3 * DAY, **SPRING),
        visit("eve", "/", "/pricing", LEAVES, at=NOON - 3 * DAY, **SPRING),
        visit("fay", "/", "/cart", buys(15_000), at=NOON - 2 * DAY, **NEWSLETTER),
        visit("gil", "/", at=NOON - 2 * DAY, **NEWSLETTER),
        visit("hye", "/", "/cart", at=NOON - DAY, **NEWSLETTER),
        visit(
            "ian", "/blog/tea", "/pricing", CLICKS, SIGNS_UP, at=NOON - DAY, referrer="https://blog.example/best-teas"
        ),
        visit("ian", "/", at=NOON - HOUR),
        visit("jin", "/", "/cart", buys(29_000)),
    )
    clock.now = NOON + HOUR
    return reader


def answers(client: httpx.Client) -> list[Any]:
    """The data of every block's answer, in the order of the page: later ones use what earlier ones saved."""
    found = []
    for route, body in BLOCKS:
        answer = client.post(route, json=body)
        assert answer.status_code == 200, (body, answer.text)
        found.append(answer.json()["data"])
    return found


def test_no_block_of_json_is_left_out() -> None:
    assert len(BLOCKS) == DOC.count("```json") > 10
    assert {route for route, _ in BLOCKS} >= {
        f"/api/query/{each}" for each in ("funnel", "retention", "journey", "page")
    }


def test_every_question_of_the_page_has_an_answer_worth_reading(shop: httpx.Client) -> None:
    for (route, body), data in zip(BLOCKS, answers(shop), strict=True):
        if route == "/api/query":
            assert any(any(row["metrics"]) for row in data["rows"]), body
            for column, metric in enumerate(body["metrics"]):
                assert any(row["metrics"][column] for row in data["rows"]), (metric, body)
        elif route == "/api/query/funnel":
            assert data["steps"][-1]["reached"] > 0, body
        elif route == "/api/query/retention":
            assert sum(each["visitors"] for each in data["cohorts"]) == 10
        elif route == "/api/query/journey":
            assert data["sessions"] == 2
        elif route == "/api/query/page":
            assert all(data[name] for name in ("summary", "next", "previous", "clicks", "sources"))
        else:
            assert f'"{data["id"]}"' in DOC, "the page uses the id that saving gives"


def test_which_campaign_brought_buyers_and_where_the_others_left(shop: httpx.Client) -> None:
    heading = DOC.index("## Which campaign brought people who bought last week, and where did the others leave?")
    section = DOC[heading : DOC.index("\n## ", heading + 1)]
    buyers, leavers = (
        shop.post(route, json=json.loads(body)).json()["data"] for route, body in _BLOCK.findall(section)
    )
    assert [(*row["dimensions"], *row["metrics"]) for row in buyers["rows"]] == [
        ("spring", 2, 44_000.0),
        ("newsletter", 1, 15_000.0),
    ]
    assert [(*row["dimensions"], *row["metrics"]) for row in leavers["rows"]] == [
        ("spring", "/cart", 2),
        ("newsletter", "/", 1),
        ("newsletter", "/cart", 1),
        ("spring", "/pricing", 1),
    ]
    for row in (*buyers["rows"], *leavers["rows"]):
        cells = [*row["dimensions"], *map(int, row["metrics"])]
        assert f"| {' | '.join(map(str, cells))} |" in section
