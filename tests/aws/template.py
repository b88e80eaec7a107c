"""infra/template.yaml, read."""

from __future__ import annotations

import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from scripts.aws_tools import ROOT, tool

PATH = ROOT / "infra" / "template.yaml"
_MISSING = "The AWS tools are not installed: `make test` does it, or scripts/aws_tools.py"
_SYNTHESIZE = Path(__file__).with_name("synthesize.py")


@cache
def _both() -> dict[str, Any]:
    if not tool("python").exists():
        pytest.fail(_MISSING)
    region = {**os.environ, "AWS_DEFAULT_REGION": "eu-central-1"}
    done = subprocess.run([tool("python"), _SYNTHESIZE, PATH], check=True, stdout=subprocess.PIPE, env=region)
    both: dict[str, Any] = json.loads(done.stdout)
    return both


def written() -> dict[str, Any]:
    """As we wrote it; functions of CloudFormation as their long names."""
    template: dict[str, Any] = _both()["written"]
    return template


def made() -> dict[str, Any]:
    """As the SAM transform makes it."""
    template: dict[str, Any] = _both()["made"]
    return template


def of_type(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    """The properties of all resources of a type, by name."""
    resources = template["Resources"].items()
    return {name: each.get("Properties", {}) for name, each in resources if each["Type"] == kind}
