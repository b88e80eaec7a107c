"""Install what the tests need from the operating system: browsers, a font for Korean, Java for DynamoDB Local."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FIREFOX = ("firefox-esr", "firefox")
JAVA = ("java",)
# Names on PATH of which one is needed, Debian's packages that bring it, what to say without it.
NEEDED = (
    (BROWSERS, ("chromium", "fonts-nanum"), "The browser tests need Chromium or Chrome"),
    (FIREFOX, ("firefox-esr",), "The browser tests need Firefox"),
    (JAVA, ("default-jre-headless",), "The tests of the DynamoDB store need Java"),
)


def find_browser(names: tuple[str, ...] = BROWSERS) -> str | None:
    """Path of the first browser on PATH that the tests can drive."""
    return next(filter(None, map(shutil.which, names)), None)


def apt(*arguments: str) -> subprocess.CompletedProcess[str]:
    """One quiet apt-get call that asks no questions."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(["apt-get", "-qq", *arguments], env=environment, check=False, text=True, capture_output=True)


def install(packages: tuple[str, ...]) -> str:
    """Install with apt; the package lists are refreshed only when the first try fails. Returns apt's complaint."""
    wanted = ("install", "-y", "--no-install-recommends", *packages)
    if apt(*wanted).returncode == 0:
        return ""
    apt("update")
    return apt(*wanted).stderr.strip()


def main() -> None:
    """Install what is missing; end with one plain sentence when it cannot be had."""
    may_install = shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0
    for names, packages, need in NEEDED:
        if not find_browser(names) and may_install:
            print(f"Installing {' and '.join(packages)} for the tests")
            if complaint := install(packages):
                print(complaint, file=sys.stderr)
        if not find_browser(names):
            sys.exit(f"{need} on PATH: install it (Debian: apt-get install {packages[0]}).")


if __name__ == "__main__":
    main()
