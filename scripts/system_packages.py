"""Install what the tests need from the operating system: Chromium, Firefox, and a font that draws Korean."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FIREFOX = ("firefox-esr", "firefox")
PACKAGES = {BROWSERS: ("chromium", "fonts-nanum"), FIREFOX: ("firefox-esr",)}


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
    """Install the browsers that are missing; end with one plain sentence when one cannot be had."""
    for names, packages in PACKAGES.items():
        if not find_browser(names) and shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
            print(f"Installing {' and '.join(packages)} for the browser tests")
            if complaint := install(packages):
                print(complaint, file=sys.stderr)
    if not find_browser():
        sys.exit("The browser tests need Chromium or Chrome on PATH: install it (Debian: apt-get install chromium).")
    if not find_browser(FIREFOX):
        sys.exit("The browser tests need Firefox on PATH: install it (Debian: apt-get install firefox-esr).")


if __name__ == "__main__":
    main()
