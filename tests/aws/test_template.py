"""The template says what the code needs. That AWS would take it is what cfn-lint and the SAM transform say."""

from __future__ import annotations

import json
import subprocess
from fnmatch import fnmatch
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from liveinsight.aws.cost import PRICES, Units
from liveinsight.aws.counts import STACK
from liveinsight.aws.opening import FRONT_PROOF
from liveinsight.cli.app import app
from liveinsight.handlers.cloudfront import PROOF
from liveinsight.settings import Settings, variable
from liveinsight.store.dynamodb.schema import TTL, Names, definitions
from liveinsight.wire.files import TRACKER
from scripts.aws_parameters import OF_SETTINGS, typed_parameters
from scripts.aws_tools import ROOT, tool
from scripts.package import ARCHITECTURES, FIRST_PYTHON, LAST_PYTHON, PACKAGES
from tests.aws.template import PATH, made, of_type, written

if TYPE_CHECKING:
    from pathlib import Path

PAGE = ROOT / "docs" / "howto" / "aws.md"
FUNCTIONS = {"Collector", "Realtime", "Stats", "Aggregator", "Maintenance"}
READERS = {"Realtime", "Stats"}
TABLES = Names("EventsTable", "SessionsTable", "ActiveSessionsTable", "StatsTable")


def functions() -> dict[str, dict[str, Any]]:
    return of_type(written(), "AWS::Serverless::Function")


def environment(function: str) -> dict[str, Any]:
    shared = written()["Globals"]["Function"]["Environment"]["Variables"]
    return {**shared, **functions()[function].get("Environment", {}).get("Variables", {})}


def lint(template: Path) -> tuple[int, str]:
    done = subprocess.run([tool("cfn-lint"), template], check=False, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def test_cfn_lint_has_nothing_to_say() -> None:
    assert lint(PATH) == (0, "")


def test_cfn_lint_has_nothing_to_say_of_what_the_transform_makes(tmp_path: Path) -> None:
    as_made, with_a_fault = tmp_path / "made.json", tmp_path / "fault.json"
    as_made.write_text(json.dumps(made()))
    assert lint(as_made) == (0, "")
    # The template as it is written would pass with this: cfn-lint does not look into events of functions.
    with_a_fault.write_text(json.dumps(made()).replace("TRIM_HORIZON", "TRIM"))
    code, said = lint(with_a_fault)
    assert code
    assert "'TRIM'" in said


def test_the_tables_are_those_of_the_code() -> None:
    tables = of_type(written(), "AWS::DynamoDB::Table")
    expected = {each.pop("TableName"): each for each in definitions(TABLES)}
    assert set(tables) == set(expected)
    for name, table in tables.items():
        stream = {"StreamEnabled": True, **table["StreamSpecification"]} if "StreamSpecification" in table else None
        of_code = expected[name]
        assert table["KeySchema"] == of_code["KeySchema"]
        assert table["AttributeDefinitions"] == of_code["AttributeDefinitions"]
        assert table["BillingMode"] == of_code["BillingMode"]
        assert stream == of_code.get("StreamSpecification")
        unknown = of_code.keys() - {"KeySchema", "AttributeDefinitions", "BillingMode", "StreamSpecification"}
        assert not unknown, "the code defines more of a table than this test compares"


@pytest.mark.parametrize("name", TABLES)
def test_each_table_expires_items_and_is_encrypted_and_protected(name: str) -> None:
    table = of_type(written(), "AWS::DynamoDB::Table")[name]
    assert table["TimeToLiveSpecification"] == {"AttributeName": TTL, "Enabled": True}
    assert table["SSESpecification"] == {"SSEEnabled": True}
    assert table["DeletionProtectionEnabled"] == {"Fn::If": ["IsProtected", True, False]}


def test_what_counts_can_be_restored_for_a_week_and_nothing_longer_nor_salts_against_their_owners_will() -> None:
    tables = of_type(written(), "AWS::DynamoDB::Table")
    kept = {name: each["PointInTimeRecoverySpecification"] for name, each in tables.items()}
    never, a_week = (
        {"PointInTimeRecoveryEnabled": False},
        {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 7},
    )
    assert kept == {
        TABLES.events: never,
        TABLES.active: never,
        TABLES.sessions: a_week,
        TABLES.stats: {"Fn::If": ["RecoversStats", a_week, never]},
    }


def test_every_function_is_code_that_its_zip_holds() -> None:
    assert set(functions()) == FUNCTIONS
    zips = {f"{package.name}.zip": package for package in PACKAGES}
    for properties in functions().values():
        module, _, name = properties["Handler"].rpartition(".")
        assert name == "handler"
        assert find_spec(module)
        package = zips[properties["CodeUri"].rpartition("/")[2]]
        assert not module.startswith(tuple(f"liveinsight.{part}" for part in package.without))


def test_functions_are_told_settings_that_exist() -> None:
    known = {variable(name) for name in Settings.__dataclass_fields__} | {FRONT_PROOF, STACK}
    for name in FUNCTIONS:
        assert environment(name).keys() <= known


def test_the_parameters_that_can_be_named_are_those_of_the_template() -> None:
    declared = {name: each["Type"] for name, each in written()["Parameters"].items()}
    assert {**typed_parameters(), "Runtime": "String", "Architecture": "String"} == declared


def test_the_page_tells_of_every_parameter() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [name for name in typed_parameters() if f"`{name}`" not in page] == ["AdminToken"]
    assert "LIVEINSIGHT_ADMIN_TOKEN=" in page


def test_functions_run_on_a_python_that_the_zips_can_be_built_for() -> None:
    pythons = [f"python3.{minor}" for minor in range(FIRST_PYTHON[1], LAST_PYTHON[1] + 1)]
    assert written()["Parameters"]["Runtime"]["AllowedValues"] == ["python3.11", *pythons]
    assert written()["Parameters"]["Runtime"]["Default"] == pythons[-1]


def test_settings_come_from_the_parameters_that_are_checked_as_such() -> None:
    shared = written()["Globals"]["Function"]["Environment"]["Variables"]
    of_parameters = {name: value["Ref"] for name, value in shared.items() if "Ref" in value}
    for parameter, setting in OF_SETTINGS.items():
        assert of_parameters[variable(setting)] == parameter


def test_parameters_begin_as_the_settings_do() -> None:
    for parameter, setting in OF_SETTINGS.items():
        default = getattr(Settings(), setting)
        as_typed = ",".join(default) if isinstance(default, tuple) else str(default)
        assert str(written()["Parameters"][parameter]["Default"]) == as_typed
    assert set(written()["Parameters"]["Architecture"]["AllowedValues"]) == set(ARCHITECTURES)


def test_only_readers_functions_have_the_token_and_nothing_shows_it() -> None:
    assert written()["Parameters"]["AdminToken"]["NoEcho"] is True
    with_token = {name for name in FUNCTIONS if "LIVEINSIGHT_ADMIN_TOKEN" in environment(name)}
    assert with_token == READERS
    assert "AdminToken" not in str(written()["Outputs"])


def test_what_cannot_be_folded_is_cut_in_two_and_in_the_end_put_aside() -> None:
    [source] = of_type(made(), "AWS::Lambda::EventSourceMapping").values()
    assert source["BisectBatchOnFunctionError"] is True
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["StartingPosition"] == "TRIM_HORIZON"
    assert source["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": ["Failures", "Arn"]}
    day = 24 * 3600
    assert (source["MaximumRetryAttempts"], source["MaximumRecordAgeInSeconds"]) == (-1, 6 * 3600)
    assert source["MaximumRecordAgeInSeconds"] < day / 2, "the stream forgets before anybody has repaired it"
    hours_left = (day - source["MaximumRecordAgeInSeconds"]) // 3600
    alarm = written()["Resources"]["AggregatorGaveUp"]["Properties"]["AlarmDescription"]
    assert f"within {hours_left} hours" in alarm
    assert f"so {hours_left} hours are left" in " ".join(PAGE.read_text(encoding="utf-8").split())
    assert source["FilterCriteria"]["Filters"] == [{"Pattern": '{"eventName": ["INSERT"]}'}]


def test_every_log_ends_some_day() -> None:
    logs = of_type(written(), "AWS::Logs::LogGroup")
    assert all(log["RetentionInDays"] == {"Ref": "LogRetentionDays"} for log in logs.values())
    assert {each["LoggingConfig"]["LogGroup"]["Ref"] for each in functions().values()} == set(logs)


def test_what_goes_wrong_rings() -> None:
    alarms = of_type(written(), "AWS::CloudWatch::Alarm").values()
    watched = {(each["MetricName"], each["Dimensions"][0]["Value"].get("Ref", "queue")) for each in alarms}
    assert watched == {
        *(("Url5xxCount", name) for name in ("Collector", *READERS)),
        *(("Errors", name) for name in FUNCTIONS - READERS - {"Collector"}),
        ("Throttles", "Collector"),
        ("IteratorAge", "Aggregator"),
        ("ConsumedWriteCapacityUnits", "EventsTable"),
        ("ApproximateNumberOfMessagesVisible", "queue"),
    }
    assert all(each["AlarmActions"] == [{"Ref": "Alarms"}] and each["AlarmDescription"] for each in alarms)
    assert len(alarms) == Units().alarms, "the estimate has another number"


def test_what_is_gathered_is_not_taken_for_late() -> None:
    seconds = written()["Parameters"]["FoldSeconds"]["MaxValue"]
    assert seconds * 1000 < written()["Resources"]["AggregatorBehind"]["Properties"]["Threshold"] / 2
    for asked, is_taken in ((seconds, True), (seconds + 1, False)):
        done = CliRunner().invoke(app, ["cost", "--events-per-month", "10", "--fold-seconds", str(asked)])
        assert (done.exit_code == 0) == is_taken, "the estimate is of what cannot be set"


def test_stacks_of_an_account_do_not_share_a_name_in_cloudfront() -> None:
    named = {"OriginAccessControl", "CachePolicy", "OriginRequestPolicy", "ResponseHeadersPolicy"}
    for kind in named:
        for properties in of_type(written(), f"AWS::CloudFront::{kind}").values():
            name = properties[f"{kind}Config"]["Name"]["Fn::Sub"]
            assert name.startswith("${AWS::StackName}-${AWS::Region}-")


def test_a_bill_has_an_upper_end() -> None:
    for name in ("Collector", *READERS):
        assert "Fn::If" in functions()[name]["ReservedConcurrentExecutions"]
    for table in of_type(written(), "AWS::DynamoDB::Table").values():
        assert table["OnDemandThroughput"] == {"MaxWriteRequestUnits": {"Ref": "MaxWriteUnits"}}


def test_half_of_the_upper_end_rings() -> None:
    alarm = written()["Resources"]["ManyEvents"]["Properties"]
    units = float(alarm["Threshold"]["Fn::Sub"].replace("${MaxWriteUnits}", "200"))
    assert 0.5 <= units / alarm["Period"] / 200 < 0.6


def test_the_page_says_what_the_upper_end_is() -> None:
    units = written()["Parameters"]["MaxWriteUnits"]["Default"]
    dollars = units * len(TABLES) * 24 * 3600 * PRICES.write_units / 1e6
    assert f"{units} are {dollars:.0f} dollars a day" in PAGE.read_text(encoding="utf-8")
    assert f" {dollars:.0f} dollars a day" in " ".join(written()["Parameters"]["MaxWriteUnits"]["Description"].split())


def test_the_page_says_what_a_flood_costs_besides() -> None:
    a_second = 10 * written()["Parameters"]["CollectorConcurrency"]["Default"]  # as AWS counts for an address
    units = Units()
    kilobytes = units.log_kb * PRICES.logs_gb + units.answer_kb * PRICES.front_gb
    request = (PRICES.front_requests + PRICES.requests + kilobytes) / 1e6 + units.collect_gb_s * PRICES.gb_seconds
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    assert f"so 50 are {a_second} a second, and {a_second * 24 * 3600 * request:.0f} dollars a day" in page


def behaviour(path: str) -> dict[str, Any]:
    """Of CloudFront, for a path."""
    front = written()["Resources"]["Front"]["Properties"]["DistributionConfig"]
    fitting = [each for each in front["CacheBehaviors"] if fnmatch(path, each["PathPattern"])]
    found: dict[str, Any] = fitting[0] if fitting else front["DefaultCacheBehavior"]
    return found


@pytest.mark.parametrize(
    ("path", "origin"),
    [
        ("/", "stats"),
        ("/login", "stats"),
        ("/api/events", "collector"),
        ("/api/events/", "collector"),
        ("/api/realtime/", "realtime"),
        ("/api/live", "stats"),
        ("/api/sessions/active/", "realtime"),
        ("/api/sessions/s1/events/", "stats"),
        ("/api/statistics/hourly/", "stats"),
        ("/api/query", "stats"),
        ("/static/js/liveinsight-tracker.js", "pages"),
        ("/assets/index.js", "pages"),
        ("/healthz", "stats"),
    ],
)
def test_each_address_leads_to_who_answers_it(path: str, origin: str) -> None:
    assert behaviour(path)["TargetOriginId"] == origin


def test_the_collector_hears_who_is_asking_and_how() -> None:
    policy = written()["Resources"]["CollectorRequest"]["Properties"]["OriginRequestPolicyConfig"]
    headers = {name.lower() for name in policy["HeadersConfig"]["Headers"]}
    read = {"user-agent", "sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform", "sec-ch-ua-platform-version"}
    assert headers == read | {f"cloudfront-viewer-{name}" for name in ("address", "country", "country-region")}
    assert len(headers) <= 10, "CloudFront takes no more"


def test_dashboards_share_an_answer_for_as_long_as_nobody_minds_and_by_token() -> None:
    cache = written()["Resources"]["RealtimeCache"]["Properties"]["CachePolicyConfig"]
    key = cache["ParametersInCacheKeyAndForwardedToOrigin"]
    assert 0 < cache["MinTTL"] == cache["MaxTTL"] <= 2
    assert key["CookiesConfig"]["Cookies"] == ["liveinsight"]
    assert key["HeadersConfig"]["Headers"] == ["Authorization"]
    assert key["QueryStringsConfig"] == {"QueryStringBehavior": "all"}


def test_functions_give_up_before_cloudfront_does_and_asks_once_more() -> None:
    front = written()["Resources"]["Front"]["Properties"]["DistributionConfig"]
    waits = {each["Id"]: each["CustomOriginConfig"] for each in front["Origins"] if "CustomOriginConfig" in each}
    start = 10  # seconds that Lambda gives it
    for name in ("Collector", *READERS):
        assert functions()[name]["Timeout"] + start < waits[name.lower()]["OriginReadTimeout"]


def test_what_is_stored_for_nobody_else_is_not_cached() -> None:
    disabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    for path in ("/", "/api/stats", "/api/events", "/login"):
        assert behaviour(path)["CachePolicyId"] == disabled


def test_no_error_is_kept_for_the_next_who_asks() -> None:
    front = written()["Resources"]["Front"]["Properties"]["DistributionConfig"]
    kept = {each["ErrorCode"]: each["ErrorCachingMinTTL"] for each in front["CustomErrorResponses"]}
    # All whose time CloudFront lets one set, but 416, which it never keeps.
    assert kept == dict.fromkeys((400, 403, 404, 405, 414, 500, 501, 502, 503, 504), 0)


def test_only_who_hears_of_the_viewer_from_cloudfront_itself_believes_it() -> None:
    front = written()["Resources"]["Front"]["Properties"]["DistributionConfig"]
    proven = {each["Id"] for each in front["Origins"] if each.get("OriginCustomHeaders")}
    # The others are passed on what a viewer calls CloudFront-Viewer-Address, too.
    behaviours = [front["DefaultCacheBehavior"], *front["CacheBehaviors"]]
    asked_by_policy = {
        each["TargetOriginId"]
        for each in behaviours
        if each.get("OriginRequestPolicyId") == {"Ref": "CollectorRequest"}
    }
    assert proven == asked_by_policy == {"collector"}
    [header] = next(each["OriginCustomHeaders"] for each in front["Origins"] if each["Id"] == "collector")
    proof = environment("Collector")[FRONT_PROOF]
    assert (header["HeaderName"].lower(), header["HeaderValue"]) == (PROOF.decode(), proof)


def test_the_tracker_comes_with_the_headers_that_the_server_gives_it() -> None:
    policy = written()["Resources"]["PagesHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]
    headers = {each["Header"]: each["Value"] for each in policy["CustomHeadersConfig"]["Items"]}
    headers["Access-Control-Allow-Origin"] = policy["CorsConfig"]["AccessControlAllowOrigins"]["Items"][0]
    assert "ContentTypeOptions" in policy["SecurityHeadersConfig"]
    of_server = {name: value for name, value in TRACKER.items() if name != "Cache-Control"}
    assert headers | {"X-Content-Type-Options": "nosniff"} == of_server
