"""Once an hour: new salts, old ones destroyed, and what is older than it is to be kept."""

from __future__ import annotations

from typing import Any

from liveinsight.aws.opening import open_lambda

_analytics = open_lambda()


def handler(_event: Any, _context: Any) -> None:
    """Interrupted, it has done a part of it; the next call goes on."""
    _analytics.maintain()
