"""Tables: made by a command, missed with a sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from liveinsight.bootstrap import open_dynamodb, open_store
from liveinsight.errors import SettingError, StartError
from liveinsight.settings import Settings, from_environment
from liveinsight.store.dynamodb.client import STREAMS, aws_client
from liveinsight.store.dynamodb.schema import TTL, names
from tests.dynamodb_local import create_tables, fresh_settings, shared_client
from tests.dynamodb_store.commands import AGGREGATE, ended, liveinsight, running
from tests.factories import Clock, event, put, query, table
from tests.waiting import until

if TYPE_CHECKING:
    from pathlib import Path


def test_the_command_creates_what_is_missing_and_leaves_what_is_there(tmp_path: Path) -> None:
    settings = fresh_settings()
    first = liveinsight(settings, tmp_path, "tables", "create")
    assert first.stdout.split() == [word for name in names(settings) for word in (f"{name}:", "created")], first.stderr
    again = liveinsight(settings, tmp_path, "tables", "create")
    assert again.stdout.split() == [word for name in names(settings) for word in (f"{name}:", "exists")]
    for name in names(settings):
        told = shared_client("dynamodb").describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        assert (told["TimeToLiveStatus"], told["AttributeName"]) == ("ENABLED", TTL)
    open_store(settings, Clock()).close()


def test_an_aggregator_of_its_own_folds_until_it_is_stopped_and_logs_no_event() -> None:
    settings = fresh_settings()
    create_tables(settings)
    store = open_store(settings, Clock())
    with running(settings, *AGGREGATE, LIVEINSIGHT_LOG_LEVEL="DEBUG") as process:
        put(store, event(page="/secret"))
        until(lambda: table(store, query("events", by="page")) == [("/secret", 1)])
        told = ended(process)
    store.close()
    assert "secret" not in told.lower()
    assert "AWS4-HMAC" not in told


def test_a_table_that_is_missing_is_named_with_the_command_that_makes_it(tmp_path: Path) -> None:
    settings = fresh_settings()
    failed = liveinsight(settings, tmp_path, "ledger")
    assert failed.returncode != 0
    assert f"The table {settings.events_table} does not exist" in failed.stderr
    assert "liveinsight tables create" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_a_command_that_only_looks_takes_no_part_in_the_work(tmp_path: Path) -> None:
    settings = fresh_settings()
    create_tables(settings)
    assert liveinsight(settings, tmp_path, "ledger", LIVEINSIGHT_AGGREGATE="on").returncode == 0
    store = open_dynamodb(settings, Clock())
    told = store.health()["aggregation"]
    assert (told["is_running"], told["idle_since"]) == (False, None)
    store.close()


def test_nobody_at_the_address_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("liveinsight.store.dynamodb.client.PATIENCE_S", 0.1)
    fresh_settings()  # there are credentials
    settings = Settings(store="dynamodb://", aws_region="us-east-1", dynamodb_endpoint="http://127.0.0.1:9")
    with pytest.raises(StartError, match="DynamoDB does not answer"):
        open_store(settings, Clock())


def test_the_stream_may_have_an_address_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = fresh_settings()
    assert aws_client(settings, STREAMS).meta.endpoint_url == settings.dynamodb_endpoint
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB_STREAMS", "http://127.0.0.1:9")
    assert aws_client(settings, STREAMS).meta.endpoint_url == "http://127.0.0.1:9"
    assert aws_client(settings, "dynamodb").meta.endpoint_url == settings.dynamodb_endpoint


def test_no_region_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(StartError, match="AWS_DEFAULT_REGION"):
        open_store(Settings(store="dynamodb://"), Clock())


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"EVENTS_TABLE": "my events"}, "EVENTS_TABLE cannot be a table: use 3 to 255 letters, digits,"),
        ({"STATS_TABLE": "ab"}, "STATS_TABLE cannot be a table"),
        ({"SESSIONS_TABLE": "all", "STATS_TABLE": "all"}, "STATS_TABLE names the same table as SESSIONS_TABLE"),
    ],
)
def test_a_name_that_no_table_can_have_is_refused_by_its_variable(variables: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingError, match=sentence):
        open_dynamodb(from_environment({"AWS_DEFAULT_REGION": "us-east-1", **variables}), Clock())


def test_the_address_of_the_store_takes_nothing_more() -> None:
    with pytest.raises(SettingError, match="EVENTS_TABLE"):
        open_store(Settings(store="dynamodb://events"), Clock())


def test_the_address_of_the_store_is_written_in_one_way_so_that_nothing_is_copied_into_itself() -> None:
    with pytest.raises(SettingError, match="Use duckdb:///path/to/file, dynamodb://, "):
        open_store(Settings(store="dynamodb"), Clock())


def test_the_first_process_decides_how_many_lanes_there_are() -> None:
    settings = fresh_settings(dynamodb_lanes=3)
    create_tables(settings)
    open_store(settings, Clock()).close()
    again = open_store(replace(settings, dynamodb_lanes=7), Clock())
    assert again.document("dynamodb", "lanes") == "3"
    again.close()
