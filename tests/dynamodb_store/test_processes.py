"""Several processes on the same tables: what one of them does the others find, at once or after their maintenance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from liveinsight.bootstrap import open_store
from liveinsight.service import Analytics
from liveinsight.settings import Settings
from liveinsight.store.cached import CachedStore
from liveinsight.store.dynamodb import DynamoDBStore
from tests.dynamodb_local import create_tables, fresh_settings
from tests.factories import DAY, NOON, Clock
from tests.http.front_ends import FRONT_ENDS, TOKEN, as_reader
from tests.http.messages import collect, sent
from tests.store.settled import SettledStore

if TYPE_CHECKING:
    from collections.abc import Iterator

TODAY = '/api/query?q={"metrics":["events"],"period":"today","site_id":"shop.example"}'


class Store(SettledStore):
    """The others record, too: it looks each time."""

    def settle(self) -> None:
        self._is_settled = False
        super().settle()


class Process:
    """A server on the tables: its service, and a reader's client."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.analytics = Analytics(Store(settings, clock), settings, clock)
        self.client = as_reader(FRONT_ENDS["asgi"](self.analytics))

    def data(self, route: str) -> Any:
        answer = self.client.get(route)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def save(self, route: str, body: dict[str, Any]) -> None:
        answer = self.client.post(route, json=body)
        assert answer.status_code == 200, answer.text

    def events(self) -> dict[str, int]:
        return {each["site_id"]: each["events"] for each in self.data("/api/sites")["sites"]}


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def two(clock: Clock) -> Iterator[tuple[Process, Process]]:
    settings = fresh_settings(sites=("shop.example",), admin_token=TOKEN, retention_days=10)
    create_tables(settings)
    both = Process(settings, clock), Process(settings, clock)
    yield both
    for each in both:
        each.client.close()
        each.analytics.close()


def test_answers_are_kept_only_before_a_store_that_one_process_owns() -> None:
    settings = fresh_settings()
    create_tables(settings)
    for chosen, kind in ((settings, DynamoDBStore), (Settings(store="memory://"), CachedStore)):
        store = open_store(chosen, Clock())
        assert type(store) is kind
        store.close()


def test_what_another_process_collected_is_in_the_next_answer(two: tuple[Process, Process]) -> None:
    one, other = two
    tag = one.client.get(TODAY).headers["ETag"]
    assert one.client.get(TODAY, headers={"If-None-Match": tag}).status_code == 304
    collect(other.client, sent(timestamp=NOON))
    changed = one.client.get(TODAY, headers={"If-None-Match": tag})
    assert (changed.status_code, changed.json()["data"]["rows"]) == (200, [{"dimensions": [], "metrics": [1]}])


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("segments", {"filters": [{"dimension": "device", "operator": "is", "values": ["mobile"]}]}),
        ("goals", {"filters": [{"dimension": "page", "operator": "is", "values": ["/thanks"]}]}),
    ],
)
def test_what_an_owner_saves_is_there_at_once(two: tuple[Process, Process], kind: str, body: dict[str, Any]) -> None:
    one, other = two
    assert other.data(f"/api/{kind}")[kind] == []
    one.save(f"/api/{kind}", {"name": "Mine", **body})
    assert [each["name"] for each in other.data(f"/api/{kind}")[kind]] == ["Mine"]


def test_a_new_site_is_known_everywhere_after_maintenance(two: tuple[Process, Process]) -> None:
    one, other = two
    assert other.events() == {"shop.example": 0}
    one.save("/api/sites", {"site_id": "new.example", "timezone": "Asia/Seoul"})
    collect(one.client, sent(site_id="new.example", timestamp=NOON))
    other.analytics.maintain()
    [new] = [each for each in other.data("/api/sites")["sites"] if each["site_id"] == "new.example"]
    assert (new["events"], new["timezone"], new["saved"]) == (1, "Asia/Seoul", True)
    collect(other.client, sent(site_id="new.example", timestamp=NOON))
    assert one.events() == {"new.example": 2, "shop.example": 0}


def test_a_site_whose_events_others_collected_is_known_after_maintenance(clock: Clock) -> None:
    settings = fresh_settings(admin_token=TOKEN)
    create_tables(settings)
    one, other = Process(settings, clock), Process(settings, clock)
    assert other.analytics.site(None) == ""
    collect(one.client, sent(timestamp=NOON))
    other.analytics.maintain()
    assert other.analytics.site(None) == "shop.example"
    for each in (one, other):
        each.client.close()
        each.analytics.close()


def test_each_site_is_kept_for_its_own_time_whichever_process_purges(
    two: tuple[Process, Process], clock: Clock
) -> None:
    one, other = two
    for site, days in (("short.example", 2), ("ever.example", 0)):
        one.save("/api/sites", {"site_id": site, "retention_days": days})
    for days in (20, 5, 1):
        clock.now = NOON - days * DAY
        for site in ("shop.example", "short.example", "ever.example"):
            collect(one.client, sent(site_id=site, timestamp=clock.now, session_id=f"s{days}"))
    clock.now = NOON
    other.analytics.maintain()
    one.analytics.maintain()
    assert one.events() == other.events() == {"ever.example": 3, "shop.example": 2, "short.example": 1}
