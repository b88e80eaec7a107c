"""`make deploy`: what it gives to sam, and what it says to people."""

from __future__ import annotations

from typing import Any

import pytest

from scripts import deploy
from scripts.aws_stack import CONCURRENCY, TABLES, affordable, trouble
from scripts.package import ARCHITECTURES
from tests.aws.template import of_type, written

REGION = "eu-central-1"


OUTPUTS = [{"OutputKey": "PagesBucket", "OutputValue": "shop-pages-1"}]


def stack(status: str, **told: Any) -> dict[str, Any]:
    return {"StackName": "shop", "StackStatus": status, **told}


def account(limit: int, unreserved: int | None = None) -> dict[str, Any]:
    free = limit if unreserved is None else unreserved
    return {"AccountLimit": {"ConcurrentExecutions": limit, "UnreservedConcurrentExecutions": free}}


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"])
def test_a_stack_that_is_whole_can_be_deployed_onto(status: str) -> None:
    assert trouble(stack(status, Outputs=OUTPUTS), REGION) is None


def test_a_stack_of_something_else_is_left_alone() -> None:
    assert "--stack" in (trouble(stack("UPDATE_COMPLETE"), REGION) or "")


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"])
def test_a_stack_that_never_ran_is_removed_with_commands_that_can_be_copied(status: str) -> None:
    said = trouble(stack(status), REGION) or ""
    assert f"shop is {status}" in said
    assert "as it was before" not in said
    assert f"aws cloudformation delete-stack --stack-name shop --region {REGION}\n" in said
    for table in TABLES:
        command = f"update-table --table-name shop-{table} --no-deletion-protection-enabled --region {REGION}\n"
        assert (command in said) == (status != "ROLLBACK_COMPLETE")


def test_what_is_left_of_a_deletion_is_named() -> None:
    said = trouble(stack("DELETE_FAILED", Outputs=OUTPUTS), REGION) or ""
    assert f"aws s3 rm --recursive s3://shop-pages-1 --region {REGION}\n" in said


def test_an_upgrade_that_could_not_go_back_keeps_its_tables() -> None:
    said = trouble(stack("UPDATE_ROLLBACK_FAILED"), REGION) or ""
    assert f"continue-update-rollback --stack-name shop --region {REGION}" in said
    assert "delete" not in said


def test_who_comes_while_another_deploys_is_told_to_wait() -> None:
    assert "Wait" in (trouble(stack("UPDATE_IN_PROGRESS"), REGION) or "")


def test_the_script_knows_the_template() -> None:
    parameters = written()["Parameters"]
    assert {name: str(parameters[name]["Default"]) for name in CONCURRENCY} == CONCURRENCY
    names = {each["TableName"]["Fn::Sub"] for each in of_type(written(), "AWS::DynamoDB::Table").values()}
    assert names == {"${AWS::StackName}-" + table for table in TABLES}


NONE = dict.fromkeys(CONCURRENCY, "0")


@pytest.mark.parametrize(
    ("limit", "before", "asked", "given"),
    [
        (account(1000), {}, {}, {}),
        (account(190), {}, {}, {}),
        (account(189), {}, {}, NONE),
        (account(10), {}, {}, NONE),
        (account(10), {}, NONE, {}),
        (account(110), {}, {"CollectorConcurrency": "10", "ReaderConcurrency": "0"}, {}),
        (account(1000, 150), {}, {}, NONE),  # others have set theirs apart
        (account(1000, 100), CONCURRENCY, {}, {}),  # its own are set apart already
        (account(1000, 100), CONCURRENCY, {"CollectorConcurrency": "51"}, NONE),
        (account(10), NONE, {}, {}),
    ],
)
def test_functions_are_set_apart_where_the_account_has_enough(
    limit: dict[str, Any], before: dict[str, str], asked: dict[str, str], given: dict[str, str]
) -> None:
    assert affordable(limit, before, asked) == given


def parameters(*arguments: str, before: dict[str, str] | None = None, limit: int = 1000) -> dict[str, str]:
    asked = deploy.read_arguments(["--region", REGION, *arguments])
    return deploy.new_parameters(asked, before or {}, account(limit))


def test_a_small_account_is_told_what_it_does_without(capsys: pytest.CaptureFixture[str]) -> None:
    given = parameters("CollectorConcurrency=30", limit=10)
    assert given["CollectorConcurrency"] == given["ReaderConcurrency"] == "0"
    assert "10 at once" in capsys.readouterr().out


@pytest.mark.usefixtures("without_token")
def test_a_new_stack_has_a_token_that_is_shown_before_anything_can_fail(capsys: pytest.CaptureFixture[str]) -> None:
    token = parameters()["AdminToken"]
    assert len(token) >= 32
    assert token in capsys.readouterr().out


@pytest.mark.usefixtures("without_token")
def test_an_upgrade_keeps_token_and_processor(capsys: pytest.CaptureFixture[str]) -> None:
    given = parameters(before={"AdminToken": "****", "Architecture": "x86_64"})
    assert "AdminToken" not in given
    assert given["Architecture"] == "x86_64"
    assert not capsys.readouterr().out
    assert parameters("--arch", "arm64", before={"Architecture": "x86_64"})["Architecture"] == "arm64"
    assert parameters()["Architecture"] in ARCHITECTURES


def test_a_token_of_ones_own_is_set_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(deploy.TOKEN, "a-token-of-my-own")
    assert parameters(before={"AdminToken": "****"})["AdminToken"] == "a-token-of-my-own"
    assert not capsys.readouterr().out


@pytest.fixture
def without_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(deploy.TOKEN, raising=False)


def test_parameters_stand_anywhere_and_may_be_empty_or_have_spaces() -> None:
    asked = deploy.read_arguments(["Sites=a.example, b.example", "--region", REGION, "DomainName=", "--stack", "shop"])
    assert asked.parameters == {"Sites": "a.example, b.example", "DomainName": ""}
    command = deploy.sam_command(asked.stack, asked.region, asked.parameters | {"TimeZone": 'the "zone"'})
    overrides = command[command.index("--parameter-overrides") + 1 :]
    assert overrides == ['Sites="a.example, b.example"', 'DomainName=""', 'TimeZone="the \\"zone\\""']


@pytest.mark.parametrize("name", ["my_shop", "1shop", "", "s" * 41])
def test_a_stack_that_aws_would_not_make_is_refused_before_anything_is_built(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        deploy.read_arguments(["--region", REGION, "--stack", name])
    assert "letters, digits and hyphens" in capsys.readouterr().err
    longest = "s" * 40
    assert deploy.read_arguments(["--region", REGION, "--stack", longest]).stack == longest
    [access] = of_type(written(), "AWS::CloudFront::OriginAccessControl").values()
    named = access["OriginAccessControlConfig"]["Name"]["Fn::Sub"]
    assert len(named.replace("${AWS::StackName}", longest).replace("${AWS::Region}", "ap-southeast-1")) <= 64


@pytest.mark.parametrize("typed", ["Site=a.example", "Sitess=a.example", "sites=a.example", "Runtime=python3.14"])
def test_a_misspelt_parameter_is_refused_with_those_that_there_are(
    typed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        deploy.read_arguments(["--region", REGION, "Lanes=2", typed])
    said = capsys.readouterr().err.splitlines()[-1]
    assert f"{typed.partition('=')[0]} is no parameter" in said
    assert " AdminToken, Sites, TimeZone, RetentionDays, " in said
    assert "ARCH=" in said


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("TimeZone=Asia/Soul", "not a time zone"),
        ("Lanes=two", "Lanes has to be a whole number"),
        ("ReaderConcurrency=", "a whole number"),
        ("Sites=,", "at least one site"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused(typed: str, reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        deploy.read_arguments(["--region", REGION, typed])
    assert reason in capsys.readouterr().err


def test_a_value_that_sam_would_change_is_refused_without_being_shown() -> None:
    with pytest.raises(SystemExit, match="AdminToken has a backslash") as left:
        deploy.sam_command("shop", REGION, {"AdminToken": "secret\\token"})
    assert "secret" not in str(left.value)


@pytest.mark.parametrize("version", [(3, 11), (3, 14)])
def test_a_python_that_lambda_has_no_packages_for_is_refused(version: tuple[int, int]) -> None:
    with pytest.raises(SystemExit, match=r"3\.12 or 3\.13"):
        deploy.check_tools(version)
