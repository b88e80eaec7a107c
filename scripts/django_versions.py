"""Run the tests of the Django front end under other versions of Django than the one in .venv.

    .venv/bin/python scripts/django_versions.py             the oldest and the newest that are supported
    .venv/bin/python scripts/django_versions.py 5.1 6.0     these

Each version has an environment of its own below .venv, made when it is first asked for.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST, NEWEST = "4.2", "6.1"
TESTS = ("tests/django_site", "tests/http", "-k", "django and not servers", "-q")
NEEDED = (".[aws,django,server]", "drf-spectacular", "httpx", "hypothesis", "pytest")
_PYTHON_OF_6 = (3, 12)  # Django 6 runs on nothing older


def main(wanted: list[str]) -> int:
    """Test under each version; gives how many failed."""
    return sum(_fails(each) for each in wanted or [OLDEST, NEWEST])


def _fails(django: str) -> bool:
    if version("django").startswith(f"{django}."):
        print(f"Django {django}: it is the one in .venv, which all other tests run under", flush=True)
        return False
    python = _environment(django)
    if python is None:
        print(f"Django {django} needs Python {_dotted(_PYTHON_OF_6)}, which is not on this machine: not tested")
        return False
    print(f"Django {django}", flush=True)
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run([python, "-m", "pytest", *TESTS], cwd=ROOT, env=kept, check=False).returncode != 0


def _environment(django: str) -> Path | None:
    """The interpreter of the version's environment; None where there is no Python that it runs on."""
    found = _python_for(django)
    if found is None:
        return None
    folder = Path(sys.prefix) / f"django-{django}"
    python = folder / "bin" / "python"
    done = folder / "installed"
    if not done.exists() or done.stat().st_mtime < (ROOT / "constraints.txt").stat().st_mtime:
        print(f"Django {django}: making its environment (a minute or two the first time)", flush=True)
        subprocess.run([found, "-m", "venv", "--clear", folder], check=True)
        constraints = folder / "constraints.txt"
        # REST framework's newest does not run on every Django that we do: pip finds the newest that does.
        pins = re.sub(r"(?m)^djangorestframework==.*\n", "", (ROOT / "constraints.txt").read_text())
        constraints.write_text(re.sub(r"(?m)^django==.*\n", f"django~={django}.0\n", pins))
        install: list[str | Path] = [
            python,
            "-m",
            "pip",
            "install",
            "-qq",
            "--disable-pip-version-check",
            "-c",
            constraints,
        ]
        subprocess.run([*install, "-e", *NEEDED], cwd=ROOT, check=True)
        _share_dynamodb_local(folder)
        done.touch()
    return python


def _python_for(django: str) -> str | None:
    if int(django.partition(".")[0]) < 6 or sys.version_info >= _PYTHON_OF_6:  # noqa: PLR2004  the release
        return sys.executable
    names = [f"python3.{minor}" for minor in range(20, _PYTHON_OF_6[1] - 1, -1)]
    pyenv = sorted(Path.home().glob(".pyenv/versions/3.*/bin/python"), key=_minor, reverse=True)
    candidates = [*filter(None, map(shutil.which, names)), *map(str, pyenv)]
    return next((each for each in candidates if _is_new_enough(each)), None)


def _minor(path: Path) -> int:
    found = re.match(r"3\.(\d+)", path.parent.parent.name)
    return int(found[1]) if found else 0


def _is_new_enough(python: str) -> bool:
    program = f"import sys; sys.exit(sys.version_info < {_PYTHON_OF_6})"
    return subprocess.run([python, "-c", program], check=False, stderr=subprocess.DEVNULL).returncode == 0


def _share_dynamodb_local(folder: Path) -> None:
    shared = Path(sys.prefix) / "dynamodb-local"
    if shared.is_dir() and not (folder / shared.name).exists():
        (folder / shared.name).symlink_to(shared)


def _dotted(numbers: tuple[int, ...]) -> str:
    return ".".join(map(str, numbers))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
