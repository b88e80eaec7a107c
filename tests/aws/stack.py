"""The real template with the real zips, on an emulator of AWS that checks rights."""

from __future__ import annotations

import os
import re
import subprocess
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import boto3
import httpx

from scripts.aws_stack import outputs, stack_of
from scripts.aws_tools import ROOT, tool
from tests import waiting
from tests.aws.template import PATH

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TOKEN = "the-token-of-these-tests"
NAME = "live"
_EMULATOR = ROOT / "tests" / "aws" / "emulator.py"
_CODE = "code"
_PATIENCE_S = 120.0
_TIMEOUT = re.compile(r"\bTimeout: \d+")  # of a function: meant for Lambda's machines, and this one may be busy
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "eu-central-1"}


def until(check: Callable[[], Any], what: str) -> Any:
    """The first true answer of a check."""
    return waiting.until(check, what, _PATIENCE_S)


class Aws:
    """An emulator on a free port, for as long as the context lasts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = waiting.free_port()
        self.address = f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        env = {**os.environ, **KEYS, "GATEWAY_PORT": str(self._port), "BIND_HOST": "127.0.0.1", "AUTH": "true"}
        env["TMPDIR"] = str(self._folder)  # it leaves the functions' folders behind
        self._log = (self._folder / "emulator.log").open("w")
        self._process = subprocess.Popen([tool("python"), _EMULATOR], env=env, stdout=self._log, stderr=self._log)
        try:
            until(self._answers, "the emulator starts")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(waiting.PATIENCE_S)
        except subprocess.TimeoutExpired:  # it is not what is tested
            self._process.kill()
            self._process.wait()
        self._log.close()

    def _answers(self) -> bool:
        assert self._process.poll() is None, (self._folder / "emulator.log").read_text()
        try:
            httpx.get(self.address, timeout=10)
        except httpx.HTTPError:
            return False
        return True

    def client(self, service: str) -> Any:
        session = boto3.Session(KEYS["AWS_ACCESS_KEY_ID"], KEYS["AWS_SECRET_ACCESS_KEY"], region_name="eu-central-1")
        return session.client(service, endpoint_url=self.address)

    def visit(self, url: str, **headers: str) -> httpx.Client:
        """A client of an address on AWS, which the emulator knows by its name."""
        host = url.split("/")[2]
        return httpx.Client(base_url=self.address, headers={"Host": host, **headers}, timeout=_PATIENCE_S)


class Stack:
    """A stack of ours."""

    def __init__(self, aws: Aws, zips: dict[str, Path], parameters: dict[str, str]) -> None:
        self._aws = aws
        self._parameters = {"AdminToken": TOKEN, "DeletionProtection": "off", **parameters}
        s3 = aws.client("s3")
        s3.create_bucket(Bucket=_CODE, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        for name, path in zips.items():
            s3.upload_file(str(path), _CODE, f"{name}.zip")

    @cached_property
    def _cloudformation(self) -> Any:
        return self._aws.client("cloudformation")

    def _arguments(self, changed: dict[str, str]) -> dict[str, Any]:
        self._parameters |= changed
        return {
            "StackName": NAME,
            # What `sam deploy` does with what it has uploaded.
            "TemplateBody": _TIMEOUT.sub(
                f"Timeout: {_PATIENCE_S:.0f}", PATH.read_text().replace("../dist/lambda/", f"s3://{_CODE}/")
            ),
            "Parameters": [{"ParameterKey": name, "ParameterValue": each} for name, each in self._parameters.items()],
            "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        }

    def create(self) -> None:
        self._cloudformation.create_stack(**self._arguments({}))
        self._wait("CREATE_COMPLETE")

    def update(self, **changed: str) -> None:
        self._cloudformation.update_stack(**self._arguments(changed))
        self._wait("UPDATE_COMPLETE")

    def delete(self) -> None:
        bucket = self.outputs["PagesBucket"]
        s3 = self._aws.client("s3")
        for each in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
            s3.delete_object(Bucket=bucket, Key=each["Key"])
        self._cloudformation.delete_stack(StackName=NAME)
        until(lambda: stack_of(self._cloudformation, NAME) is None, "the stack is deleted")

    def _wait(self, status: str) -> None:
        def settled() -> str:
            found = self._described["StackStatus"]
            return "" if found.endswith("IN_PROGRESS") else str(found)

        found = until(settled, f"the stack is {status}")
        assert found == status, self._cloudformation.describe_stack_events(StackName=NAME)["StackEvents"]

    @property
    def _described(self) -> dict[str, Any]:
        described = stack_of(self._cloudformation, NAME)
        assert described is not None
        return described

    @property
    def outputs(self) -> dict[str, str]:
        return outputs(self._described)

    def tracker(self, viewer: str, country: str = "") -> httpx.Client:
        """A browser's way to the collector: what CloudFront would add is added here."""
        proof = self._described["StackId"].split("/")[2]
        more = {"CloudFront-Viewer-Country": country} if country else {}
        headers = {"X-LiveInsight-Front": proof, "CloudFront-Viewer-Address": f"{viewer}:50000", **more}
        return self._aws.visit(self.outputs["CollectorAddress"], **headers)

    def reader(self, function: str = "Stats") -> httpx.Client:
        return self._aws.visit(self.outputs[f"{function}Address"], Authorization=f"Bearer {TOKEN}")

    def front(self) -> httpx.Client:
        """CloudFront, which the emulator serves files with; as if by HTTPS."""
        return self._aws.visit(self.outputs["Dashboard"], **{"X-Forwarded-Proto": "https"})

    def log(self, function: str) -> list[str]:
        """Every line that a function has written."""
        found = self._aws.client("logs").filter_log_events(logGroupName=f"/liveinsight/{NAME}/{function}")["events"]
        return [event["message"].rstrip("\n") for event in found]
