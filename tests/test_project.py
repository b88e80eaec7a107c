"""Promises about the repository itself, which no single module can keep."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import liveinsight

ROOT = Path(__file__).resolve().parent.parent

DATABASES = {"boto3", "botocore", "duckdb"}
FRAMEWORKS = {"django", "fastapi", "mangum", "rest_framework", "starlette", "typer", "uvicorn"}

# Put together here, so that this file does not contain what it forbids.
REGISTRIES = [
    ".".join(host)
    for host in (
        ("pypi", "org"),
        ("files", "pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("deb", "debian", "org"),
    )
]
LOCKED_ADDRESS = re.compile(rb'"resolved":\s*"\w+://')


def committed_files() -> list[Path]:
    """Tracked files, and those that the next `git add .` would track."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"not a git checkout: {error}")
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


@pytest.mark.parametrize("module", ["liveinsight", "liveinsight.service"])
def test_importing_the_core_loads_no_database_and_no_web_framework(module: str) -> None:
    program = f"import sys, {module}; print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    loaded = (DATABASES | FRAMEWORKS).intersection(result.stdout.split())
    assert not loaded, f"import {module} loads {sorted(loaded)}: import them inside the function that needs them"


def test_a_django_site_needs_no_other_web_framework_and_opens_no_store_by_itself() -> None:
    program = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.django_site.settings'; django.setup();"
        "import liveinsight.django.urls; print(*sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    loaded = (DATABASES | FRAMEWORKS - {"django", "rest_framework"}).intersection(result.stdout.split())
    assert not loaded, f"liveinsight.django loads {sorted(loaded)}"


def test_no_committed_file_names_a_package_registry() -> None:
    offenders = []
    for path in committed_files():
        content = path.read_bytes()
        found = [host for host in REGISTRIES if host.encode() in content]
        if LOCKED_ADDRESS.search(content):
            found.append('"resolved" with an address')
        offenders += [f"{path.relative_to(ROOT)}: {name}" for name in found]
    assert not offenders, "name packages and versions only, the registry is the machine's business"


def test_the_version_is_written_in_one_place() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "version" not in project, "pyproject.toml reads the version from src/liveinsight/__init__.py"
    installed = importlib.metadata.version("liveinsight")
    assert installed == liveinsight.__version__, "the installed package is older than the source: run `make setup`"


def test_what_make_setup_installs_is_pinned_by_name_and_version_only() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert pins
    assert [pin for pin in pins if not re.fullmatch(r"[a-z0-9.-]+==[\w.!+]+", pin)] == []
