"""Build the zips of the Lambda functions: `make package`. The same sources and pins give the same bytes.

Compiled modules are in them, since a function cannot write its own: so a zip is for the Python that built it, and the
template's Runtime has to be that one. Of botocore's descriptions of all AWS services, only DynamoDB's are in.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "dist" / "lambda"
SOURCE = ROOT / "src" / "liveinsight"
RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
ARCHITECTURES = {"arm64": "aarch64", "x86_64": "x86_64"}  # as Lambda calls it, as wheels do

_CORE = ("pydantic", "tzdata", "boto3")
_CELLS = ("datasketches",)
_LISTS = ("ua-parser", "ua-parser-rs", "ua-parser-builtins", "crawler-user-agents", "iptocc", "maxminddb")
_PAGES = ("web/login.html", "web/dashboard/index.html")
# Other homes of the code, and what belongs to them.
_ELSEWHERE = ("asgi.py", "cli", "django", "seed", "server", "store/duckdb", "web")
FIRST_PYTHON = (3, 12)  # from here on, Lambda runs on Amazon Linux 2023, which has glibc 2.34
LAST_PYTHON = (3, 13)  # the last that datasketches is built for
_NEWEST_GLIBC = 34
_LIMIT = 30_000_000
_EPOCH = (1980, 1, 1, 0, 0, 0)
_SHOWN = 8


class Package(NamedTuple):
    """A zip: what it needs, what of ours is left out, which pages are in."""

    name: str
    requirements: tuple[str, ...]
    without: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()


PACKAGES = (
    Package("collector", (*_CORE, *_LISTS, "mangum", "starlette")),
    Package("reader", (*_CORE, *_CELLS, "mangum", "fastapi"), pages=_PAGES),
    Package("worker", (*_CORE, *_CELLS), without=("handlers",)),
)


def unfit(version: tuple[int, int]) -> str | None:
    """Why nothing can be deployed that this Python builds, and what to do; None if it can."""
    if version < FIRST_PYTHON:
        why = "runs on a Linux that is too old for numpy: such zips do for trying out, not for AWS"
    elif version > LAST_PYTHON:
        why = "has no package of datasketches yet"
    else:
        return None
    name = ".".join(map(str, version))
    return f"Lambda's Python {name} {why}. Have 3.12 or 3.13 build the zips: make clean setup PYTHON=python3.13"


def build(package: Package, architecture: str, out: Path = OUT) -> Path:
    """Make the zip; gives its path."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        _install(package.requirements, architecture, tree)
        _trim(tree)
        _copy_ours(package, tree)
        _compile(tree)
        return _zip(tree, out / f"{package.name}.zip")


def _install(requirements: Iterable[str], architecture: str, tree: Path) -> None:
    machine = ARCHITECTURES[architecture]
    tags = [f"manylinux_2_{minor}_{machine}" for minor in range(_NEWEST_GLIBC, 4, -1)]
    tags += [f"manylinux2014_{machine}", f"manylinux2010_{machine}"]
    command = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-compile"]
    command += ["--target", str(tree), "--only-binary=:all:", "--implementation", "cp"]
    command += ["--python-version", RUNTIME.removeprefix("python"), "-c", str(ROOT / "constraints.txt")]
    for tag in tags:
        command += ["--platform", tag]
    if subprocess.run([*command, *requirements], check=False).returncode:
        sys.exit("The packages of the functions could not be installed: see pip's message above.")


def _trim(tree: Path) -> None:
    """Leave out what no function reads."""
    shutil.rmtree(tree / "bin", ignore_errors=True)
    services = tree / "botocore" / "data"
    for folder in services.iterdir():
        if folder.is_dir() and folder.name != "dynamodb":
            shutil.rmtree(folder)
    for folder in (*tree.glob("boto3/data"), *tree.glob("boto3/examples"), *tree.rglob("tests"), *tree.rglob("test")):
        shutil.rmtree(folder, ignore_errors=True)
    for name in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json"):  # about this installation, not the package
        for file in tree.glob(f"*.dist-info/{name}"):
            file.unlink()
    for file in tree.rglob("*.pyi"):
        file.unlink()


def _copy_ours(package: Package, tree: Path) -> None:
    left_out = {SOURCE / each for each in (*_ELSEWHERE, *package.without)}

    def ignored(folder: str, names: list[str]) -> list[str]:
        return [name for name in names if name == "__pycache__" or Path(folder, name) in left_out]

    shutil.copytree(SOURCE, tree / "liveinsight", ignore=ignored)
    for page in package.pages:
        to = tree / "liveinsight" / page
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(SOURCE / page, to)


def _compile(tree: Path) -> None:
    """Compiled modules that are used as they are, under the path that they have in the function."""
    command = [sys.executable, "-m", "compileall", "-qq", "--invalidation-mode", "unchecked-hash"]
    command += ["-s", str(tree), "-p", "/var/task", "-j", "1", str(tree)]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": "0"})


def _zip(tree: Path, to: Path) -> Path:
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for file in sorted(path for path in tree.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(file.relative_to(tree).as_posix(), _EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, file.read_bytes())
    return to


def contents(path: Path) -> list[tuple[str, int]]:
    """What a zip holds: compressed bytes by package, the largest first."""
    sizes: dict[str, int] = {}
    with zipfile.ZipFile(path) as packed:
        for entry in packed.infolist():
            name = entry.filename.partition("/")[0]
            sizes[name] = sizes.get(name, 0) + entry.compress_size
    return sorted(sizes.items(), key=lambda each: -each[1])


def report(path: Path, say: Callable[[str], None] = print) -> None:
    """Say what is in a zip, and how large that is."""
    held = contents(path)
    largest = ", ".join(f"{name} {size / 1e6:.1f}" for name, size in held[:_SHOWN])
    rest = sum(size for _, size in held[_SHOWN:])
    say(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB, of which {largest}, all else {rest / 1e6:.1f}")


def build_all(architecture: str) -> None:
    """Build all, and say what is in them."""
    for package in PACKAGES:
        path = build(package, architecture)
        report(path)
        if path.stat().st_size > _LIMIT:
            sys.exit(f"{path.name} is larger than {_LIMIT / 1e6:.0f} MB: a function that large starts slowly.")


def main() -> None:
    """Build all for the processor that is asked for."""
    parser = argparse.ArgumentParser(description="Build the zips of the Lambda functions.")
    parser.add_argument("--arch", choices=ARCHITECTURES, default="arm64", help="processor of the functions")
    architecture = parser.parse_args().arch
    if sentence := unfit(sys.version_info[:2]):
        print(sentence, file=sys.stderr)
    build_all(architecture)
    print(f"For Lambda's {RUNTIME} on {architecture}, in {OUT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
