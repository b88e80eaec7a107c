"""Install what the tests need from the operating system: Chromium, a font for Korean, Java for DynamoDB Local."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DEBIAN_PACKAGES = ("chromium", "fonts-nanum", "default-jre-headless")


def find_browser() -> str | None:
    """Path of the first browser on PATH that the tests can drive."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def apt(*arguments: str) -> subprocess.CompletedProcess[str]:
    """One quiet apt-get call that asks no questions."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(["apt-get", "-qq", *arguments], env=environment, check=False, text=True, capture_output=True)


def install() -> str:
    """Install with apt; the package lists are refreshed only when the first try fails. Returns apt's complaint."""
    wanted = ("install", "-y", "--no-install-recommends", *DEBIAN_PACKAGES)
    if apt(*wanted).returncode == 0:
        return ""
    apt("update")
    return apt(*wanted).stderr.strip()


def main() -> None:
    """Do nothing when all is there; end with one plain sentence when it cannot be had."""
    if find_browser() and shutil.which("java"):
        return
    complaint = ""
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        print(f"Installing {', '.join(DEBIAN_PACKAGES)} for the tests")
        complaint = install()
    if complaint:
        print(complaint, file=sys.stderr)
    if not shutil.which("java"):
        sys.exit(
            "The tests of the DynamoDB store need Java: install it (Debian: apt-get install default-jre-headless)."
        )
    if not find_browser():
        sys.exit("The browser tests need Chromium or Chrome on PATH: install it (Debian: apt-get install chromium).")


if __name__ == "__main__":
    main()
