"""`liveinsight copy` as a person runs it: between a DuckDB file and DynamoDB, with everything that a site has."""

from __future__ import annotations

import subprocess
import time
from math import isclose
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.independent.asked import DAYS, END, SITE, reports
from liveinsight.bootstrap import open_store
from liveinsight.ingest.outcome import FILTERED, REJECTED, Tally
from liveinsight.models.events import FilteredEvent
from liveinsight.questions.period import EVER
from liveinsight.seed import Plan, batches
from liveinsight.service import now_ms
from liveinsight.settings import Settings, variable
from liveinsight.stats.filtered import FilteredEvents
from liveinsight.stats.period import DAY_MS, HOUR_MS
from liveinsight.store.base import Batch
from tests.dynamodb_local import create_tables, fresh_settings, shared_client
from tests.server.running import TOKEN, Running, command, environment

if TYPE_CHECKING:
    from pathlib import Path

    from liveinsight.models.events import StoredEvent
    from liveinsight.store.base import Store

OTHER = "blog.example"
EVENTS = 300
TODAY = str(now_ms() // DAY_MS + 1)  # or tomorrow: what these tests are about stays true after midnight
DOCUMENTS = {
    "site": {SITE: '{"created_at": 1, "timezone": "Asia/Seoul"}'},
    "goal": {f"{SITE}/buy": '{"name": "Buy"}'},
    "funnel": {f"{SITE}/way": '{"name": "Way"}'},
    "segment": {f"{OTHER}/phones": '{"name": "Phones"}'},
    "salt": {TODAY: "00ff", str(int(TODAY) - 9): "ff00"},
}


class Tables:
    """DynamoDB tables of one test, as the command finds them."""

    def __init__(self) -> None:
        self.settings = fresh_settings(raw_event_hours=24)
        create_tables(self.settings)
        names = ["aws_region", "dynamodb_endpoint", "events_table", "sessions_table"]
        names += ["active_sessions_table", "stats_table", "dynamodb_lanes"]
        self.environment = {variable(name): str(getattr(self.settings, name)) for name in names}

    def events(self) -> int:
        """How many have been written."""
        table = shared_client("dynamodb").describe_table(TableName=self.settings.events_table)
        return int(table["Table"]["ItemCount"])

    def run(self, *arguments: str, answer: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command("copy", *arguments),
            env={**environment(), **self.environment},
            input=answer,
            check=False,
            capture_output=True,
            text=True,
            timeout=200,
        )

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command("copy", *arguments),
            env={**environment(), **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )


@pytest.fixture
def tables() -> Tables:
    return Tables()


def fill(store: Store, events: int = EVENTS) -> None:
    """Made-up visits of two sites, late and repeated events, refused ones, kept ones; goals and the like."""
    visits = [
        batch for site in (SITE, OTHER) for batch in batches(Plan(site, events // (1 + (site == OTHER)), DAYS, END))
    ]
    first = [event for batch in visits for event in batch.events][:: 1 + events // 200]
    for batch in visits:
        store.record(batch._replace(events=[each for each in batch.events if each not in first])).result(60)
    store.record(Batch(END, [each._replace(received_at=END) for each in first], [])).result(60)  # they were late
    store.record(Batch(END + 1, [each._replace(received_at=END + 1) for each in first[:30]], [])).result(60)
    bots = [_bot(each, number) for number, each in enumerate(first[:40])]
    refused = [Tally(each.event.site_id, FILTERED, each.reason, 1) for each in bots]
    refused += [Tally(SITE, REJECTED, "too_old", 7), Tally("(unknown)", REJECTED, "invalid_json", 2)]
    store.record(Batch(END - HOUR_MS, [], refused, bots)).result(60)
    for kind, documents in DOCUMENTS.items():
        for key, text in documents.items():
            store.put_document(kind, key, text)


def _bot(event: StoredEvent, number: int) -> FilteredEvent:
    reason = ("bot", "tool")[number % 2]
    return FilteredEvent(reason, event._replace(event_id=f"bot{number // 3}", received_at=END - HOUR_MS))


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a file with everything in it; nobody changes it."""
    url = f"duckdb:///{tmp_path_factory.mktemp('origin') / 'liveinsight.duckdb'}"
    store = open_store(Settings(store=url))
    fill(store)
    store.close()
    return url


@pytest.fixture(scope="module")
def expected(origin: str) -> dict[str, Any]:
    return all_of(origin)


def all_of(url: str, settings: Settings | None = None) -> dict[str, Any]:
    """Every report that a dashboard asks, the ledger, what was kept, the documents."""
    store = open_store(settings or Settings(store=url))
    try:
        told = {report.name: report.ask(store) for report in reports(*_regular(store))}
        told["ledger"] = store.ledger(None, EVER)
        kept = store.run(FilteredEvents(site_id=None, period=EVER, limit=10_000))
        told["kept"] = sorted(kept, key=repr)  # equal ids have no order
        return {**told, **{kind: store.documents(kind) for kind in DOCUMENTS}}
    finally:
        store.close()


def _regular(store: Store) -> tuple[str, list[str]]:
    """A visitor, and sessions of his."""
    events = (event for part in store.arrivals(SITE) for event in part.events)
    visitor, session = min((event.visitor_id, event.session_id) for event in events)
    return visitor, [session]


def hold(url: str, expected: dict[str, Any], settings: Settings | None = None) -> None:
    """All is as it should be, in a store that was copied to."""
    told = all_of(url, settings)
    expected = {**expected, "salt": {TODAY: DOCUMENTS["salt"][TODAY]}}  # older ones are to be destroyed
    assert told.keys() == expected.keys()
    assert [name for name in told if not _same(told[name], expected[name])] == []


def _same(one: Any, other: Any) -> bool:
    """Equal, but for what the order of adding up floats makes of them."""
    if isinstance(one, float) and isinstance(other, float):
        return isclose(one, other, rel_tol=1e-9)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)


def test_a_site_goes_to_dynamodb_and_back_and_every_number_stays(
    origin: str, expected: dict[str, Any], tables: Tables, tmp_path: Path
) -> None:
    back = f"duckdb:///{tmp_path / 'back.duckdb'}"
    there = tables.run("--from", origin, "--to", "dynamodb://")
    assert there.returncode == 0, there.stdout + there.stderr
    assert there.stdout.endswith("Copied 3 sites: the totals are the same in both stores.\n")
    lines = [line.split() for line in there.stdout.splitlines()]
    assert [SITE, "from", "to"] in lines
    assert ["events", "300", "300"] in lines
    assert ["rejected", "7", "7"] in lines
    assert f"{SITE}: copying" in there.stderr
    hold("", expected, tables.settings)
    again = tables.run("--from", "dynamodb://", "--to", back)
    assert again.returncode == 0, again.stdout + again.stderr
    hold(back, expected)
    assert all_of(origin) == expected


def test_a_server_whose_store_is_dynamodb_counts_what_it_is_given_once(
    origin: str, expected: dict[str, Any], tables: Tables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in tables.environment.items():
        monkeypatch.setenv(name, value)
    server = Running(tmp_path, store="dynamodb://", aggregate="on", sites="none.example")
    tables.environment["LIVEINSIGHT_STORE_TOKEN"] = TOKEN
    try:
        done = tables.run("--from", origin, "--to", server.url)
        assert done.returncode == 0, done.stdout + done.stderr
    finally:
        server.stop()
    told = all_of("", tables.settings)
    assert [name for name in told if name != "salt" and not _same(told[name], expected[name])] == []


def test_killed_in_the_middle_it_goes_on_where_it_was(origin: str, expected: dict[str, Any], tables: Tables) -> None:
    for written in (30, 180, 380):  # in the first site, in the second one, and nearly done
        with tables.start("--from", origin, "--to", "dynamodb://") as process:
            until = time.monotonic() + 100
            while tables.events() < written:
                assert process.poll() is None, process.communicate()[0].decode()
                assert time.monotonic() < until
                time.sleep(0.01)
            process.kill()
    done = tables.run("--from", origin, "--to", "dynamodb://")
    assert done.returncode == 0, done.stdout + done.stderr
    again = tables.run("--from", origin, "--to", "dynamodb://")
    assert again.returncode == 0, again.stdout + again.stderr
    hold("", expected, tables.settings)


def test_one_site_goes_alone(origin: str, tables: Tables, tmp_path: Path) -> None:
    target = f"duckdb:///{tmp_path / 'target.duckdb'}"
    done = tables.run("--from", origin, "--to", target, "--site", f"www.{OTHER}")
    assert done.stdout.endswith("Copied 1 site: the totals are the same in both stores.\n"), done.stderr
    store = open_store(Settings(store=target))
    assert {row.site_id for row in store.ledger(None, EVER)} == {OTHER}
    assert {kind: store.documents(kind) for kind in DOCUMENTS} == {
        "site": {},
        "goal": {},
        "funnel": {},
        "segment": DOCUMENTS["segment"],
        "salt": {TODAY: "00ff"},
    }
    store.close()


@pytest.fixture
def taken(tmp_path: Path) -> str:
    """A file in which the site has an event already, a goal and today's salt."""
    url = f"duckdb:///{tmp_path / 'taken.duckdb'}"
    store = open_store(Settings(store=url))
    [event, *_] = next(batches(Plan(SITE, 10, 1, END - 30 * DAY_MS))).events
    store.record(Batch(event.received_at, [event], [])).result(60)
    store.put_document("goal", f"{SITE}/buy", '{"name": "Mine"}')
    store.put_document("salt", TODAY, "abcd")
    store.close()
    return url


def test_it_asks_before_it_adds_to_what_is_there(origin: str, tables: Tables, taken: str) -> None:
    refused = tables.run("--from", origin, "--to", taken, answer="n\n")
    assert refused.returncode == 1
    assert f"{taken} has events of its own of {SITE} (1 events)." in refused.stdout
    store = open_store(Settings(store=taken))
    assert sum(row.events for row in store.ledger(None, EVER)) == 1
    store.close()


def test_what_was_there_stays_and_is_why_the_totals_differ(origin: str, tables: Tables, taken: str) -> None:
    for arguments in (["--yes"], []):  # who agreed once is not asked again
        done = tables.run("--from", origin, "--to", taken, *arguments)
        assert done.returncode == 1, done.stderr
        differing = {line.split()[0] for line in done.stdout.splitlines() if line.endswith("  differ")}
        assert {"events", "sessions", "received", "stored"} <= differing
        assert f"The totals of {SITE} differ. {taken} had events of its own." in done.stdout
        assert "has visitor salts of its own for today" in done.stdout
    store = open_store(Settings(store=taken))
    assert store.documents("goal") == {f"{SITE}/buy": '{"name": "Mine"}'}
    assert store.documents("salt") == {TODAY: "abcd"}
    assert sum(row.events for row in store.ledger(SITE, EVER) if row.outcome == "stored") == EVENTS + 1
    store.close()


def test_what_cannot_be_copied_is_one_sentence(origin: str, tables: Tables, tmp_path: Path) -> None:
    missing, new = f"duckdb:///{tmp_path / 'missing.duckdb'}", f"duckdb:///{tmp_path / 'new.duckdb'}"
    for arguments, sentence in {
        (missing, new): f"There is no data in {tmp_path / 'missing.duckdb'}.",
        (origin, origin): f"--from and --to are the same store, {origin}: name two.",
        (origin, "elsewhere://"): "names a store that does not exist: elsewhere.",
        ("dynamodb://", new): "There is nothing to copy in dynamodb://.",
    }.items():
        refused = tables.run("--from", arguments[0], "--to", arguments[1])
        assert (refused.returncode, refused.stdout) == (1, "")
        assert sentence in refused.stderr
        assert refused.stderr.splitlines()[-1].startswith("liveinsight: ")
        assert "Traceback" not in refused.stderr
    unknown = tables.run("--from", origin, "--to", new, "--site", "other.example")
    assert (
        unknown.stderr == f"liveinsight: There is no site other.example in {origin}, but (unknown), {OTHER}, {SITE}.\n"
    )
