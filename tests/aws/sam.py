"""Run in the place of sam: makes a stack with a bucket and the outputs of ours, and writes down what it was asked."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import boto3

from scripts.aws_stack import outputs, stack_of

TEMPLATE: dict[str, dict[str, Any]] = {
    "Parameters": {
        name: {"Type": "String", "Default": "?"} for name in ("DeletionProtection", "Architecture", "Sites")
    },
    "Resources": {"Pages": {"Type": "AWS::S3::Bucket"}},
    "Outputs": {
        "PagesBucket": {"Value": {"Ref": "Pages"}},
        "Dashboard": {"Value": "https://d1.cloudfront.example/"},
        "Tracker": {"Value": "<script>"},
    },
}

if __name__ == "__main__":
    name = sys.argv[sys.argv.index("--stack-name") + 1]
    overrides = sys.argv[sys.argv.index("--parameter-overrides") + 1 :]
    given = {key: value.strip('"') for key, _, value in (each.partition("=") for each in overrides)}
    cloudformation = boto3.client("cloudformation")
    stack = stack_of(cloudformation, name)
    files = boto3.client("s3").list_objects_v2(Bucket=outputs(stack)["PagesBucket"]) if stack else {}
    book = Path(os.environ["SAM_WRITES_TO"])
    line = {"given": given, "files": [each["Key"] for each in files.get("Contents", [])]}
    written = book.read_text().splitlines() if book.exists() else []
    book.write_text("\n".join([*written, json.dumps(line)]))
    if len(written) + 1 == int(os.environ["SAM_FAILS_AT"]):
        sys.exit(1)
    values = {key: given[key] for key in TEMPLATE["Parameters"] if key in given}
    arguments: dict[str, Any] = {
        "StackName": name,
        "TemplateBody": json.dumps(TEMPLATE),
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()],
    }
    if stack:
        kept = [each for each in TEMPLATE["Parameters"] if each not in values]
        arguments["Parameters"] += [{"ParameterKey": key, "UsePreviousValue": True} for key in kept]
        cloudformation.update_stack(**arguments)
    else:
        cloudformation.create_stack(**arguments)
    cloudformation.get_waiter("stack_update_complete" if stack else "stack_create_complete").wait(
        StackName=name, WaiterConfig={"Delay": 1}
    )
