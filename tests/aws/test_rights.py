"""Who may do what on AWS: each function what it does, and nothing at all for everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.aws.template import made, of_type, written

if TYPE_CHECKING:
    from collections.abc import Iterator

READ = {"GetItem", "BatchGetItem", "Query"}
WRITE = {"PutItem", "UpdateItem", "BatchWriteItem"}
READABLE = {"SessionsTable": READ, "ActiveSessionsTable": READ, "StatsTable": READ}
WRITABLE = dict.fromkeys(READABLE, READ | WRITE)
# As docs/dynamodb.md has it.
EXPECTED: dict[str, dict[str, set[str]]] = {
    "CollectorRole": {
        "EventsTable": {"PartiQLInsert", "BatchGetItem"},
        "StatsTable": {"GetItem", "Query", "PutItem"},
    },
    "RealtimeRole": {**READABLE, "StatsTable": READ | {"PutItem"}},
    "StatsRole": {**READABLE, "StatsTable": READ | {"PutItem", "BatchWriteItem"}},
    "AggregatorRole": {
        **WRITABLE,
        "SessionsTable": READ | WRITE | {"DeleteItem"},
        "EventsTable": {"DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"},
    },
    "MaintenanceRole": {
        **WRITABLE,
        "SessionsTable": READ | WRITE | {"DeleteItem"},
        "EventsTable": {"BatchGetItem", "DeleteItem"},
    },
}
# Who may write to some partitions only. `?` stands for the separator, which is no printable character.
PARTITIONS = {
    "CollectorRole": {"document?salt", "document?site", "document?dynamodb"},
    "RealtimeRole": {"document?dynamodb"},
    "StatsRole": {
        *(f"document?{kind}" for kind in ("dynamodb", "goal", "funnel", "segment", "site")),
        *("rollup?*", "rollups?*"),
    },
}
WITH_A_STAR = {
    ("AggregatorRole", "dynamodb:ListStreams", "${EventsTable.Arn}/stream/*"),  # IAM has no narrower name for it
    ("PagesPolicy", "s3:GetObject", "${Pages.Arn}/*"),  # all files of a bucket of public files, for CloudFront
}


def statements() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, role in of_type(made(), "AWS::IAM::Role").items():
        for policy in role["Policies"]:
            yield from ((name, each) for each in policy["PolicyDocument"]["Statement"])
    for name, policy in of_type(made(), "AWS::S3::BucketPolicy").items():
        yield from ((name, each) for each in policy["PolicyDocument"]["Statement"])


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def name_of(resource: Any) -> str:
    if "Fn::GetAtt" in resource:
        return str(resource["Fn::GetAtt"][0] if isinstance(resource["Fn::GetAtt"], list) else resource["Fn::GetAtt"])
    return str(resource["Fn::Sub"])


def test_nobody_may_do_everything_or_anything_to_all() -> None:
    found = set()
    for owner, statement in statements():
        assert statement["Effect"] == "Allow"
        assert "NotAction" not in statement
        assert "NotResource" not in statement
        assert statement.get("Principal") != "*"
        for action in listed(statement["Action"]):
            assert "*" not in action, f"{owner} may do {action}"
            for resource in listed(statement["Resource"]):
                assert resource != "*", f"{owner} may do {action} to all"
                if "*" in str(resource):
                    found.add((owner, action, name_of(resource)))
    assert found == WITH_A_STAR


def test_no_role_is_given_somebody_elses_policy() -> None:
    roles = of_type(made(), "AWS::IAM::Role")
    assert set(roles) == set(EXPECTED), "the transform made a role of its own"
    assert not [name for name, role in roles.items() if role.get("ManagedPolicyArns")]


def test_each_function_may_do_what_it_does_on_the_tables() -> None:
    rights: dict[str, dict[str, set[str]]] = {name: {} for name in EXPECTED}
    for owner, statement in statements():
        for action in listed(statement["Action"]):
            service, _, name = action.partition(":")
            if service != "dynamodb" or name == "DescribeTable":
                continue
            for resource in listed(statement["Resource"]):
                table = name_of(resource).removeprefix("${").partition(".")[0]
                rights[owner].setdefault(table, set()).add(name)
    assert rights == EXPECTED


def test_the_collector_and_readers_write_to_partitions_of_their_own_only() -> None:
    for owner, statement in statements():
        actions = set(listed(statement["Action"]))
        if owner not in PARTITIONS or actions.isdisjoint({"dynamodb:PutItem", "dynamodb:BatchWriteItem"}):
            continue
        keys = statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
        assert set(keys) == PARTITIONS[owner]


def test_each_log_is_written_by_its_function_alone() -> None:
    logs = {
        (owner, name_of(statement["Resource"]))
        for owner, statement in statements()
        if "logs:PutLogEvents" in listed(statement["Action"])
    }
    assert logs == {(name, name.replace("Role", "Log")) for name in EXPECTED}


def test_strangers_may_call_the_three_functions_with_an_address_by_that_address_alone() -> None:
    found: dict[str, list[dict[str, Any]]] = {}
    for permission in of_type(made(), "AWS::Lambda::Permission").values():
        if permission["Principal"] == "*":
            limits = {name: value for name, value in permission.items() if name not in ("FunctionName", "Principal")}
            found.setdefault(permission["FunctionName"]["Ref"], []).append(limits)
    # Since October 2025, an address answers 403 unless both are given.
    both = [
        {"Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"},
        {"Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True},
    ]
    assert found == dict.fromkeys(("Collector", "Realtime", "Stats"), both)


def test_functions_have_the_role_that_is_meant_for_them() -> None:
    for name, function in of_type(written(), "AWS::Serverless::Function").items():
        assert name_of(function["Role"]) in {f"{name}Role", f"{name}Role.Arn"}
