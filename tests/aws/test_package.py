"""The zips: the same twice, small, and nothing in them that a function does not use."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from scripts.package import PACKAGES, build, report

if TYPE_CHECKING:
    from pathlib import Path


def names(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as packed:
        return {entry.filename for entry in packed.infolist()}


def test_the_same_sources_give_the_same_bytes(zips: dict[str, Path], architecture: str, tmp_path: Path) -> None:
    assert build(PACKAGES[2], architecture, tmp_path).read_bytes() == zips["worker"].read_bytes()


def test_the_collector_is_at_most_30_mb_and_says_what_is_in_it(zips: dict[str, Path]) -> None:
    assert zips["collector"].stat().st_size <= 30_000_000
    said: list[str] = []
    report(zips["collector"], said.append)
    assert said[0].startswith("collector.zip: ")
    assert "pydantic_core" in said[0]


@pytest.mark.parametrize(
    ("name", "absent"),
    [
        ("collector", {"fastapi", "duckdb", "uvicorn", "typer"}),
        ("reader", {"ua_parser_rs", "crawleruseragents", "iptocc", "duckdb", "uvicorn"}),
        ("worker", {"fastapi", "mangum", "starlette", "ua_parser_rs", "duckdb"}),
    ],
)
def test_nothing_is_carried_that_is_not_used(zips: dict[str, Path], name: str, absent: set[str]) -> None:
    tops = {each.partition("/")[0] for each in names(zips[name])}
    assert {"liveinsight", "pydantic", "boto3"} <= tops
    assert not absent & tops


def test_readers_have_the_pages_that_need_a_login_and_static_files_stay_out(zips: dict[str, Path]) -> None:
    pages = {each for each in names(zips["reader"]) if each.startswith("liveinsight/web/")}
    assert pages == {"liveinsight/web/login.html", "liveinsight/web/dashboard/index.html"}
    assert not [each for each in names(zips["collector"]) if each.startswith("liveinsight/web/")]


def test_every_module_is_compiled_and_none_knows_where_it_was_built(zips: dict[str, Path]) -> None:
    with zipfile.ZipFile(zips["worker"]) as packed:
        compiled = [each for each in packed.namelist() if each.endswith(".pyc") and each.startswith("liveinsight/")]
        sources = [each for each in packed.namelist() if each.endswith(".py") and each.startswith("liveinsight/")]
        assert len(compiled) == len(sources) > 50
        for name in compiled:
            content = packed.read(name)
            assert content[4] & 0b11 == 0b01, "it would be compared with a file's time"
            assert b"/var/task/liveinsight/" in content
