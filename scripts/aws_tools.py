"""Install what the tests of the AWS template need: an emulator of AWS (ministack), the SAM transform, cfn-lint.

They go into an environment of their own below .venv: the emulator needs another botocore than we do.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PINS = ROOT / "scripts" / "aws_tools.txt"
HOME = ROOT / ".venv" / "aws-tools"


def tool(name: str) -> Path:
    """Path of a command of theirs."""
    return HOME / ("Scripts" if sys.platform == "win32" else "bin") / name


def main() -> None:
    """Do nothing when they are there."""
    done = HOME / "installed"
    if done.is_file() and done.read_bytes() == PINS.read_bytes():
        return
    print("Installing ministack and cfn-lint for the tests of the AWS template (a minute)")
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(HOME)], check=True)
    command = [str(tool("python")), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "-r", str(PINS)]
    if subprocess.run(command, check=False).returncode:
        sys.exit("The tools could not be installed: see pip's message above.")
    done.write_bytes(PINS.read_bytes())


if __name__ == "__main__":
    main()
