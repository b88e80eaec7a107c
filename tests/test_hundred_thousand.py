"""A hundred thousand made-up events: every route against a count of the raw events in plain loops."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from liveinsight.bootstrap import DATABASE
from liveinsight.seed import Plan, batches
from liveinsight.service import Analytics
from liveinsight.settings import Settings
from liveinsight.store.duckdb import DuckDBStore
from tests.http.front_ends import FRONT_ENDS, TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from liveinsight.models.events import StoredEvent

EVENTS, DAYS = 100_000, 30
SITE, OTHER = "demo.example", "other.example"
NOW = int(datetime(2026, 11, 21, 15, 20, 30, tzinfo=UTC).timestamp() * 1000)
HOUR, DAY = 3_600_000, 86_400_000
GAP = 30 * 60 * 1000
PRESENCE = {"heartbeat", "page_exit", "scroll", "web_vital"}


class Facts:
    """The events, and the sessions they make."""

    def __init__(self, events: list[StoredEvent]) -> None:
        self.events = sorted(events, key=lambda each: (each.timestamp, each.event_id))
        self.sessions: list[list[StoredEvent]] = []
        latest: dict[str, list[StoredEvent]] = {}
        for event in self.events:
            session = latest.get(event.session_id)
            if session is None or event.timestamp - session[-1].timestamp > GAP:
                session = latest[event.session_id] = []
                self.sessions.append(session)
            session.append(event)

    def between(self, start: int, end: int) -> list[StoredEvent]:
        return [event for event in self.events if start <= event.timestamp < end]

    def begun(self, start: int, end: int) -> list[list[StoredEvent]]:
        return [session for session in self.sessions if start <= session[0].timestamp < end]


@pytest.fixture(scope="module")
def facts_and_reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Facts, httpx.Client]]:
    folder = tmp_path_factory.mktemp("hundred_thousand")
    settings = Settings(data=str(folder), admin_token=TOKEN)
    store = DuckDBStore(folder / DATABASE, settings, lambda: NOW)
    events: list[StoredEvent] = []
    for site, number in ((SITE, EVENTS), (OTHER, 5000)):
        for batch in batches(Plan(site, number, DAYS, NOW, 1, "UTC")):
            stored = store.record(batch).result(timeout=60).stored
            events += [event for event in stored if event.site_id == SITE]
    analytics = Analytics(store, settings, lambda: NOW)
    with FRONT_ENDS["asgi"](analytics) as reader:
        reader.headers["Authorization"] = f"Bearer {TOKEN}"
        yield Facts(events), reader
    analytics.close()


@pytest.fixture
def facts(facts_and_reader: tuple[Facts, Any]) -> Facts:
    return facts_and_reader[0]


@pytest.fixture
def get(facts_and_reader: tuple[Facts, httpx.Client]) -> Any:
    def ask(path: str, **parameters: Any) -> Any:
        answer = (
            facts_and_reader[1]
            .get(path, params=parameters if "sites" in path else {"site_id": SITE, **parameters})
            .raise_for_status()
            .json()
        )
        return answer["data"] if isinstance(answer, dict) else answer

    return ask


def distinct(events: list[StoredEvent]) -> int:
    return len({event.visitor_id for event in events})


def views(events: list[StoredEvent]) -> list[StoredEvent]:
    return [event for event in events if event.event_type == "page_view"]


def is_bounce(session: list[StoredEvent]) -> bool:
    return len(views(session)) <= 1 and all(event.event_type in PRESENCE | {"page_view"} for event in session)


def summary(facts: Facts, start: int, end: int) -> dict[str, float]:
    events, sessions = facts.between(start, end), facts.begun(start, end)
    converted = [event for event in events if event.event_type == "conversion"]
    return {
        "visitors": distinct(events),
        "sessions": len(sessions),
        "page_views": len(views(events)),
        "events": len(events),
        "bounce_rate": sum(map(is_bounce, sessions)) / len(sessions),
        "avg_duration": sum(each[-1].timestamp - each[0].timestamp for each in sessions) / len(sessions),
        "views_per_session": sum(len(views(each)) for each in sessions) / len(sessions),
        "conversions": len(converted),
        "conversion_rate": distinct(converted) / distinct(events),
    }


def test_the_seed_made_what_was_asked_for(facts: Facts) -> None:
    assert len(facts.events) == EVENTS
    assert {event.event_type for event in facts.events} >= {
        "page_view",
        "click",
        "conversion",
        "heartbeat",
        "page_exit",
    }


def test_stats_and_comparison(facts: Facts, get: Any) -> None:
    midnight = NOW // DAY * DAY + DAY
    data = get("/api/stats", period="7d", compare="previous", limit=10_000)
    start, end = data["from"], data["to"]
    assert (start, end) == (midnight - 7 * DAY, midnight)
    assert data["summary"] == pytest.approx(summary(facts, start, end))
    gone = NOW - NOW % (HOUR // 60) - start
    assert data["comparison"] == pytest.approx(summary(facts, start - 7 * DAY, start - 7 * DAY + gone))
    assert [(row["time"], row["events"], row["visitors"], row["sessions"]) for row in data["timeseries"]] == [
        (
            day,
            len(facts.between(day, day + DAY)),
            distinct(facts.between(day, day + DAY)),
            len(facts.begun(day, day + DAY)),
        )
        for day in range(start, end, DAY)
    ]


@pytest.mark.parametrize(
    ("key", "dimension"),
    [
        ("sources", "source"),
        ("countries", "country"),
        ("browsers", "browser"),
        ("systems", "os"),
        ("devices", "device"),
    ],
)
def test_breakdowns_of_sessions(facts: Facts, get: Any, key: str, dimension: str) -> None:
    data = get("/api/stats", period="30d", limit=10_000)
    visitors: dict[str, set[str]] = defaultdict(set)
    sessions: Counter[str] = Counter()
    for session in facts.sessions:
        value = getattr(session[0].context, dimension)
        inside = [event for event in session if data["from"] <= event.timestamp < data["to"]]
        if inside:
            visitors[value] |= {event.visitor_id for event in inside}
        sessions[value] += data["from"] <= session[0].timestamp < data["to"]
    expected = sorted(
        ((value, len(who), sessions[value]) for value, who in visitors.items()), key=lambda x: (-x[1], x[0])
    )
    assert [(row[dimension], row["visitors"], row["sessions"]) for row in data[key]] == expected


def test_pages_and_conversions(facts: Facts, get: Any) -> None:
    viewed = Counter(event.page for event in views(facts.events))
    expected = sorted(viewed.items(), key=lambda item: (-item[1], item[0]))
    assert [(row["page"], row["views"]) for row in get("/api/statistics/pages/", limit=10_000)] == expected
    data = get("/api/stats", period="30d")
    inside = facts.between(data["from"], data["to"])
    converted = Counter(event.conversion_type for event in inside if event.event_type == "conversion")
    assert {row["conversion_type"]: row["conversions"] for row in data["conversions"]} == converted


@pytest.mark.parametrize(("timezone", "offset"), [("UTC", 0), ("Asia/Seoul", 9 * HOUR), ("Asia/Kolkata", 5.5 * HOUR)])
def test_hourly(facts: Facts, get: Any, timezone: str, offset: float) -> None:
    rows = get("/api/statistics/hourly/", hours=72, timezone=timezone)
    first = int((NOW + offset) // HOUR * HOUR - 71 * HOUR - offset)
    assert [(row["hour"], row["count"], row["page_views"], row["visitors"]) for row in rows] == [
        (
            (datetime.fromtimestamp(start / 1000, UTC) + timedelta(milliseconds=offset)).strftime("%Y-%m-%d %H:00"),
            len(facts.between(start, start + HOUR)),
            len(views(facts.between(start, start + HOUR))),
            distinct(facts.between(start, start + HOUR)),
        )
        for start in range(first, first + 72 * HOUR, HOUR)
    ]


def test_now(facts: Facts, get: Any) -> None:
    active = [each for each in facts.sessions if NOW - each[-1].timestamp <= GAP]
    online = [
        each
        for each in active
        if (quiet := NOW - each[-1].timestamp) <= 5 * 60_000
        and not (each[-1].event_type == "page_exit" and quiet > 10_000)
    ]
    data = get("/api/realtime")
    assert data["active_sessions"] == len(active) > 0
    assert data["online_visitors"] == len({each[-1].visitor_id for each in online}) > 0
    recent = [event for event in facts.events if NOW // 1000 - 300 < event.timestamp // 1000 <= NOW // 1000]
    assert data["last_5_minutes"]["by_type"] == Counter(event.event_type for event in recent)
    listed = get("/api/sessions/active/")
    assert sorted((row["started_at"], row["last_activity"], row["page_views"]) for row in listed) == sorted(
        (each[0].timestamp, each[-1].timestamp, len(views(each))) for each in active
    )


def test_the_events_of_sessions(facts: Facts, get: Any) -> None:
    alone = [each for each in facts.sessions if each[0].session_id.isascii()]
    for session in alone[:: len(alone) // 20]:
        number = [each for each in facts.sessions if each[0].session_id == session[0].session_id].index(session) + 1
        public_id = session[0].session_id + (f".{number}" if number > 1 else "")
        rows = get(f"/api/sessions/{public_id}/events/")
        assert [row["event_id"] for row in rows] == [event.event_id for event in session]


def test_a_question_of_two_dimensions_and_a_filter(facts: Facts, facts_and_reader: Any) -> None:
    body = {
        "site_id": SITE,
        "metrics": ["page_views", "visitors"],
        "dimensions": ["page", "device"],
        "filters": [{"dimension": "source", "operator": "is_not", "values": ["Direct"]}],
        "from": NOW - 10 * DAY,
        "to": NOW,
        "limit": 10_000,
    }
    data = facts_and_reader[1].post("/api/query", json=body).raise_for_status().json()["data"]
    groups: dict[tuple[str, str], list[StoredEvent]] = defaultdict(list)
    for session in facts.sessions:
        if session[0].context.source != "Direct":
            for event in session:
                if NOW - 10 * DAY <= event.timestamp < NOW:
                    groups[event.page, session[0].context.device].append(event)
    expected = sorted(
        ((key, [len(views(events)), distinct(events)]) for key, events in groups.items()),
        key=lambda x: (-x[1][0], x[0]),
    )
    assert [(tuple(row["dimensions"]), row["metrics"]) for row in data["rows"]] == expected
    assert data["total_rows"] == len(expected)


def test_ledger_and_sites(facts: Facts, get: Any) -> None:
    total = get("/api/ledger", period="60d")["total"]
    assert total["received"] == total["stored"] == EVENTS
    assert {row["site_id"]: row["events"] for row in get("/api/sites")["sites"]} == {SITE: EVENTS, OTHER: 5000}
