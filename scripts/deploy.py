"""Set up LiveInsight in an AWS account, or upgrade it: `make deploy`. docs/howto/aws.md is the whole story.

`sam` takes the zips and the template to CloudFormation; then the static files go into the bucket that it made.
"""

from __future__ import annotations

import argparse
import mimetypes
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import boto3  # noqa: E402  the path comes first
from botocore.exceptions import BotoCoreError, ClientError  # noqa: E402

from liveinsight.wire.files import IMMUTABLE, REVALIDATED, TRACKER, WEB  # noqa: E402
from scripts.package import ARCHITECTURES, OUT, PACKAGES, RUNTIME  # noqa: E402

TEMPLATE = ROOT / "infra" / "template.yaml"
TOKEN = "LIVEINSIGHT_ADMIN_TOKEN"  # noqa: S105  the name of a variable
# Folder of the built files, where it is below the address, for how long browsers keep it.
_FOLDERS = (
    ("static/js", "static/js", TRACKER),
    ("static/login", "static/login", REVALIDATED),
    ("dashboard/assets", "assets", IMMUTABLE),
)
_COMPRESSED = (".br", ".gz")  # CloudFront compresses by itself


def stack_of(cloudformation: Any, name: str) -> dict[str, Any] | None:
    """The stack as CloudFormation describes it, if there is one."""
    try:
        stack: dict[str, Any] = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            return None
        raise
    return None if stack["StackStatus"] in {"REVIEW_IN_PROGRESS", "DELETE_COMPLETE"} else stack


def outputs(stack: dict[str, Any]) -> dict[str, str]:
    """What a stack tells of itself."""
    return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}


def sam_command(stack: str, region: str, parameters: dict[str, str]) -> list[str]:
    """What deploys the stack. Parameters that are not named stay as they were."""
    command = ["sam", "deploy", "--template-file", str(TEMPLATE), "--stack-name", stack, "--region", region]
    command += ["--resolve-s3", "--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset"]
    command += ["--no-fail-on-empty-changeset", "--parameter-overrides"]
    return command + [f"{name}={value}" for name, value in parameters.items()]


def upload_pages(s3: Any, bucket: str) -> int:
    """Put the static files into the bucket; gives how many. Earlier versions stay: open dashboards use them."""
    uploaded = 0
    for folder, below, headers in _FOLDERS:
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


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Deploy LiveInsight to AWS.", epilog="Example: Sites=example.com")
    parser.add_argument("--stack", default="liveinsight", help="name of the stack, and of its tables")
    parser.add_argument("--region", default=os.environ.get("AWS_DEFAULT_REGION") or boto3.Session().region_name)
    parser.add_argument("--arch", choices=ARCHITECTURES, default="arm64", help="processor that the zips are for")
    parser.add_argument("parameters", nargs="*", metavar="Name=value", help="parameters of infra/template.yaml")
    asked = parser.parse_args()
    if not asked.region:
        parser.error("no region: say --region eu-central-1, or set AWS_DEFAULT_REGION")
    if wrong := [each for each in asked.parameters if "=" not in each]:
        parser.error(f"{wrong[0]} is no parameter: write Name=value")
    return asked


def main() -> None:
    """Deploy, upload, and say where it is."""
    asked = _asked()
    if not shutil.which("sam"):
        sys.exit("sam is missing: install AWS's SAM CLI (pip install aws-sam-cli) and run this again.")
    if missing := [each.name for each in PACKAGES if not (OUT / f"{each.name}.zip").is_file()]:
        sys.exit(f"The zip of {missing[0]} is missing: run make package.")
    try:
        cloudformation = boto3.client("cloudformation", region_name=asked.region)
        is_new = stack_of(cloudformation, asked.stack) is None
    except (BotoCoreError, ClientError) as error:
        sys.exit(f"AWS cannot be asked: {error}. Check your credentials (aws sts get-caller-identity).")
    parameters = dict(each.split("=", 1) for each in asked.parameters)
    parameters |= {"Runtime": RUNTIME, "Architecture": asked.arch}
    token = os.environ.get(TOKEN) or (secrets.token_urlsafe(32) if is_new else "")
    if token:
        parameters["AdminToken"] = token
    if subprocess.run(sam_command(asked.stack, asked.region, parameters), check=False).returncode:
        sys.exit("sam did not deploy: see its message above. The stack is as it was before.")
    stack = stack_of(cloudformation, asked.stack)
    told = outputs(stack) if stack else {}
    uploaded = upload_pages(boto3.client("s3", region_name=asked.region), told["PagesBucket"])
    print(f"{uploaded} static files are in {told['PagesBucket']}")
    print(f"Dashboard  {told['Dashboard']}")
    print(f"Your site  {told['Tracker']}")
    if is_new and TOKEN not in os.environ:
        print(f"Token      {token}   (keep it: nothing shows it again)")


if __name__ == "__main__":
    main()
