"""A stack of ours as CloudFormation has it: what it tells, what to do when it is stuck, what the account gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Mapping

# As the template has them.
CONCURRENCY = {"CollectorConcurrency": "50", "ReaderConcurrency": "20"}
PAGES = "PagesBucket"  # an output
TABLES = ("events", "sessions", "active-sessions", "stats")
_UNRESERVED = 100  # Lambda keeps so much of an account's limit for functions that set nothing apart
_NEVER_RAN = {"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"}


def stack_of(cloudformation: Any, name: str) -> dict[str, Any] | None:
    """The stack as CloudFormation describes it, if there is one."""
    try:
        stack: dict[str, Any] = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            return None
        raise
    return None if stack["StackStatus"] in {"REVIEW_IN_PROGRESS", "DELETE_COMPLETE"} else stack


def outputs(stack: dict[str, Any]) -> dict[str, str]:
    """What a stack tells of itself."""
    return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}


def parameters(stack: dict[str, Any]) -> dict[str, str]:
    """What a stack was given; the token as asterisks."""
    return {each["ParameterKey"]: each["ParameterValue"] for each in stack.get("Parameters", [])}


def trouble(stack: dict[str, Any], region: str) -> str | None:
    """Why nothing can be deployed onto a stack, and the commands that help; None if something can."""
    name, status = stack["StackName"], stack["StackStatus"]
    where = f"--stack-name {name} --region {region}"
    if status.endswith("_IN_PROGRESS"):
        return f"The stack {name} is {status}: somebody is changing it. Wait until that is done, and run this again."
    if status == "UPDATE_ROLLBACK_FAILED":
        return _commands(
            f"The stack {name} is {status}: an upgrade failed, and so did the way back. Tables are there. Finish it:",
            f"aws cloudformation continue-update-rollback {where}",
            f"aws cloudformation wait stack-rollback-complete {where}",
        )
    remove = (f"aws cloudformation delete-stack {where}", f"aws cloudformation wait stack-delete-complete {where}")
    if status == "ROLLBACK_COMPLETE":
        return _commands(_never_ran(name, status), *remove)
    if status in _NEVER_RAN:
        return _commands(_never_ran(name, status), *_unprotect(name, region), *remove)
    if status == "DELETE_FAILED":
        bucket = outputs(stack).get(PAGES, "BUCKET")
        return _commands(
            f"The stack {name} is {status}: it was to be deleted, and something was in the way, such as a table that is"
            " protected or a bucket that is not empty. This deletes all numbers that are left:",
            f"aws s3 rm --recursive s3://{bucket} --region {region}",
            *_unprotect(name, region),
            *remove,
        )
    ours = PAGES in outputs(stack)
    return None if ours else f"There is a stack {name}, and it is not LiveInsight's: name another one with --stack."


def _never_ran(name: str, status: str) -> str:
    return (
        f"The stack {name} is {status}: its first deployment failed (its events in CloudFormation say why), so it has"
        " never run and has no numbers. It can only be removed; commands on what is not there any more may fail:"
    )


def _unprotect(name: str, region: str) -> list[str]:
    return [
        f"aws dynamodb update-table --table-name {name}-{table} --no-deletion-protection-enabled --region {region}"
        for table in TABLES
    ]


def _commands(sentence: str, *commands: str) -> str:
    return "\n".join([sentence, *(f"    {each}" for each in commands), "Then run make deploy again."])


def affordable(account: Mapping[str, Any], before: Mapping[str, str], asked: Mapping[str, str]) -> dict[str, str]:
    """Concurrency parameters for an account that cannot set apart what is wanted; none for one that can.

    account: what Lambda's GetAccountSettings answers. before: the parameters of the stack, empty for a new one.
    """
    wanted = _set_apart({**CONCURRENCY, **before, **asked})
    free = account["AccountLimit"]["UnreservedConcurrentExecutions"] - _UNRESERVED
    if wanted <= free + (_set_apart(before) if before else 0):
        return {}
    return dict.fromkeys(CONCURRENCY, "0") if wanted else {}


def _set_apart(given: Mapping[str, str]) -> int:
    collector, reader = (int(given.get(name, 0)) for name in CONCURRENCY)
    return collector + 2 * reader
