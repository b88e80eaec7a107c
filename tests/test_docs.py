"""The documents say what the code says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from liveinsight import settings

ROOT = Path(__file__).parents[1]
READMES = ["README.md", "README.ko.md"]
_SETTING = re.compile(r"^\| `(LIVEINSIGHT_\w+)` \| (?:`([^`]*)`|\([^)]*\)) \|", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)#:]+)\)")


@pytest.mark.parametrize("name", READMES)
def test_readme_lists_every_setting_with_its_default(name: str) -> None:
    documented = dict(_SETTING.findall((ROOT / name).read_text(encoding="utf-8")))
    assert documented == {variable: default for variable, default, _ in settings.table()}, (
        f"{name}: its table of settings differs from liveinsight/settings.py"
    )


def test_english_readme_has_the_meanings_of_the_settings() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [meaning for _, _, meaning in settings.table() if meaning not in text] == []


@pytest.mark.parametrize(
    "name",
    [*READMES, "ARCHITECTURE.md", "CONTRIBUTING.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))],
)
def test_links_lead_somewhere(name: str) -> None:
    page = ROOT / name
    targets = _LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_definitions_are_those_of_the_vocabulary() -> None:
    command = [sys.executable, "scripts/definitions.py", "--check"]
    result = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
