"""The command line, as a person types it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from liveinsight import __version__
from liveinsight.bootstrap import open_store
from liveinsight.settings import from_environment
from tests.server.running import Running, command, environment

if TYPE_CHECKING:
    from liveinsight.models.events import StoredEvent

COMMANDS = ["serve", "seed", "ledger", "filtered", "reprocess", "purge", "copy", "token", "aggregate", "tables", "cost"]
WEEK = ("--events", "3000", "--days", "5")


def run(*arguments: str, answer: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        env=environment(**settings),
        input=answer,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


def output(*arguments: str, **settings: str) -> str:
    result = run(*arguments, **settings)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture
def data(tmp_path: Path) -> str:
    return str(tmp_path / "data")


def test_the_version_is_printed() -> None:
    assert output("--version") == f"{__version__}\n"


def test_help_lists_every_command() -> None:
    text = output("--help")
    assert [name for name in COMMANDS if f"\n  {name} " not in text] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_an_example(name: str) -> None:
    assert re.search(rf"Example: .*\bliveinsight {name}", " ".join(output(name, "--help").split()))


def test_help_is_quick_because_it_loads_nothing_heavy() -> None:
    program = "import sys, liveinsight.cli; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    assert {"duckdb", "fastapi", "uvicorn", "pydantic"}.isdisjoint(loaded)


def test_the_token_is_made_once(data: str) -> None:
    token = output("token", "--data", data)
    assert len(token) > 40
    assert output("token", "--data", data) == token


def test_the_token_of_the_settings_wins(data: str) -> None:
    assert output("token", "--data", data, admin_token="mine") == "mine\n"


def test_seeded_visits_are_counted_once(data: str) -> None:
    assert output("seed", *WEEK, "--data", data) == "3,000 events added to demo.example.\n"
    again = output("seed", *WEEK, "--data", data)
    assert again == "0 events added to demo.example. 3,000 were there already.\n"
    assert output("seed", *WEEK, "--data", data, "--seed", "2").startswith("3,000 events added")


def test_the_ledger_shows_what_was_received(data: str) -> None:
    output("seed", *WEEK, "--data", data, "--site", "one.example")
    output("seed", *WEEK, "--data", data, "--site", "two.example")
    rows = {line.split()[0]: line.split()[1:] for line in output("ledger", "--data", data).splitlines() if line.strip()}
    assert rows["one.example"] == ["3,000", "3,000", "0", "0", "0"]
    assert rows["total"] == ["6,000", "6,000", "0", "0", "0"]
    one = json.loads(output("ledger", "--data", data, "--site", "one.example", "--json"))
    assert one["total"]["stored"] == 3000


def test_a_ledger_without_anything_is_all_zeros(data: str) -> None:
    output("seed", *WEEK, "--data", data)
    assert output("ledger", "--data", data, "--site", "other.example").split()[-6:] == [
        "total",
        "0",
        "0",
        "0",
        "0",
        "0",
    ]


@pytest.mark.parametrize("command", [["ledger"], ["filtered"], ["reprocess"], ["purge", "--older-than", "2d"]])
def test_a_folder_without_data_is_no_empty_site(data: str, command: list[str]) -> None:
    refused = run(*command, "--data", data)
    assert refused.returncode == 1
    assert f"There is no data in {data}" in refused.stderr
    assert not Path(data).exists()


def test_purge_asks_first_and_says_what_it_removed(data: str) -> None:
    output("seed", *WEEK, "--data", data)
    refused = run("purge", "--older-than", "2d", "--data", data, answer="n\n")
    assert refused.returncode == 1
    assert "Remove every session that ended before" in refused.stdout + refused.stderr
    removed = output("purge", "--older-than", "2d", "--data", data, "--yes")
    assert removed.startswith("Removed ")
    assert " 0 events" not in removed
    assert "Removed 0 events" in output("purge", "--older-than", "2", "--data", data, "--yes")


def test_one_site_can_be_purged_alone(data: str) -> None:
    for site in ("one.example", "two.example"):
        output("seed", *WEEK, "--data", data, "--site", site)
    removed = output("purge", "--older-than", "2d", "--data", data, "--site", "www.one.example", "--yes")
    assert " 0 events" not in removed
    assert "of www.one.example" in removed
    left = {
        line.split()[0]: int(line.split()[2].replace(",", ""))
        for line in output("ledger", "--data", data).splitlines()[1:]
    }
    assert left["two.example"] == 3000 > left["one.example"]


def test_filtered_events_are_shown_when_they_are_kept(tmp_path: Path) -> None:
    server = Running(tmp_path, keep_filtered="on")
    visit = {"session_id": "s", "timestamp": time.time_ns() // 1_000_000, "event_type": "page_view"}
    for number, agent in enumerate(["Googlebot/2.1 \x1b[2J", "Yeti/1.1"]):
        event = {**visit, "page_url": f"https://shop.example/{number}", "user_agent": agent}
        answer = httpx.post(f"{server.url}/api/events", json=event, timeout=60).raise_for_status()
        assert answer.json()["data"]["filtered"] == 1
    assert server.stop() == 0
    data = str(tmp_path / "data")
    header, *lines = output("filtered", "--data", data).splitlines()
    assert header.split() == ["received", "site", "reason", "page", "user", "agent"]
    assert [line.split()[2:5] for line in lines] == [["shop.example", "bot", "/1"], ["shop.example", "bot", "/0"]]
    assert "Googlebot/2.1 \N{REPLACEMENT CHARACTER}[2J" in lines[1]
    assert len(output("filtered", "--data", data, "--limit", "1").splitlines()) == 2
    assert "No filtered event was kept" in output("filtered", "--data", data, "--site", "other.example")


def test_how_to_keep_filtered_events_is_said_when_there_are_none(data: str) -> None:
    output("seed", *WEEK, "--data", data)
    assert "LIVEINSIGHT_KEEP_FILTERED=on" in output("filtered", "--data", data)
    assert "LIVEINSIGHT_KEEP_FILTERED" not in output("filtered", "--data", data, keep_filtered="on")


def _under_older_rules(data: str) -> None:
    """Seeded visits as an older version, with other lists, would have stored them."""
    output("seed", *WEEK, "--data", data)
    store = open_store(from_environment({}, data=data))
    store.reprocess(_older, keep_filtered=True, progress=lambda *_: None, agree=lambda _: True)
    store.close()


def _older(event: StoredEvent) -> StoredEvent:
    agent = "Googlebot/2.1" if event.event_type == "conversion" else event.user_agent
    return event._replace(user_agent=agent, context=event.context._replace(source="somewhere"))


def test_reprocess_says_what_would_change_asks_and_does_it(data: str) -> None:
    _under_older_rules(data)
    found = output("reprocess", "--data", data, "--dry-run")
    rows = dict(line.rsplit(maxsplit=1) for line in found.splitlines()[:-2])
    bots = int(rows["filtered now: bot"])
    assert bots
    assert rows["events"] == "3,000"
    assert rows["changed"].replace(",", "") == rows["  source"].replace(",", "") == str(3000 - bots)
    assert found.splitlines()[-2:] == [
        "What is filtered now is removed. LIVEINSIGHT_KEEP_FILTERED=on keeps it apart.",
        "Nothing was written.",
    ]
    refused = run("reprocess", "--data", data, answer="n\n")
    assert refused.returncode == 1
    assert "Write these changes?" in refused.stdout + refused.stderr
    written = output("reprocess", "--data", data, "--yes", keep_filtered="on")
    assert written.startswith(found.partition("What is")[0])
    assert written.endswith("Written.\n")
    nothing = output("reprocess", "--data", data)
    assert nothing == "Nothing to change: 3,000 events are as the rules make them.\n"
    total = json.loads(output("ledger", "--data", data, "--json"))["total"]
    assert (total["received"], total["stored"], total["filtered"]) == (3000, 3000 - bots, bots)
    assert len(output("filtered", "--data", data, "--limit", "5000").splitlines()) == bots + 1


@pytest.mark.parametrize("name", ["reprocess", "filtered"])
def test_while_the_server_runs_there_is_one_sentence(tmp_path: Path, name: str) -> None:
    server = Running(tmp_path)
    result = run(name, "--data", str(tmp_path / "data"))
    assert result.returncode == 1
    assert "in use by another LiveInsight" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert server.stop() == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("purge", "--older-than", "soon", "--yes"),
        ("purge", "--older-than", "0d", "--yes"),
        ("ledger", "--period", "1y"),
        ("seed", "--timezone", "Mars/Base"),
        ("token", "--data", "/proc/nowhere"),
    ],
)
def test_what_goes_wrong_is_one_sentence_and_no_traceback(data: str, arguments: tuple[str, ...]) -> None:
    result = run(*arguments, **({} if "--data" in arguments else {"data": data}))
    assert result.returncode == 1
    assert result.stderr.startswith("liveinsight: ")
    assert len(result.stderr.splitlines()) == 1


def test_a_setting_that_cannot_work_names_its_variable(data: str) -> None:
    assert "LIVEINSIGHT_PORT" in run("token", "--data", data, port="eighty").stderr
