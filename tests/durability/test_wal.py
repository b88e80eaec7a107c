"""A damaged log or journal does not stop the server: the intact prefix opens, and the log says what was lost."""

from __future__ import annotations

import logging
import random
import shutil
from typing import TYPE_CHECKING

import pytest

from liveinsight.errors import StartError
from liveinsight.settings import Settings
from liveinsight.stats.period import Period
from liveinsight.store.duckdb import DuckDBStore, writer
from tests.factories import NOON, SITE, Clock, event, put, query, table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EVENTS = 60
IDS = [f"e{number}" for number in range(EVENTS)]


def _open(folder: Path) -> DuckDBStore:
    return DuckDBStore(folder / "liveinsight.duckdb", Settings(), Clock())


def _send_all(store: DuckDBStore) -> int:
    """Send the same events as every time, one request each; gives how many were new."""
    return sum(len(put(store, event(NOON + number, event_id=each))[0]) for number, each in enumerate(IDS))


def _crash(tmp_path: Path, *, flushed: bool) -> Path:
    """What is on the disk when the process dies after acknowledging every event."""
    store = _open(tmp_path / "running")
    for number, each in enumerate(IDS):
        put(store, event(NOON + number, event_id=each))
        if flushed:
            store.run(query("events"))  # a report: what was recorded goes from the journal into the database
    # Between two writes: a file that is copied while it is written may be torn as no crash tears it.
    store._writer.call(lambda _: shutil.copytree(tmp_path / "running", tmp_path / "crashed"))
    store.close()
    return tmp_path / "crashed"


@pytest.fixture(autouse=True)
def _untidy(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is in the journal stays there until a report is asked, however long a test takes."""
    monkeypatch.setattr(writer, "_WRITE_SECONDS", 3600.0)


@pytest.fixture
def crashed(tmp_path: Path) -> Path:
    """With all events in the database's log."""
    return _crash(tmp_path, flushed=True)


@pytest.fixture
def crashed_early(tmp_path: Path) -> Path:
    """With all events in the journal."""
    return _crash(tmp_path, flushed=False)


def _wal(folder: Path) -> Path:
    return folder / "liveinsight.duckdb.wal"


def _journal(folder: Path) -> Path:
    return folder / "liveinsight.duckdb.journal"


def _kept(store: DuckDBStore) -> list[str]:
    return [each.event_id for each in store.session_events("s", SITE)]


def cut(log: bytearray, chance: random.Random) -> bytearray:
    return log[: chance.randrange(len(log) // 3, len(log))]


def zeroed(log: bytearray, chance: random.Random) -> bytearray:
    tail = chance.randrange(16, len(log) // 2)
    return log[:-tail] + bytes(tail)


def flipped(log: bytearray, chance: random.Random) -> bytearray:
    log[chance.randrange(len(log) // 2, len(log))] ^= 1 << chance.randrange(8)
    return log


def headless(log: bytearray, chance: random.Random) -> bytearray:
    return bytearray(chance.randbytes(64)) + log[64:]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("damage", [cut, zeroed, flipped, headless])
def test_intact_prefix_opens_and_a_retry_brings_back_the_rest(
    crashed: Path, damage: Callable[[bytearray, random.Random], bytearray], seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    log = _wal(crashed)
    log.write_bytes(damage(bytearray(log.read_bytes()), random.Random(seed)))
    damaged = log.read_bytes()
    store = _open(crashed)
    kept = _kept(store)
    assert kept == IDS[: len(kept)]
    ever = Period(0, 2 * NOON)
    assert sum(row.events for row in store.ledger(SITE, ever)) == len(kept)
    warned = any(record.levelno >= logging.WARNING and "log" in record.message for record in caplog.records)
    # Cut between two entries, or without its last event alone, the log looks as if it had ended there.
    assert warned or damage is cut or len(kept) >= EVENTS - 1
    if warned:
        aside = next(crashed.glob("*.damaged-*")).read_bytes()
        assert aside
        assert damaged.endswith(aside)
    assert _send_all(store) == EVENTS - len(kept)
    assert table(store, query("events", "page_views", "sessions", period=ever)) == [(EVENTS, EVENTS, 1)]
    store.close()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("damage", [cut, zeroed, flipped])
def test_a_damaged_journal_gives_back_what_comes_before_the_damage(
    crashed_early: Path,
    damage: Callable[[bytearray, random.Random], bytearray],
    seed: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    journal = _journal(crashed_early)
    journal.write_bytes(damage(bytearray(journal.read_bytes()), random.Random(seed)))
    store = _open(crashed_early)
    kept = _kept(store)
    assert kept == IDS[: len(kept)]
    assert len(kept) < EVENTS
    assert any("journal does not end with a whole record" in record.message for record in caplog.records)
    assert _send_all(store) == EVENTS - len(kept)
    assert table(store, query("events", "sessions", period=Period(0, 2 * NOON))) == [(EVENTS, 1)]
    store.close()


def test_an_untouched_journal_loses_nothing_and_says_nothing(
    crashed_early: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = _open(crashed_early)
    assert _kept(store) == IDS
    store.close()
    assert not caplog.records


def test_a_record_that_is_in_the_tables_already_is_not_counted_again(crashed_early: Path) -> None:
    """As after a crash between the database's commit and the clearing of the journal."""
    journal = _journal(crashed_early).read_bytes()
    store = _open(crashed_early)
    store.close()
    _journal(crashed_early).write_bytes(journal)
    store = _open(crashed_early)
    assert _kept(store) == IDS
    assert sum(row.events for row in store.ledger(SITE, Period(0, 2 * NOON))) == EVENTS
    store.close()


def test_untouched_log_loses_nothing_and_says_nothing(crashed: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = _open(crashed)
    assert _kept(store) == IDS
    store.close()
    assert not caplog.records
    assert not list(crashed.glob("*.damaged-*"))


def test_a_log_that_cannot_be_read_just_now_is_left_alone(crashed: Path) -> None:
    log = _wal(crashed).read_bytes()
    with pytest.raises(StartError, match="cannot be opened"):
        DuckDBStore(crashed / "liveinsight.duckdb", Settings(memory_limit="1MB"), Clock())
    assert _wal(crashed).read_bytes() == log
    store = _open(crashed)
    assert _kept(store) == IDS
    store.close()


def test_damaged_database_file_is_one_clear_sentence(crashed: Path) -> None:
    database = crashed / "liveinsight.duckdb"
    database.write_bytes(b"\0" * 4096 + database.read_bytes()[4096:])
    with pytest.raises(StartError, match=r"liveinsight\.duckdb cannot be opened"):
        _open(crashed)
