"""`python -m liveinsight.cli`."""

from __future__ import annotations

from liveinsight.cli import main

main()
