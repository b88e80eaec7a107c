"""A store that hangs: the site goes on, and who sends is told to come again."""

from __future__ import annotations

import socket
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client, override_settings

from liveinsight.bootstrap import open_store
from liveinsight.django import running, waiting
from liveinsight.django.running import Home, release, use
from liveinsight.errors import StartError, StoreUnavailable
from liveinsight.service import Analytics, now_ms
from liveinsight.settings import Settings
from liveinsight.store import silence
from liveinsight.store.memory import MemoryStore
from liveinsight.store.remote import server
from liveinsight.store.remote.server import Server
from tests.django_site.stores import HangingStore
from tests.factories import Clock
from tests.store.served import TOKEN, serve
from tests.waiting import PATIENCE_S, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from liveinsight.stats.question import Question, R


class SlowStore(MemoryStore):
    """Answers no report before `go_on` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = Event()
        self.asked = 0

    def run(self, question: Question[R]) -> R:
        self.asked += 1
        self.go_on.wait(PATIENCE_S)
        return super().run(question)


@contextmanager
def using(store: MemoryStore) -> Iterator[None]:
    use(Home(Analytics(store, Settings())))
    try:
        yield
    finally:
        release()


def send(client: Client) -> Any:
    """A page view, as the tracker sends it."""
    event = {"session_id": "s", "timestamp": now_ms(), "event_type": "page_view", "page_url": "http://a.example/"}
    return client.post("/analytics/api/events", event, content_type="application/json")


@pytest.mark.parametrize("body", [b'{"page_url": "http://a.example/"}', b"x" * (1024 * 1024 + 1)])
def test_the_collector_does_not_wait_for_ever(client: Client, monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    monkeypatch.setattr(waiting, "_PATIENCE_S", 0.01)
    with using(HangingStore()):
        answer = client.post("/analytics/api/events", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
    assert answer["Retry-After"] == "10"


def test_while_the_store_hangs_one_request_finds_out_and_no_other_waits(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "_PATIENCE_S", 0.01)
    now = 0.0
    monkeypatch.setattr(silence, "monotonic", lambda: now)
    store = HangingStore()
    with using(store):
        assert [send(client).status_code for _ in range(20)] == [503] * 20
        assert store.asked == 1
        now += 6
        assert [send(client).status_code for _ in range(20)] == [503] * 20
        assert store.asked == 2
        store.wake()
        now += 6
        assert [send(client).status_code for _ in range(20)] == [200] * 20


def test_no_more_requests_wait_than_may(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "_AT_ONCE", 2)
    monkeypatch.setattr(waiting, "_PATIENCE_S", PATIENCE_S)
    store = HangingStore()
    with using(store):
        threads = [Thread(target=send, args=(Client(),)) for _ in range(2)]
        for thread in threads:
            thread.start()
        while store.asked < len(threads):
            assert all(thread.is_alive() for thread in threads)
            threads[0].join(0.01)
        assert send(client).status_code == 503
        assert store.asked == len(threads)
        store.wake()
        for thread in threads:
            thread.join(PATIENCE_S)
        assert send(client).status_code == 200


def test_a_reader_of_a_store_that_takes_too_long_is_told_when_to_come_again(
    staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_SHORT_S", PATIENCE_S)
    monkeypatch.setattr(waiting, "_PATIENCE_S", PATIENCE_S)
    behind = SlowStore()
    gave_up = 0

    def is_asked_by_one_that_gave_up() -> bool:
        nonlocal gave_up
        answer = staff.get("/analytics/api/statistics/pages/")
        assert (answer.status_code, answer["Retry-After"]) == (503, "10")
        assert "the setting STORE_TIMEOUT" in answer.json()["message"]
        gave_up += 1
        return behind.asked > 0

    remote = {"STORE": serve(behind, Clock()), "STORE_TOKEN": TOKEN, "STORE_TIMEOUT": 0.2, "SITE": "a.example"}
    with override_settings(LIVEINSIGHT=remote):
        try:
            until(is_asked_by_one_that_gave_up)  # a busy machine may give up before the other one has begun
            assert behind.asked <= gave_up  # nobody asks twice
            assert send(staff).status_code == 200  # one slow report is nobody else's matter
        finally:
            behind.go_on.set()
        monkeypatch.setattr(Server, "_patience_with", lambda *_: PATIENCE_S)
        assert staff.get("/analytics/api/statistics/pages/").status_code == 200


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
    monkeypatch.setattr(running, "_REMEMBER_S", PATIENCE_S)
    monkeypatch.setattr(server, "_SHORT_S", PATIENCE_S)
    failed: list[StoreUnavailable] = []

    def first() -> None:
        try:
            running.analytics()
        except StoreUnavailable as error:
            failed.append(error)

    with silent() as home, override_settings(LIVEINSIGHT={"STORE": home.url, "STORE_TOKEN": "x" * 32}):
        opening = Thread(target=first)
        opening.start()
        while not home.taken:
            assert opening.is_alive()
            opening.join(0.01)
        refused = send(client)
        assert (refused.status_code, refused["Retry-After"]) == (503, "10")
        assert "still starting" in refused.json()["message"]
        assert client.get("/later/").status_code == 200
        assert len(home.taken) == 1
        home.hang_up()
        opening.join(PATIENCE_S)
        assert len(failed) == 1
        tried = len(home.taken)
        for _ in range(5):  # it is remembered that nobody answers
            refused = send(client)
            assert refused.status_code == 503
            assert "cannot start" in refused.json()["message"]
        assert len(home.taken) == tried
        monkeypatch.setattr(running, "_REMEMBER_S", 0.0)
        running.close()
        assert client.get("/analytics/healthz").status_code == 503
        assert len(home.taken) > tried
