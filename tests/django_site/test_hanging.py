"""A store that hangs: the site goes on, and who sends is told to come again."""

from __future__ import annotations

import socket
from contextlib import contextmanager, suppress
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from django.test import Client, override_settings

from liveinsight.bootstrap import open_store
from liveinsight.django import running
from liveinsight.django.running import Home, release, use
from liveinsight.django.views import collector
from liveinsight.errors import StartError, StoreUnavailable
from liveinsight.service import Analytics, now_ms
from liveinsight.settings import Settings
from liveinsight.store.memory import MemoryStore
from liveinsight.store.promise import Promise
from liveinsight.store.remote import server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from liveinsight.store.base import Batch, Recorded


class HangingStore(MemoryStore):
    """Takes events, and never says what became of them."""

    def record(self, batch: Batch) -> Promise[Recorded]:
        return Promise()


@pytest.mark.parametrize("body", [b'{"page_url": "http://a.example/"}', b"x" * (1024 * 1024 + 1)])
def test_the_collector_does_not_wait_for_ever(client: Client, monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    monkeypatch.setattr(collector, "_PATIENCE_S", 0.01)
    use(Home(Analytics(HangingStore(), Settings())))
    try:
        answer = client.post("/analytics/api/events", body, content_type="application/json")
    finally:
        release()
    assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
    assert answer["Retry-After"] == "10"


class Silent:
    """A server that takes connections and answers nothing, until it hangs up."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.taken: list[socket.socket] = []
        self._hangs_up = False
        Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        with suppress(OSError):  # closed
            while True:
                self.taken.append(self._socket.accept()[0])
                if self._hangs_up:
                    self.taken[-1].close()

    def hang_up(self) -> None:
        """Break off what is there and what comes."""
        self._hangs_up = True
        for each in self.taken:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def close(self) -> None:
        self.hang_up()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@contextmanager
def silent() -> Iterator[Silent]:
    server = Silent()
    try:
        yield server
    finally:
        server.close()


def test_a_server_that_takes_and_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_SHORT_S", 0.01)
    with silent() as home, pytest.raises(StartError, match="No LiveInsight answers"):
        open_store(Settings(store=home.url, store_token="x" * 32))


def test_one_thread_opens_the_store_and_no_other_is_held_up(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_OTHERS_WAIT_S", 0.01)
    failed: list[StoreUnavailable] = []

    def first() -> None:
        try:
            running.analytics()
        except StoreUnavailable as error:
            failed.append(error)

    event = {"session_id": "s", "timestamp": now_ms(), "event_type": "page_view", "page_url": "http://a.example/"}
    with silent() as home, override_settings(LIVEINSIGHT={"STORE": home.url, "STORE_TOKEN": "x" * 32}):
        opening = Thread(target=first)
        opening.start()
        while not home.taken:
            assert opening.is_alive()
            opening.join(0.01)
        refused = client.post("/analytics/api/events", event, content_type="application/json")
        assert (refused.status_code, refused["Retry-After"]) == (503, "10")
        assert "still starting" in refused.json()["message"]
        assert client.get("/later/").status_code == 200
        assert len(home.taken) == 1
        home.hang_up()
        opening.join(60)
        assert len(failed) == 1
        tried = len(home.taken)
        for _ in range(5):  # it is remembered that nobody answers
            refused = client.post("/analytics/api/events", event, content_type="application/json")
            assert refused.status_code == 503
            assert "cannot start" in refused.json()["message"]
        assert len(home.taken) == tried
        monkeypatch.setattr(running, "_REMEMBER_S", 0.0)
        running.close()
        assert client.get("/analytics/healthz").status_code == 503
        assert len(home.taken) > tried
