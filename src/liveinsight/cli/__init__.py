"""The command line. Each command loads what it needs when it runs, so that --help is quick."""

from __future__ import annotations

import sys

from liveinsight.cli.app import app
from liveinsight.errors import LiveInsightError


def main() -> None:
    """The console entry. What goes wrong on purpose is one sentence on stderr and status 1, never a traceback."""
    try:
        app()
    except LiveInsightError as error:
        sys.exit(f"liveinsight: {error.message}")
    except Exception as error:
        from liveinsight.bootstrap import refusal

        if said := refusal(error):
            sys.exit(f"liveinsight: {said}")
        raise
