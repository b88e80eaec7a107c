"""Install Amazon's DynamoDB Local for the tests: from the npm package that carries it, without what that depends on.

It goes into .venv, so that `make clean` takes it away. It needs Java, which scripts/system_packages.py installs.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.build_web import find_node  # noqa: E402  the path comes first

PACKAGE = "amplify-dynamodb-simulator@2.9.30"
HOME = ROOT / ".venv" / "dynamodb-local"
_INSIDE = "package/emulator/"


def main() -> None:
    """Do nothing when it is there."""
    done = HOME / PACKAGE
    if done.is_file():
        return
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    archive = HOME / fetch()
    with tarfile.open(archive) as packed:
        members = [member for member in packed.getmembers() if member.name.startswith(_INSIDE)]
        for member in members:
            member.name = member.name.removeprefix(_INSIDE)
        packed.extractall(HOME, members, filter="data")
    archive.unlink()
    done.touch()


def fetch() -> str:
    """Have npm fetch and check the package's archive; gives its name."""
    node, npm = find_node()
    env = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    print(f"Fetching DynamoDB Local ({PACKAGE}, 57 MB) for the tests")
    packed = subprocess.run([*npm, "pack", "--silent", PACKAGE], cwd=HOME, env=env, check=False, capture_output=True)
    if packed.returncode:
        print(packed.stderr.decode(), file=sys.stderr)
        sys.exit(
            f"npm could not fetch {PACKAGE}: check that this machine reaches the npm registry, then run this again."
        )
    return packed.stdout.decode().split()[-1]


if __name__ == "__main__":
    main()
