"""The documents say what the code says."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from pathlib import Path

import pytest

from liveinsight import settings
from liveinsight.wire.files import WEB

ROOT = Path(__file__).parents[1]
READMES = ["README.md", "README.ko.md"]
_SETTING = re.compile(r"^\| `([A-Z][A-Z_]+)` \| (?:`([^`]*)`|\([^)]*\)) \|", re.MULTILINE)
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
    [
        *READMES,
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        *(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md")),
    ],
)
def test_links_lead_somewhere(name: str) -> None:
    page = ROOT / name
    targets = _LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_definitions_are_those_of_the_vocabulary() -> None:
    command = [sys.executable, "scripts/definitions.py", "--check"]
    result = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


SCRIPTS = WEB / "static" / "js"
LIMIT = 2000  # bytes of the tracker, gzipped
PARTS_LIMIT = 4000
SLACK = 12  # programs that write gzip differ by a few bytes


def gzipped(name: str) -> int:
    return len(gzip.compress((SCRIPTS / f"liveinsight-{name}.js").read_bytes(), 9, mtime=0))


def test_the_tracker_keeps_to_its_budget() -> None:
    assert gzipped("tracker") <= LIMIT
    assert sum(map(gzipped, ("options", "clicks", "errors", "vitals"))) <= PARTS_LIMIT


@pytest.mark.parametrize("name", READMES)
def test_readme_has_the_sizes_of_the_scripts_that_were_built(name: str) -> None:
    table = (ROOT / name).read_text(encoding="utf-8").partition("<!-- sizes -->")[2].partition("<!-- /sizes -->")[0]
    rows = [row.split(" | ") for row in table.strip().splitlines()]
    tracker = next(int(row[1].strip("*").replace(",", "")) for row in rows if "**LiveInsight" in row[0])
    assert abs(tracker - gzipped("tracker")) <= SLACK
    parts = {row[0].partition("liveinsight-")[2].partition(".js")[0]: row[1] for row in rows if ".js" in row[0]}
    assert set(parts) == {"options", "clicks", "errors", "vitals"}
    for part, size in parts.items():
        assert abs(int(size.replace(",", "")) - gzipped(part)) <= SLACK, "make web writes the table"
