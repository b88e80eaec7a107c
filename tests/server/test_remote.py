"""A server whose store is another server: what happens to its events when either of them dies, or the way between."""

from __future__ import annotations

import os
import random
import signal
import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from liveinsight.bootstrap import open_store
from liveinsight.errors import InvalidInput, QueueFull, SettingError, StartError, StoreUnavailable
from liveinsight.ingest.outcome import REJECTED, Tally
from liveinsight.settings import Settings
from liveinsight.store import silence
from liveinsight.store.base import Batch
from liveinsight.store.duckdb import DuckDBStore
from liveinsight.store.memory import MemoryStore
from liveinsight.store.promise import Promise
from liveinsight.store.remote import RemoteStore
from liveinsight.store.remote import server as remote_server
from tests.durability.clients import assert_agrees, finish, start
from tests.factories import NOON, SITE, THAT_DAY, Clock, at, event, put, query, table
from tests.http.messages import collect
from tests.http.messages import sent as sent_at_noon
from tests.server.running import TOKEN, Running
from tests.store.served import TOKEN as SERVED_TOKEN
from tests.store.served import serve
from tests.waiting import free_port, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from liveinsight.store.base import Live, Recorded


def sent(**more: Any) -> dict[str, Any]:
    """An event that happens now."""
    return sent_at_noon(timestamp=time.time_ns() // 1_000_000, **more)


class Servers:
    """Starts servers, again in their folders; none outlives a test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._all: list[Running] = []

    def home(self, *arguments: str) -> Running:
        """The server that has the data."""
        return self._start("home", *arguments)

    def front(self, home: Running, name: str = "front", **settings: str) -> Running:
        """A server without data of its own."""
        return self._start(name, store=home.url, store_token=TOKEN, **settings)

    def _start(self, name: str, *arguments: str, **settings: str) -> Running:
        folder = self._folder / name
        folder.mkdir(exist_ok=True)
        self._all.append(Running(folder, *arguments, rate_limit="0", **settings))
        return self._all[-1]

    def stop(self) -> None:
        for each in reversed(self._all):
            each.stop()


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Servers]:
    servers = Servers(tmp_path)
    yield servers
    servers.stop()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The server that has the data."""
    servers = Servers(tmp_path_factory.mktemp("home"))
    yield servers.home()
    servers.stop()


def test_what_one_server_collects_the_others_report(servers: Servers, home: Running) -> None:
    fronts = [servers.front(home, name, sites="shop.example") for name in ("one", "two")]
    with fronts[0].client() as one, fronts[1].client() as two, home.client() as at_home:
        collect(one, sent(event_id="a", session_id="s"), sent(event_id="b", session_id="s", event_type="click"))
        collect(two, sent(event_id="a", session_id="s"))
        assert at_home.put("/api/sites/shop.example", json={"timezone": "Asia/Seoul"}).status_code == 200
        goal = {"name": "Buy", "filters": [{"dimension": "page", "operator": "is", "values": ["/buy"]}]}
        assert one.post("/api/goals", json=goal).status_code == 200
        for reader in (one, two, at_home):
            assert reader.get("/api/stats?period=24h").json()["data"]["summary"]["events"] == 2
            assert reader.get("/api/realtime").json()["data"]["active_sessions"] == 1
            assert len(reader.get("/api/sessions/s/events/").json()) == 2
            assert reader.get("/api/ledger?period=24h").json()["data"]["total"]["duplicates"] == 1
        assert [each["name"] for each in two.get("/api/goals").json()["data"]["goals"]] == ["Buy"]
        assert one.put("/api/sites/shop.example", json={"retention_days": 9}).status_code == 200
        sites = at_home.get("/api/sites").json()["data"]["sites"]
        assert [each["retention_days"] for each in sites] == [9]
    for each in fronts:
        assert each.stop() == 0
        assert TOKEN not in each.log
    assert TOKEN not in home.log


def test_nothing_is_lost_or_doubled_when_either_server_is_killed(servers: Servers) -> None:
    port = str(free_port())
    home = servers.home("--port", port)
    other = servers.front(home)
    chance = random.Random(1)
    clients, stopping = start(3, lambda: other.url)
    for kill in range(6):
        time.sleep(chance.choice((0.1, 0.3, 1.1)) * chance.random() + 0.05)
        if kill % 3 == 2:
            other.stop(signal.SIGKILL)
            other = servers.front(home)
        else:
            home.stop(signal.SIGKILL)
            home = servers.home("--port", port)
    time.sleep(0.5)
    finish(clients, stopping)
    for each in (home, other):
        with each.client() as reader:
            assert_agrees(reader, clients)
    assert (other.stop(), home.stop()) == (0, 0)


def test_while_the_home_is_away_the_front_says_when_to_come_again(servers: Servers) -> None:
    port = str(free_port())
    home = servers.home("--port", port)
    other = servers.front(home)
    home.stop()
    with other.client() as reader:
        for answer in (
            reader.post("/api/events", json=sent()),
            reader.get("/api/stats?period=24h&site_id=shop.example"),
        ):
            assert answer.status_code == 503
            assert int(answer.headers["Retry-After"]) >= 1
            assert answer.json()["code"] == "store_unavailable"
        home = servers.home("--port", port)
        collect(reader, sent())


def test_a_server_that_is_not_there_or_knows_another_token_is_one_sentence(home: Running) -> None:
    with pytest.raises(StartError, match=r"^No LiveInsight answers at http://127.0.0.1:\d+\. Start it first"):
        open_store(Settings(store=f"http://127.0.0.1:{free_port()}", store_token="x"))
    with pytest.raises(StartError, match="LIVEINSIGHT_STORE_TOKEN must be the admin token there"):
        open_store(Settings(store=home.url, store_token="wrong"))
    with pytest.raises(SettingError, match="LIVEINSIGHT_STORE_TOKEN is empty"):
        open_store(Settings(store=home.url))
    with pytest.raises(SettingError, match="by its address alone") as told:
        open_store(Settings(store="http://:secret@stats.example"))
    assert "secret" not in told.value.message


@pytest.mark.parametrize("path", ["run", "nothing", "documents"])
def test_only_who_knows_the_token_is_answered(home: Running, path: str) -> None:
    url = f"{home.url}/api/store/v1/{path}"
    assert httpx.post(url, json=["salt"], timeout=60).status_code == 401
    with home.client() as reader:
        assert (
            reader.post(url, content='["salt"]', headers={"Content-Type": "text/plain"}).json()["code"]
            == "json_required"
        )
        if path != "documents":
            assert reader.post(url, json=[{"Nothing": []}]).json()["code"] == "invalid_store_request"


class Wire:
    """A way to a server that can break: `lose` answers are cut off after the server has given them."""

    def __init__(self, url: str) -> None:
        self._target = ("127.0.0.1", int(url.rsplit(":", 1)[1].split("/", maxsplit=1)[0]))
        self.lose = 0
        self.lost = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/{url.rsplit('/', 1)[1]}"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        with near, socket.create_connection(self._target) as far:
            asking = threading.Thread(target=self._pass, args=(near, far), daemon=True)
            asking.start()
            self._pass(far, near, are_answers=True)
            asking.join()

    def _pass(self, source: socket.socket, target: socket.socket, *, are_answers: bool = False) -> None:
        with suppress(OSError):
            while part := source.recv(65_536):
                if are_answers and self.lose:
                    self.lose -= 1
                    self.lost += 1
                    break
                target.sendall(part)
        for each in (source, target):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()


@pytest.fixture
def behind() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def wire(behind: MemoryStore) -> Iterator[Wire]:
    wire = Wire(serve(behind, Clock()))
    yield wire
    wire.close()


@pytest.fixture
def store(wire: Wire) -> Iterator[RemoteStore]:
    store = RemoteStore(wire.url, Settings(store_token=SERVED_TOKEN))
    yield store
    store.close()


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_a_request_whose_answer_was_lost_counts_once(
    store: RemoteStore, behind: MemoryStore, wire: Wire, lost: int
) -> None:
    put(store, event(event_id="known"))
    wire.lose = lost
    refused = (Tally(SITE, REJECTED, "too_old", 2),)
    assert put(store, event(event_id="new"), event(event_id="known"), refused=refused) == (["new"], 1)
    assert wire.lost == lost
    rows = {(row.outcome, row.events) for row in behind.ledger(SITE, THAT_DAY)}
    assert rows == {("stored", 2), ("duplicates", 1), (REJECTED, 2)}


def test_a_request_that_is_really_sent_twice_is_counted_twice(store: RemoteStore, behind: MemoryStore) -> None:
    for _ in range(2):
        put(store, event(event_id="x"))
    assert {(row.outcome, row.events) for row in behind.ledger(SITE, THAT_DAY)} == {("stored", 1), ("duplicates", 1)}


def test_a_question_whose_answer_was_lost_is_asked_again(store: RemoteStore, wire: Wire) -> None:
    put(store, event())
    wire.lose = 1
    assert table(store, query("events")) == [(1,)]
    wire.lose = 2
    with pytest.raises(StoreUnavailable):
        store.live(SITE, NOON)


class Silent(MemoryStore):
    """A store that says nothing of who is there, until it wakes."""

    def __init__(self) -> None:
        super().__init__()
        self.wake = threading.Event()
        self.asked: list[str] = []

    def live(self, site_id: str, now: int) -> Live:
        self.asked.append("live")
        self.wake.wait(60)
        return super().live(site_id, now)

    def documents(self, kind: str) -> dict[str, str]:
        self.asked.append(kind)
        return super().documents(kind)


def test_while_a_server_hangs_one_caller_finds_out_and_no_other_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    behind = Silent()
    store = RemoteStore(serve(behind, Clock()), Settings(store_token=SERVED_TOKEN))
    behind.asked.clear()
    monkeypatch.setattr(remote_server, "_SHORT_S", 0.2)
    with pytest.raises(StoreUnavailable):
        store.live(SITE, NOON)
    monkeypatch.setattr(remote_server, "_SHORT_S", 60.0)
    for _ in range(5):
        with pytest.raises(StoreUnavailable):
            store.documents("any")
        with pytest.raises(StoreUnavailable):
            put(store, event())
    until(lambda: behind.asked)  # it was given up before it had come so far, perhaps
    assert behind.asked == ["live"]  # and not twice: it has enough to do
    behind.wake.set()
    later = time.monotonic() + 6
    monkeypatch.setattr(silence, "monotonic", lambda: later)
    assert store.documents("any") == {}
    assert put(store, event(event_id="new")) == (["new"], 0)
    store.close()


def test_a_copy_that_breaks_off_says_so(store: RemoteStore, wire: Wire) -> None:
    put(store, *(event(at(each), event_id=f"e{each}") for each in range(3000)), received_at=at(3000))
    wire.lose = 1
    with pytest.raises(StoreUnavailable):
        list(store.arrivals(SITE))
    assert sum(len(part.events) for part in store.arrivals(SITE)) == 3000


class Busy(MemoryStore):
    """A store that does not take a batch."""

    def record(self, batch: Batch) -> Promise[Recorded]:
        if batch.events[0].event_id == "full":
            raise QueueFull
        if batch.events[0].event_id == "broken":
            broken: Promise[Recorded] = Promise()
            broken.set_exception(StoreUnavailable())
            return broken
        return super().record(batch)


def test_each_request_hears_what_became_of_it() -> None:
    store = RemoteStore(serve(Busy(), Clock()), Settings(store_token=SERVED_TOKEN))
    names = ["a", "full", "b", "broken", "c"]
    waiting = [store.record(Batch(NOON, [event(event_id=name)], [])) for name in names]
    told: list[Any] = []
    for each in waiting:
        try:
            told.append([stored.event_id for stored in each.result(timeout=60).stored])
        except StoreUnavailable as error:
            told.append(error.code)
    assert told == [["a"], "queue_full", ["b"], "store_unavailable", ["c"]]
    store.close()
    with pytest.raises(StoreUnavailable):
        store.record(Batch(NOON, [event()], []))


def test_too_much_that_waits_is_refused_at_once(behind: MemoryStore, wire: Wire) -> None:
    store = RemoteStore(wire.url, Settings(store_token=SERVED_TOKEN, queue_limit=4))
    with pytest.raises(QueueFull):
        store.record(Batch(NOON, [event() for _ in range(4)], []))
    put(store, event())
    store.close()


def test_what_the_home_refuses_is_refused_with_its_words(store: RemoteStore) -> None:
    with pytest.raises(InvalidInput) as told:
        store.reprocess(lambda each: each, keep_filtered=False, progress=lambda *_: None, agree=lambda _: True)
    assert told.value.code == "unsupported_store"


def test_after_a_fork_parent_and_child_go_on(store: RemoteStore, behind: MemoryStore) -> None:
    put(store, event(event_id="before"))
    child = os.fork()
    if not child:
        signal.alarm(60)  # one that hangs shall not be waited for
        status = 1
        with suppress(BaseException):
            put(store, event(event_id="child"))
            status = 0 if table(store, query("events")) >= [(2,)] else 2
        os._exit(status)
    put(store, event(event_id="parent"))
    assert os.waitpid(child, 0)[1] == 0
    assert table(store, query("events")) == [(3,)]


def test_sites_are_copied_from_a_running_server(tmp_path: Path, home: Running) -> None:
    with home.client() as reader:
        collect(reader, *(sent(event_id=name, page_url="https://copied.example/") for name in "ab"))
    source = open_store(Settings(store=home.url, store_token=TOKEN))
    target = DuckDBStore(tmp_path / "copy.duckdb", Settings(), Clock())
    for part in source.arrivals("copied.example"):
        target.restore(part)
    [part] = target.arrivals("copied.example")
    assert sorted(each.event_id for each in part.events) == ["a", "b"]
    source.close()
    target.close()
