"""`make deploy` in its order, on an emulator of AWS with a program in the place of sam."""

from __future__ import annotations

import json
import sys
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from liveinsight.wire.files import WEB
from scripts import deploy
from scripts.aws_stack import outputs, parameters, stack_of
from scripts.aws_tools import ROOT
from tests.aws.stack import KEYS, Aws

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SAM = ROOT / "tests" / "aws" / "sam.py"
_names = count(1)


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    with Aws(tmp_path_factory.mktemp("aws")) as emulator:
        yield emulator


class Account:
    """Somebody's account, with a stack's name that is free."""

    def __init__(self, aws: Aws, book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.name = f"shop{next(_names)}"
        self._aws, self._book, self._monkeypatch = aws, book, monkeypatch

    def deploy(self, *arguments: str, sam_fails_at: int = 0) -> None:
        self._book.unlink(missing_ok=True)
        self._monkeypatch.setenv("SAM_FAILS_AT", str(sam_fails_at))
        self._monkeypatch.setattr(sys, "argv", ["deploy.py", "--stack", self.name, *arguments])
        deploy.main()

    def empty_bucket(self) -> None:
        s3, found = self._aws.client("s3"), stack_of(self._aws.client("cloudformation"), self.name)
        bucket = outputs(found or {})["PagesBucket"]
        for each in s3.list_objects_v2(Bucket=bucket)["Contents"]:
            s3.delete_object(Bucket=bucket, Key=each["Key"])

    @property
    def asked_of_sam(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._book.read_text().splitlines()]

    @property
    def is_protected(self) -> bool:
        found = stack_of(self._aws.client("cloudformation"), self.name)
        assert found is not None
        return parameters(found)["DeletionProtection"] == "on"


@pytest.fixture
def account(aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Account:
    sam, book = tmp_path / "sam", tmp_path / "book"
    sam.write_text(f'#!/bin/sh\nexec {sys.executable} {SAM} "$@"\n')
    sam.chmod(0o755)
    variables = {**KEYS, "AWS_ENDPOINT_URL": aws.address, "SAM_WRITES_TO": str(book), "PYTHONPATH": str(ROOT)}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.delenv(deploy.TOKEN, raising=False)
    # Zips are test_package's and test_stack's, and this Python may be one that Lambda has no numpy for.
    monkeypatch.setattr(deploy, "build_all", lambda _: None)
    monkeypatch.setattr(deploy, "unfit", lambda _: None)
    return Account(aws, book, monkeypatch)


def test_a_new_stack_is_protected_when_all_is_there(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    account.deploy("Sites=shop.example")
    first, second = (each["given"] for each in account.asked_of_sam)
    assert (first["DeletionProtection"], first["Sites"], first["Architecture"]) == ("off", "shop.example", "arm64")
    assert second == {"DeletionProtection": "on"}
    assert account.is_protected
    said = capsys.readouterr().out
    assert "https://d1.cloudfront.example/" in said
    assert "not protected" not in said
    assert f"Token      {first['AdminToken']} " in said


def test_who_wants_no_protection_has_none_and_is_told(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    account.deploy("DeletionProtection=off")
    assert len(account.asked_of_sam) == 1
    assert not account.is_protected
    assert "not protected" in capsys.readouterr().out


def test_who_pays_for_everybodys_events_is_told(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    account.deploy("Sites=*")
    assert "Events of any site are accepted" in capsys.readouterr().out
    account.deploy("Sites=shop.example")
    assert "Events of any site are accepted" not in capsys.readouterr().out


def test_an_upgrade_has_its_files_before_its_pages_name_them(account: Account) -> None:
    account.deploy("--arch", "x86_64")
    assets = {f"assets/{each.name}" for each in (WEB / "dashboard" / "assets").glob("*.js")}
    for at_first in account.asked_of_sam:
        assert not at_first["files"]
    account.empty_bucket()
    account.deploy("Sites=shop.example")
    [upgrade] = account.asked_of_sam
    assert assets <= set(upgrade["files"])
    assert not [name for name in upgrade["files"] if not name.startswith("assets/")]
    assert upgrade["given"]["Architecture"] == "x86_64"
    assert not {"AdminToken", "DeletionProtection"} & upgrade["given"].keys()
    assert account.is_protected


def test_a_failure_says_what_is_left(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="There is no stack"):
        account.deploy(sam_fails_at=1)
    assert "Token" in capsys.readouterr().out
    with pytest.raises(SystemExit, match=r"not protected yet.*DeletionProtection=on"):
        account.deploy(sam_fails_at=2)
    with pytest.raises(SystemExit, match=r"as it was before \(CREATE_COMPLETE\)"):
        account.deploy("DeletionProtection=on", sam_fails_at=1)
    assert not account.is_protected
    account.deploy("DeletionProtection=on")
    assert account.is_protected
