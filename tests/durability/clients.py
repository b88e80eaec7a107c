"""Clients that send and retry like a tracker, and keep count of what was acknowledged to them."""

from __future__ import annotations

import random
import threading
import time
from typing import TYPE_CHECKING, Any

import httpx

from tests.waiting import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Callable

PAGES = ("/", "/pricing", "/docs", "/cart", "/차")
TYPES = ("page_view", "page_view", "click", "heartbeat", "conversion", "page_exit")
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
SITE = "shop.example"


class Client(threading.Thread):
    """Sends small requests until told to stop; every one is repeated until it is answered.

    `address` gives the server's current URL. `acknowledged` holds the events the server said it has, by id, and
    `rejected`, `filtered` how many of the others it was told were refused.
    """

    def __init__(self, name: str, address: Callable[[], str], stopping: threading.Event) -> None:
        super().__init__(name=name, daemon=True)
        self.acknowledged: dict[str, dict[str, Any]] = {}
        self.rejected = self.filtered = self.refused_for_now = 0
        self.problems: list[str] = []
        self._address = address
        self._stopping = stopping
        self._chance = random.Random(name)
        self._sent = 0

    def run(self) -> None:
        with httpx.Client(timeout=30) as http:
            while not self._stopping.is_set():
                self._deliver(http, self._request())

    def _event(self) -> dict[str, Any]:
        self._sent += 1
        return {
            "event_id": f"{self.name}-{self._sent}",
            "session_id": f"{self.name}-{self._chance.randrange(8)}",
            "user_id": self.name,
            "timestamp": time.time_ns() // 1_000_000 - self._chance.randrange(600_000),
            "event_type": self._chance.choice(TYPES),
            "page_url": f"https://{SITE}{self._chance.choice(PAGES)}",
        }

    def _request(self) -> list[dict[str, Any]]:
        """New events, at times with one that is sent once more, one that is not valid, or from a bot."""
        events = [self._event() for _ in range(self._chance.randint(1, 4))]
        if self.acknowledged and self._chance.random() < 0.2:
            events.append(self._chance.choice(list(self.acknowledged.values())))
        if self._chance.random() < 0.1:
            events.append({**self._event(), "page_url": "javascript:void"})
        if self._chance.random() < 0.1:
            events.append({**self._event(), "user_agent": "Googlebot/2.1"})
        return events

    def _deliver(self, http: httpx.Client, events: list[dict[str, Any]]) -> None:
        while True:
            try:
                answer = http.post(f"{self._address()}/api/events", json=events, headers={"User-Agent": BROWSER})
            except httpx.HTTPError:
                time.sleep(0.01)
                continue
            if answer.status_code == 503:
                self.refused_for_now += 1
                if self._stopping.is_set() and self.refused_for_now > 10_000:
                    self.problems.append("503 without end")
                    return
                time.sleep(0.02)
                continue
            if answer.status_code != 200:
                self.problems.append(f"{answer.status_code} {answer.text}")
                return
            self._count(events, answer.json()["data"])
            return

    def _count(self, events: list[dict[str, Any]], data: dict[str, Any]) -> None:
        invalid = [each for each in events if each["page_url"].startswith("javascript")]
        from_bots = [each for each in events if "user_agent" in each]
        good = [each for each in events if each not in invalid and each not in from_bots]
        if data["accepted"] + data["duplicates"] != len(good) or len(data["rejected"]) != len(invalid):
            self.problems.append(f"{events} -> {data}")
        self.rejected += len(invalid)
        self.filtered += data["filtered"]
        self.acknowledged.update({each["event_id"]: each for each in good})


def start(count: int, address: Callable[[], str]) -> tuple[list[Client], threading.Event]:
    """So many clients, sending; `finish` ends them."""
    stopping = threading.Event()
    clients = [Client(f"client{number}", address, stopping) for number in range(count)]
    for client in clients:
        client.start()
    return clients, stopping


def finish(clients: list[Client], stopping: threading.Event) -> None:
    """Let each finish what it has in its hands: what is not answered yet is sent again."""
    stopping.set()
    for client in clients:
        client.join(2 * PATIENCE_S)
        assert not client.is_alive(), f"{client.name} was not answered"


def assert_agrees(reader: httpx.Client, clients: list[Client]) -> None:
    """The server holds exactly what was acknowledged, once; ledger, sessions and totals say the same."""
    for client in clients:
        assert client.problems == []
    sent = {name: event for client in clients for name, event in client.acknowledged.items()}
    sessions = {event["session_id"] for event in sent.values()}
    stored = [
        event["event_id"]
        for session in sorted(sessions)
        for event in reader.get(f"/api/sessions/{session}/events/").raise_for_status().json()
    ]
    assert sorted(stored) == sorted(sent)

    total = reader.get("/api/ledger?period=2d").json()["data"]["total"]
    assert total["stored"] == len(sent)
    # What was counted and then not answered was sent again, and is counted again.
    assert total["rejected"] >= sum(client.rejected for client in clients)
    assert total["filtered"] >= sum(client.filtered for client in clients)
    assert total["received"] == sum(total[outcome] for outcome in ("stored", "duplicates", "filtered", "rejected"))

    summary = reader.get("/api/stats?period=2d").json()["data"]["summary"]
    assert summary["events"] == len(sent)
    assert summary["page_views"] == sum(event["event_type"] == "page_view" for event in sent.values())
    assert summary["conversions"] == sum(event["event_type"] == "conversion" for event in sent.values())
    assert summary["sessions"] == len(sessions)
    assert summary["visitors"] == len(clients)
    assert reader.get("/api/realtime").json()["data"]["active_sessions"] == len(sessions)
