"""Which operations of AWS the store calls: no more than the documentation asks leave for, and never a scan."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import boto3
import pytest
from botocore import xform_name

from tests.dynamodb_local import address, fresh_settings

ROOT = Path(__file__).parents[2]
STORE = ROOT / "src" / "liveinsight"
SCANNING = {"scan", "execute_statement", "execute_transaction"}
# The one operation of PartiQL, and the one permission it needs here.
INSERTING = ("batch_execute_statement", "PartiQLInsert")


@cache
def operations() -> dict[str, str]:
    """All there are, as Python calls them, with their names in permissions."""
    found: dict[str, str] = {}
    for service in ("dynamodb", "dynamodbstreams"):
        model = boto3.client(service, region_name="us-east-1").meta.service_model
        found |= {xform_name(name): name for name in model.operation_names}
    return found


@cache
def words() -> set[str]:
    """All texts and attributes in the source: what is called must be among them."""
    found = set()
    for path in STORE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            elif isinstance(node, ast.Attribute):
                found.add(node.attr)
    return found


def test_nothing_in_the_source_can_scan_a_table() -> None:
    assert not SCANNING & words()


def test_the_documentation_names_what_is_called_and_nothing_else() -> None:
    sent = {name for name in words() & operations().keys() if name != INSERTING[0]}
    named = {operations()[name] for name in sent} | {INSERTING[1]}
    rights = (ROOT / "docs" / "dynamodb.md").read_text().split("## What it may do")[1].split("##")[0]
    documented = {each for line in rights.splitlines()[4:] for each in re.findall(r"`(\w+)`", line.split(" | ")[0])}
    assert named == documented


def test_a_scan_by_any_client_of_a_test_is_an_error() -> None:
    address()
    settings = fresh_settings()
    own = boto3.client("dynamodb", region_name="us-east-1", endpoint_url=settings.dynamodb_endpoint)
    with pytest.raises(AssertionError, match="scanned"):
        own.scan(TableName=settings.events_table)
    with pytest.raises(AssertionError, match="scanned"):
        own.execute_statement(Statement=f'SELECT * FROM "{settings.events_table}"')
