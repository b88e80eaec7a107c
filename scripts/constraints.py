"""Write constraints.txt: the newest version of every package of `.[dev]`. Run it as `make constraints`.

Only names and versions are written, for the platform it runs on: no addresses, no hashes.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER = "# Versions that `make setup` installs. Made by `make constraints`; do not edit.\n"


def resolve() -> dict[str, str]:
    """Names and versions that pip would install into an empty environment."""
    command = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--dry-run"]
    command += ["--ignore-installed", "--report", "-", "-e", ".[dev]"]
    report = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout)
    found = (package["metadata"] for package in report["install"])
    return {package["name"].lower().replace("_", "-"): package["version"] for package in found}


if __name__ == "__main__":
    versions = resolve()
    del versions["liveinsight"]
    lines = [f"{name}=={version}\n" for name, version in sorted(versions.items())]
    (ROOT / "constraints.txt").write_text(HEADER + "".join(lines))
    print(f"constraints.txt: {len(lines)} packages")
