"""Time zones for servers of tests that are about days."""

from __future__ import annotations

from datetime import UTC, datetime


def zone_at_noon() -> str:
    """A time zone where it is noon: no midnight comes while the tests of a module run."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"
