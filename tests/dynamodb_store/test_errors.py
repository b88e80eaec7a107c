"""What a person reads when DynamoDB does not do as asked: a sentence at the start, an HTTP answer later."""

from __future__ import annotations

import logging
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from botocore.exceptions import ClientError, NoCredentialsError, PartialCredentialsError, ReadTimeoutError

from liveinsight.bootstrap import open_store
from liveinsight.cli import main
from liveinsight.errors import StartError, StoreUnavailable
from liveinsight.service import Analytics
from liveinsight.settings import Settings
from liveinsight.store.dynamodb import DynamoDBStore, client, creating, health
from liveinsight.store.dynamodb import store as store_module
from liveinsight.store.dynamodb import worker as worker_module
from liveinsight.store.dynamodb.failures import what_failed
from liveinsight.store.dynamodb.following import Following
from liveinsight.store.dynamodb.schema import TTL, definitions, names
from tests.dynamodb_local import create_tables, fresh_settings, shared_client
from tests.dynamodb_store.commands import environment, liveinsight
from tests.dynamodb_store.faulty import SAID, Refusing
from tests.factories import Clock, event, put, query, table
from tests.http.front_ends import FRONT_ENDS, TOKEN, as_reader
from tests.http.messages import problem, sent
from tests.http.schema import violations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

DENIED = "AccessDeniedException"
_ANSWER: Any = {"Error": {"Code": "502"}, "ResponseMetadata": {"HTTPStatusCode": 502}}
BAD_GATEWAY = ClientError(_ANSWER, "PutItem")


@pytest.fixture
def settings() -> Settings:
    settings = fresh_settings(admin_token=TOKEN, sites=("shop.example",))
    create_tables(settings)
    return settings


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "PATIENCE_S", 0.2)


def start_error(settings: Settings, aws: Any = None) -> str:
    """Why the store does not open."""
    with pytest.raises(StartError) as failed:
        DynamoDBStore(settings, Clock(), aws)
    assert SAID not in failed.value.message
    return failed.value.message


@pytest.mark.parametrize("place", range(4))
def test_a_table_that_is_missing_is_named_with_the_command_that_creates_it(settings: Settings, place: int) -> None:
    missing = names(settings)[place]
    shared_client("dynamodb").delete_table(TableName=missing)
    said = f"The table {missing} does not exist: create it with `liveinsight tables create`."
    assert start_error(settings) == said


def test_a_table_of_something_else_is_left_alone(settings: Settings, tmp_path: Path) -> None:
    aws = shared_client("dynamodb")
    aws.delete_table(TableName=settings.stats_table)
    [*_, other] = definitions(names(settings))
    other["KeySchema"][0]["AttributeName"] = other["AttributeDefinitions"][0]["AttributeName"] = "customer"
    aws.create_table(**other)
    said = (
        f"The table {settings.stats_table} has other keys than LiveInsight needs: name another with STATS_TABLE,"
        " then `liveinsight tables create`."
    )
    assert start_error(settings) == said
    made = liveinsight(settings, tmp_path, "tables", "create")
    assert (made.returncode, made.stderr.strip()) == (1, f"liveinsight: {said}")


def test_a_stream_that_is_off_is_said_and_the_command_switches_it_on(tmp_path: Path) -> None:
    settings = fresh_settings()
    for definition in definitions(names(settings)):
        definition.pop("StreamSpecification", None)
        shared_client("dynamodb").create_table(**definition)
    failed = liveinsight(settings, tmp_path, "aggregate")
    assert failed.returncode == 1
    assert failed.stderr.strip() == (
        f"liveinsight: The table {settings.events_table} has no stream, so nothing would count its events:"
        " `liveinsight tables create` switches it on."
    )
    done = liveinsight(settings, tmp_path, "tables", "create")
    assert done.stdout.splitlines() == [f"{name}: completed" for name in names(settings)], done.stderr
    again = liveinsight(settings, tmp_path, "tables", "create")
    assert again.stdout.splitlines() == [f"{name}: exists" for name in names(settings)]
    open_store(settings, Clock()).close()


def test_a_table_that_expires_by_something_else_is_said(settings: Settings) -> None:
    specification = {"Enabled": True, "AttributeName": "other"}
    shared_client("dynamodb").update_time_to_live(TableName=settings.stats_table, TimeToLiveSpecification=specification)
    said = rf"The table {settings.stats_table} expires \(TTL\) by another attribute than ttl.* switch its TTL off"
    with pytest.raises(StartError, match=said):
        creating.create_tables(settings)


def test_a_stream_without_the_items_is_said(settings: Settings) -> None:
    shared_client("dynamodb").delete_table(TableName=settings.events_table)
    events, *_ = definitions(names(settings))
    events["StreamSpecification"]["StreamViewType"] = "KEYS_ONLY"
    shared_client("dynamodb").create_table(**events)
    assert f"The stream of the table {settings.events_table} does not carry new images" in start_error(settings)


def test_tables_that_do_not_expire_are_a_warning(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    specification = {"Enabled": True, "AttributeName": TTL}
    shared_client("dynamodb").update_time_to_live(
        TableName=settings.events_table, TimeToLiveSpecification=specification
    )
    store = open_store(Settings(**{**_fields(settings), "aggregate": True}), Clock())
    store.close()
    warned = [each.getMessage() for each in caplog.records if "does not expire" in each.getMessage()]
    assert [each.split()[2] for each in warned] == list(names(settings)[1:])
    assert all("`liveinsight tables create` switches it on" in each for each in warned)


def _fields(settings: Settings) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in Settings.__dataclass_fields__}


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        ({"describe_table": DENIED}, "AWS does not allow dynamodb:DescribeTable on the table {events}: allow it"),
        ({"get_item": DENIED}, "AWS does not allow dynamodb:GetItem on the table {stats}: allow it"),
        ({"put_item": DENIED}, "AWS does not allow dynamodb:PutItem on the table {stats}: allow it"),
        ({"put_item": "ValidationException"}, "DynamoDB refused PutItem on the table {stats}: ValidationException."),
        ({"describe_table": "UnrecognizedClientException"}, "AWS does not accept these credentials (Unrecognized"),
        ({"describe_table": "ExpiredTokenException"}, "AWS does not accept these credentials (ExpiredToken"),
        ({"describe_table": "ThrottlingException"}, "DynamoDB is asked for more than it allows now"),
        ({"get_item": "InternalServerError"}, "DynamoDB does not answer: check the network"),
        ({"get_item": ReadTimeoutError(endpoint_url="there")}, "DynamoDB does not answer: check the network"),
        ({"describe_table": NoCredentialsError()}, "There are no AWS credentials: set AWS_ACCESS_KEY_ID"),
        (
            {"describe_table": PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY")},
            "AWS credentials lack a part",
        ),
    ],
)
def test_what_aws_refuses_at_the_start_is_a_sentence(
    settings: Settings, refused: dict[str, str | Exception], said: str
) -> None:
    message = start_error(settings, Refusing(shared_client("dynamodb"), refused))
    assert message.startswith(said.format(events=settings.events_table, stats=settings.stats_table))


@pytest.mark.parametrize(
    ("operation", "permission"),
    [("describe_stream", "DescribeStream"), ("query", "Query"), ("update_item", "UpdateItem")],
)
def test_an_aggregator_that_may_not_read_the_stream_does_not_start(
    settings: Settings, operation: str, permission: str
) -> None:
    aws, streams = Refusing(shared_client("dynamodb")), Refusing(shared_client("dynamodbstreams"))
    store = DynamoDBStore(settings, Clock(), aws)
    following = Following(store.open_worker(streams))
    aws.refused[operation] = streams.refused[operation] = DENIED
    with pytest.raises(StartError, match=f"AWS does not allow dynamodb:{permission} on the ") as failed:
        following.start()
    table = settings.events_table if operation == "describe_stream" else settings.stats_table
    assert f"table {table}: allow it" in failed.value.message
    following.stop()
    store.close()


def test_the_command_says_it_in_one_line(settings: Settings, tmp_path: Path) -> None:
    nowhere = {
        "AWS_ACCESS_KEY_ID": "",
        "AWS_SECRET_ACCESS_KEY": "",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
    }
    for changed, said in (
        (nowhere, "There are no AWS credentials"),
        ({"AWS_PROFILE": "nobody"}, "(nobody) could not be found"),
        ({"AWS_ENDPOINT_URL_DYNAMODB": "localhost:8000"}, "AWS_ENDPOINT_URL_DYNAMODB is no address"),
    ):
        for command in (("serve", "--port", "0"), ("aggregate",), ("tables", "create"), ("ledger",)):
            failed = liveinsight(settings, tmp_path, *command, **changed)
            assert failed.returncode == 1, (command, failed.stdout)
            [line] = failed.stderr.strip().splitlines()
            assert line.startswith("liveinsight: "), line
            assert said in line


def test_what_a_command_is_refused_later_is_a_sentence_too(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    aws = Refusing(shared_client("dynamodb"), {"query": DENIED})
    monkeypatch.setattr(store_module, "aws_client", lambda *_: aws)
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["liveinsight", "purge", "--older-than", "9d", "--yes"])
    with pytest.raises(
        SystemExit, match=f"AWS does not allow dynamodb:Query on the table {settings.stats_table}: allow"
    ):
        main()


def test_a_table_that_goes_while_events_come_is_named(
    settings: Settings,
) -> None:
    store = DynamoDBStore(settings, Clock(), shared_client("dynamodb"))
    shared_client("dynamodb").delete_table(TableName=settings.events_table)
    with pytest.raises(ClientError, match=settings.events_table) as refused:
        put(store, event())
    said = f"The table {settings.events_table} does not exist: create it with `liveinsight tables create`."
    assert what_failed(refused.value) == said
    store.close()


def test_an_address_that_is_not_dynamodb_is_a_sentence(settings: Settings) -> None:
    class Page(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>hello</html>")

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        wrong = {**_fields(settings), "dynamodb_endpoint": f"http://127.0.0.1:{server.server_port}"}
        try:
            assert start_error(Settings(**wrong)) == "What answers at AWS_ENDPOINT_URL_DYNAMODB is not DynamoDB."
        finally:
            server.shutdown()
            thread.join()


class Served(NamedTuple):
    """A server, as a reader sees it, and its client of DynamoDB."""

    settings: Settings
    aws: Refusing
    reader: httpx.Client


@pytest.fixture(scope="module")
def one_server() -> Iterator[Served]:
    settings = fresh_settings(admin_token=TOKEN, sites=("shop.example",))
    create_tables(settings)
    aws = Refusing(shared_client("dynamodb"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "PATIENCE_S", 0.2)
        analytics = Analytics(DynamoDBStore(settings, Clock(), aws), settings, Clock())
    with as_reader(FRONT_ENDS["asgi"](analytics)) as reader:
        yield Served(settings, aws, reader)
    analytics.close()


@pytest.fixture
def served(one_server: Served) -> Iterator[Served]:
    yield one_server
    one_server.aws.refused.clear()


def collect_event(reader: httpx.Client) -> httpx.Response:
    return reader.post("/api/events", json=sent())


def ask(reader: httpx.Client) -> httpx.Response:
    return reader.post("/api/query", json={"metrics": ["events"], "period": "today", "site_id": "shop.example"})


def save(reader: httpx.Client) -> httpx.Response:
    return reader.put("/api/sites/shop.example", json={"timezone": None, "retention_days": 30})


def check(reader: httpx.Client) -> httpx.Response:
    return reader.get("/healthz")


CALLS = [
    (collect_event, "batch_execute_statement", "events"),
    (ask, "query", "stats"),
    (save, "put_item", "stats"),
    (check, "get_item", "stats"),
]


@pytest.mark.parametrize(("call", "operation", "_"), CALLS)
@pytest.mark.parametrize(
    ("refused", "code"),
    [
        ("ProvisionedThroughputExceededException", "queue_full"),
        ("ThrottlingException", "queue_full"),
        ("RequestLimitExceeded", "queue_full"),
        ("InternalServerError", "store_unavailable"),
        (ReadTimeoutError(endpoint_url="there"), "store_unavailable"),
        (BAD_GATEWAY, "store_unavailable"),
    ],
    ids=str,
)
def test_what_may_pass_is_503_and_says_when_to_come_again(
    served: Served, call: Any, operation: str, _: str, refused: str | Exception, code: str
) -> None:
    served.aws.refused[operation] = refused
    answer = call(served.reader)
    assert problem(answer, 503)["code"] == code
    assert int(answer.headers["retry-after"]) >= 1
    served.aws.refused.clear()
    assert call(served.reader).status_code == 200


@pytest.mark.parametrize(("call", "operation", "place"), CALLS)
@pytest.mark.parametrize("refused", [DENIED, "ValidationException", "ResourceNotFoundException", "SomethingNew"])
def test_what_will_not_pass_is_500_without_detail_and_logged_with_its_code(  # noqa: PLR0917
    served: Served, call: Any, operation: str, place: str, refused: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    served.aws.refused[operation] = refused
    answer = call(served.reader)
    assert problem(answer, 500)["code"] == "internal_error"
    table = getattr(served.settings, f"{place}_table")
    for detail in (refused, table, "DynamoDB", "arn:aws"):
        assert detail not in answer.text
    assert f"({refused}) when calling the" in caplog.text
    assert table in caplog.text
    assert "secret" not in caplog.text
    assert "arn:aws" not in caplog.text


def test_an_aggregator_that_is_refused_later_says_so_and_goes_on(
    settings: Settings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "_SLOW_S", 60.0)  # a poll has what the shard gives, however busy this machine is
    streams = Refusing(shared_client("dynamodbstreams"))
    store = DynamoDBStore(settings, Clock(), shared_client("dynamodb"))
    worker = store.open_worker(streams)
    worker.tend()
    put(store, event())
    streams.refused["get_records"] = DENIED
    assert worker.poll() == 0
    said = f"AWS does not allow dynamodb:GetRecords on the stream of the table {settings.events_table}: allow it"
    assert said in caplog.text
    streams.refused.clear()
    worker.stop()
    other = store.open_worker(streams)
    other.tend()
    assert other.poll() == 1
    other.stop()
    assert table(store, query("events")) == [(1,)]
    store.close()


def test_monitors_that_wait_do_not_try_one_after_the_other(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_KEPT_S", 600.0)
    aws, tries = Refusing(shared_client("dynamodb"), {"query": "InternalServerError"}), []
    aws.only = lambda asked: not tries.append(asked)  # type: ignore[func-returns-value]
    store = DynamoDBStore(settings, Clock(), aws)
    with pytest.raises(StoreUnavailable):
        store.health()
    made = len(tries)
    with pytest.raises(StoreUnavailable):
        store.health()
    assert len(tries) == made > 0
    store.close()


def test_a_server_without_an_aggregator_is_healthy_and_says_that_nothing_is_counted(served: Served) -> None:
    told = served.reader.get("/healthz")
    assert told.status_code == 200
    document = served.reader.get("/api/openapi.json").json()
    schema = document["paths"]["/healthz"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert violations(told.json(), schema, document) == []
    aggregation = told.json()["aggregation"]
    assert (aggregation["is_running"], aggregation["workers"], aggregation["idle_since"]) == (False, [], None)
    assert "start `liveinsight aggregate`" in aggregation["message"]
