"""Checks."""

from __future__ import annotations

from typing import Any


def check_settings(**_: Any) -> list[Any]:
    """None yet."""
    return []


check_installation = check_store = check_settings
