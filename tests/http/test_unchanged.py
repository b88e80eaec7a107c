"""An answer that has not changed is not sent again, and costs the store nothing; one that has is there at once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from liveinsight.store.memory import MemoryStore
from tests.factories import DAY, MINUTE, NOON, SITE
from tests.http.front_ends import as_reader
from tests.http.messages import collect, problem, sent
from tests.http.visits import where

if TYPE_CHECKING:
    import httpx

    from liveinsight.stats.period import Period
    from liveinsight.stats.question import Question, R
    from liveinsight.store.base import LedgerRow
    from tests.factories import Clock
    from tests.http.front_ends import Serve, Start

VIEWS: dict[str, Any] = {"metrics": ["page_views"], "period": "today"}
FUNNEL: dict[str, Any] = {"steps": [{"filters": [where("page", "/")]}, {"filters": [where("page", "/cart")]}]}
ASKED: dict[str, dict[str, Any]] = {
    "/api/query": {**VIEWS, "dimensions": ["day"], "compare": "previous"},
    "/api/query/funnel": FUNNEL,
    "/api/query/retention": {"interval": "day", "later": 2},
    "/api/query/journey": {"page": "/"},
    "/api/query/page": {"page": "/"},
}
REPORTS = [
    *(f"{route}?q={json.dumps(question)}" for route, question in ASKED.items()),
    "/api/stats?period=7d&compare=previous",
    "/api/statistics/hourly",
    "/api/statistics/pages",
    "/api/statistics/summary",
    "/api/statistics/referrers",
    "/api/statistics/goals",
    "/api/ledger",
    "/api/goals",
    "/api/funnels",
    "/api/segments",
    "/api/sites",
]
OF_EVENTS = [each for each in REPORTS if each not in {"/api/goals", "/api/funnels", "/api/segments"}]
NOW = ["/api/realtime", "/api/sessions/active", "/api/sessions/s1", "/api/sessions/s1/events"]


class CountingStore(MemoryStore):
    """Counts what it is asked by reports."""

    asked = 0

    def run(self, question: Question[R]) -> R:
        self.asked += 1
        return super().run(question)

    def ledger(self, site_id: str | None, period: Period) -> list[LedgerRow]:
        self.asked += 1
        return super().ledger(site_id, period)

    def documents(self, kind: str) -> dict[str, str]:
        self.asked += 1
        return super().documents(kind)


@pytest.fixture
def store() -> CountingStore:
    return CountingStore()


@pytest.fixture
def shop(start: Start, store: CountingStore) -> httpx.Client:
    """A reader of a site with a goal, where somebody was."""
    client = as_reader(start(store))
    collect(client, sent(page="/"), sent(page="/cart", timestamp=NOON + MINUTE))
    save(client, where("page", "/cart"))
    return client


def save(client: httpx.Client, *filters: dict[str, Any], method: str = "POST", route: str = "/api/goals") -> None:
    body = {"name": "Cart", "filters": list(filters)}
    assert client.request(method, route, json=body).status_code == 200


def again(client: httpx.Client, route: str, answer: httpx.Response) -> httpx.Response:
    """Ask as a browser does that kept the answer."""
    return client.get(route, headers={"If-None-Match": answer.headers["etag"]})


@pytest.mark.parametrize(("route", "question"), ASKED.items())
def test_a_question_in_the_address_is_answered_like_one_in_a_body(
    shop: httpx.Client, route: str, question: dict[str, Any]
) -> None:
    answer = shop.get(route, params={"q": json.dumps(question)})
    assert answer.status_code == 200
    assert answer.json() == shop.post(route, json=question).json()


@pytest.mark.parametrize("route", ASKED)
@pytest.mark.parametrize("text", ["{}", "[]", "null", '{"metrics": ["visiters"]}', '{"page": 1}', '{"nonsense": 1}'])
def test_what_is_wrong_with_it_is_told_alike(shop: httpx.Client, route: str, text: str) -> None:
    in_body = shop.post(route, content=text)
    in_address = shop.get(route, params={"q": text})
    assert in_address.status_code == in_body.status_code
    if in_body.status_code != 200:
        assert problem(in_address, 400)["code"] == in_body.json()["code"]
        wrong = [[each["message"] for each in answer.json()["details"]] for answer in (in_address, in_body)]
        assert wrong[0] == wrong[1]
        assert in_address.headers["cache-control"] == "private, no-store, stale-if-error=0"


@pytest.mark.parametrize(("address", "named"), [("", "q"), ("?q=", "q"), ("?q={", "q"), ("?query={}", "query")])
def test_an_address_without_its_question_is_a_400_that_names_it(shop: httpx.Client, address: str, named: str) -> None:
    assert f"arameter {named} " in problem(shop.get(f"/api/query{address}"), 400)["message"]
    problem(shop.get("/api/query?q={}&q={}"), 400)


@pytest.mark.parametrize("route", [*REPORTS, "/api/vocabulary"])
def test_what_has_not_changed_is_not_sent_again(shop: httpx.Client, store: CountingStore, route: str) -> None:
    answer = shop.get(route)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-cache"
    asked = store.asked
    unchanged = again(shop, route, answer)
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged.headers["etag"] == answer.headers["etag"]
    assert unchanged.headers["cache-control"] == "private, no-cache"
    assert store.asked == asked  # and it cost nothing to find out


@pytest.mark.parametrize("tags", ['"other"', 'W/"other", {}', "*", ""])
def test_only_an_answer_that_the_client_names_is_left_out(shop: httpx.Client, tags: str) -> None:
    answer = shop.get("/api/goals")
    tags = tags.format(answer.headers["etag"])
    expected = 304 if answer.headers["etag"] in tags or tags == "*" else 200
    assert shop.get("/api/goals", headers={"If-None-Match": tags}).status_code == expected


@pytest.mark.parametrize("route", OF_EVENTS)
def test_an_event_is_in_the_next_answer(shop: httpx.Client, route: str) -> None:
    answer = shop.get(route)
    collect(shop, sent(page="/", session_id="s2", user_id="bob", timestamp=NOON + 2 * MINUTE))
    changed = again(shop, route, answer)
    # Nobody linked here, and no goal was reached once more than before: their answers are as they were.
    if "referrers" not in route:
        assert changed.status_code == 200
        assert changed.json() != answer.json()


@pytest.mark.parametrize("route", NOW)
def test_what_is_about_now_is_never_kept(shop: httpx.Client, route: str) -> None:
    answer = shop.get(route)
    assert answer.headers["cache-control"] == "private, no-store, stale-if-error=0"
    assert "etag" not in answer.headers


def test_a_refused_or_repeated_event_is_in_the_next_ledger(shop: httpx.Client) -> None:
    def total() -> tuple[int, int, int]:
        found = shop.get("/api/ledger").json()["data"]["total"]
        return found["stored"], found["duplicates"], found["rejected"]

    assert total() == (2, 0, 0)
    once = sent(timestamp=NOON)
    collect(shop, once)
    assert total() == (3, 0, 0)
    collect(shop, once)
    assert total() == (3, 1, 0)
    assert shop.post("/api/events", json=sent(timestamp=1)).status_code == 400
    assert total() == (3, 1, 1)


def test_another_site_s_event_changes_nothing_here(shop: httpx.Client, store: CountingStore) -> None:
    route = f"/api/query?q={json.dumps({**VIEWS, 'site_id': SITE})}"
    answer = shop.get(route)
    collect(shop, sent(site_id="other.example"))
    asked = store.asked
    assert again(shop, route, answer).status_code == 304
    assert store.asked == asked


def test_a_goal_that_is_changed_changes_what_is_asked_by_it(shop: httpx.Client) -> None:
    route = f"/api/query?q={json.dumps({**VIEWS, 'metrics': ['conversions'], 'goal': 'cart'})}"
    answer = shop.get(route)
    assert answer.json()["data"]["rows"][0]["metrics"] == [1]
    save(shop, where("page", "/", "/cart"), method="PUT", route="/api/goals/cart")
    changed = again(shop, route, answer)
    assert changed.json()["data"]["rows"][0]["metrics"] == [2]
    assert shop.delete("/api/goals/cart").status_code == 200
    assert problem(again(shop, route, changed), 404)["code"] == "unknown_goal"


def test_a_site_s_new_time_zone_changes_its_answers(shop: httpx.Client) -> None:
    route = "/api/stats?period=today"
    answer = shop.get(route)
    shop.put(f"/api/sites/{SITE}", json={"timezone": "Asia/Seoul"})
    assert again(shop, route, answer).json()["data"]["timezone"] == "Asia/Seoul"


def test_tomorrow_the_same_question_is_another(shop: httpx.Client, clock: Clock) -> None:
    route = f"/api/query?q={json.dumps(VIEWS)}"
    answer = shop.get(route)
    clock.now = NOON + MINUTE
    assert again(shop, route, answer).status_code == 304
    clock.now = NOON + DAY
    assert again(shop, route, answer).json()["data"]["rows"][0]["metrics"] == [0]


def test_what_is_purged_is_gone_from_the_next_answer(serve: Serve) -> None:
    analytics, client = serve()
    as_reader(client)
    collect(client, sent())
    route = f"/api/query?q={json.dumps(VIEWS)}"
    answer = client.get(route)
    assert answer.json()["data"]["rows"][0]["metrics"] == [1]
    analytics.purge(NOON + 1)
    assert again(client, route, answer).json()["data"]["rows"][0]["metrics"] == [0]


def test_what_is_reprocessed_is_in_the_next_answer(serve: Serve, store: CountingStore) -> None:
    analytics, client = serve(store)
    as_reader(client)
    collect(client, sent(referrer="https://search.naver.com/"))
    route = f"/api/query?q={json.dumps({**VIEWS, 'dimensions': ['source']})}"
    sources = client.get(route)
    assert sources.json()["data"]["rows"][0]["dimensions"] == ["Naver"]
    [arrival] = store._arrivals  # as an older version, which knew of no Naver, would have stored it
    old = arrival.event._replace(context=arrival.event.context._replace(source="search.naver.com"))
    store._arrivals = [arrival._replace(event=old)]
    analytics.purge(0)
    assert again(client, route, sources).json()["data"]["rows"][0]["dimensions"] == ["search.naver.com"]
    analytics.reprocess(lambda *_: None, lambda _: True)
    assert client.get(route).json() == sources.json()


def test_whoever_sends_an_event_and_asks_finds_it_however_many_do(shop: httpx.Client) -> None:
    def visit(number: int) -> None:
        session = f"many{number}"
        question = {**VIEWS, "metrics": ["events"], "filters": [where("prop:who", session)]}
        for step in range(1, 6):
            collect(shop, sent(session_id=session, user_id=session, who=session))
            answer = shop.get("/api/query", params={"q": json.dumps(question)})
            assert answer.json()["data"]["rows"][0]["metrics"] == [step]

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(visit, range(4)))
