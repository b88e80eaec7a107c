"""Set up LiveInsight in an AWS account, or upgrade it: `make deploy`. docs/howto/aws.md is the whole story.

`sam` takes the zips and the template to CloudFormation; then the static files go into the bucket that it made.
"""

from __future__ import annotations

import argparse
import mimetypes
import os
import re
import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import boto3  # noqa: E402  the path comes first
from botocore.exceptions import BotoCoreError, ClientError  # noqa: E402

from liveinsight.errors import SettingError  # noqa: E402
from liveinsight.wire.files import IMMUTABLE, REVALIDATED, TRACKER, WEB  # noqa: E402
from scripts.aws_parameters import TEMPLATE, check_parameters  # noqa: E402
from scripts.aws_stack import PAGES, affordable, outputs, parameters, stack_of, trouble  # noqa: E402
from scripts.package import ARCHITECTURES, RUNTIME, build_all, unfit  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TOKEN = "LIVEINSIGHT_ADMIN_TOKEN"  # noqa: S105  the name of a variable
PROTECTION = "DeletionProtection"
STACK = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,39}")  # its longest name in CloudFront, with a region, may have 64


class Folder(NamedTuple):
    """A folder of built files, where it is below the address, and for how long browsers keep it."""

    path: str
    below: str
    headers: dict[str, str]


HASHED = (Folder("dashboard/assets", "assets", IMMUTABLE),)
FOLDERS = (*HASHED, Folder("static/js", "static/js", TRACKER), Folder("static/login", "static/login", REVALIDATED))
_COMPRESSED = (".br", ".gz")  # CloudFront compresses by itself


def sam_command(stack: str, region: str, given: dict[str, str]) -> list[str]:
    """What deploys the stack. Parameters that are not named stay as they were."""
    command = ["sam", "deploy", "--template-file", str(TEMPLATE), "--stack-name", stack, "--region", region]
    command += ["--resolve-s3", "--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset"]
    command += ["--no-fail-on-empty-changeset", "--parameter-overrides"]
    return command + [_quoted(name, value) for name, value in given.items()]


def _quoted(name: str, value: str) -> str:
    """As sam reads it: also with spaces, also empty. It knows no backslash."""
    if "\\" in value:
        sys.exit(f"{name} has a backslash, which sam does not pass on as it is: choose a value without.")
    escaped = value.replace('"', '\\"')
    return f'{name}="{escaped}"'


def upload_pages(s3: Any, bucket: str, folders: Iterable[Folder] = FOLDERS) -> int:
    """Put the static files into the bucket; gives how many. Earlier versions stay: open dashboards use them."""
    uploaded = 0
    for folder, below, headers in folders:
        for file in sorted((WEB / folder).rglob("*")):
            if not file.is_file() or file.suffix in _COMPRESSED:
                continue
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            s3.put_object(
                Bucket=bucket,
                Key=f"{below}/{file.relative_to(WEB / folder).as_posix()}",
                Body=file.read_bytes(),
                ContentType=kind,
                CacheControl=headers["Cache-Control"],
            )
            uploaded += 1
    return uploaded


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Options and parameters, in any order."""
    parser = argparse.ArgumentParser(description="Deploy LiveInsight to AWS.", epilog="Example: Sites=example.com")
    parser.add_argument("--stack", default="liveinsight", help="name of the stack, and of its tables")
    parser.add_argument("--region", default=os.environ.get("AWS_DEFAULT_REGION") or boto3.Session().region_name)
    parser.add_argument("--arch", choices=ARCHITECTURES, help="processor of the functions (as it was, at first arm64)")
    parser.add_argument("parameters", nargs="*", metavar="Name=value", help="parameters of infra/template.yaml")
    asked = parser.parse_intermixed_args(arguments)
    if not STACK.fullmatch(asked.stack):
        parser.error("a stack is called by letters, digits and hyphens, 40 at most, and the first is a letter")
    if not asked.region:
        parser.error("no region: say --region eu-central-1, or set AWS_DEFAULT_REGION")
    if wrong := [each for each in asked.parameters if "=" not in each]:
        parser.error(f"{wrong[0]} is no parameter: write Name=value")
    asked.parameters = dict(each.split("=", 1) for each in asked.parameters)
    try:
        check_parameters(asked.parameters)
    except SettingError as error:
        parser.error(str(error))
    return asked


def check_tools(version: tuple[int, int] = (sys.version_info.major, sys.version_info.minor)) -> None:
    """Leave with a sentence where nothing can be deployed from."""
    if sentence := unfit(version):
        sys.exit(sentence)
    if not shutil.which("sam"):
        sys.exit("sam is missing: install AWS's SAM CLI (pip install aws-sam-cli) and run this again.")


def new_parameters(asked: argparse.Namespace, before: dict[str, str], account: dict[str, Any]) -> dict[str, str]:
    """What the stack is given; before: what it has, empty for a new one. Says what is not as asked, and a new token."""
    given: dict[str, str] = {**asked.parameters, "Runtime": RUNTIME}
    given["Architecture"] = asked.arch or before.get("Architecture", "arm64")
    if lowered := affordable(account, before, given):
        limit = account["AccountLimit"]["ConcurrentExecutions"]
        print(
            f"Functions of this account may run {limit} at once, too few to set some apart: CollectorConcurrency"
            " and ReaderConcurrency are 0. Name them again when AWS has raised the limit (Service Quotas, Lambda)."
        )
        given |= lowered
    token = os.environ.get(TOKEN) or given.get("AdminToken")
    if not token and not before:
        token = secrets.token_urlsafe(32)
        print(f"Token      {token}   (keep it: nothing shows it again)", flush=True)
    return {**given, "AdminToken": token} if token else given


class Deployment:
    """A stack and what is put into it."""

    def __init__(self, asked: argparse.Namespace) -> None:
        self._name, self._region = asked.stack, asked.region
        self._cloudformation = boto3.client("cloudformation", region_name=asked.region)
        self._s3 = boto3.client("s3", region_name=asked.region)
        self.stack = stack_of(self._cloudformation, self._name)
        if self.stack and (sentence := trouble(self.stack, self._region)):
            sys.exit(sentence)

    def deploy(self, given: dict[str, str]) -> None:
        """Bring the stack up to date; a new one gets its protection last, so that a failure leaves nothing behind."""
        if self.stack:
            # A page of the new version never names files that are not there yet.
            upload_pages(self._s3, outputs(self.stack)[PAGES], HASHED)
            self._sam(given)
        else:
            self._sam({**given, PROTECTION: "off"})
            if given.get(PROTECTION, "on") == "on":
                print("All is there. Now its tables are protected from being deleted.", flush=True)
                self._sam({PROTECTION: "on"})

    def finish(self) -> None:
        """Upload the pages, and say where all is."""
        stack = stack_of(self._cloudformation, self._name) or {}
        told = outputs(stack)
        uploaded = upload_pages(self._s3, told[PAGES])
        print(f"{uploaded} static files are in {told[PAGES]}")
        print(f"Dashboard  {told['Dashboard']}")
        print(f"Your site  {told['Tracker']}")
        now = parameters(stack)
        if now.get("Sites") == "*":
            print("Events of any site are accepted, and paid for: Sites=example.com accepts yours alone.")
        if now.get(PROTECTION) == "off":
            print("The tables are not protected from being deleted: DeletionProtection=on does that.")

    def _sam(self, given: dict[str, str]) -> None:
        if subprocess.run(sam_command(self._name, self._region, given), check=False).returncode:
            sys.exit(f"sam did not deploy: see its message above. {self._left()}")

    def _left(self) -> str:
        stack = stack_of(self._cloudformation, self._name)
        if not stack:
            return "There is no stack."
        if sentence := trouble(stack, self._region):
            return sentence
        if self.stack:
            return f"The stack is as it was before ({stack['StackStatus']})."
        again = f"make deploy ARGS='--stack {self._name} --region {self._region} {PROTECTION}=on'"
        return f"The stack is there, but not its pages, and its tables are not protected yet. Run {again}"


def main() -> None:
    """Look at what is there, build, deploy, upload, and say where it is."""
    asked = read_arguments()
    check_tools()
    try:
        deployment = Deployment(asked)
        account = boto3.client("lambda", region_name=asked.region).get_account_settings()
        given = new_parameters(asked, parameters(deployment.stack or {}), account)
        build_all(given["Architecture"])
        deployment.deploy(given)
        deployment.finish()
    except (BotoCoreError, ClientError) as error:
        sys.exit(f"AWS did not do it: {error}. Check your credentials (aws sts get-caller-identity) and their rights.")


if __name__ == "__main__":
    main()
