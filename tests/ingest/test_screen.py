"""The class of a screen."""

from __future__ import annotations

import pytest

from liveinsight.ingest.screen import screen_class


@pytest.mark.parametrize(
    ("screen", "expected"),
    [
        ("390x844", "phone"),
        ("575x1", "phone"),
        ("576x1", "tablet"),
        ("991x1", "tablet"),
        ("992x1", "laptop"),
        ("1439x900", "laptop"),
        ("1440x900", "desktop"),
        ("3840x2160", "desktop"),
        ("", ""),
        ("wide", ""),
        ("1920", ""),
        ("1920x", ""),
        ("-1x5", ""),
        ("1920x1080x2", ""),
        ("9" * 30 + "x1", ""),
    ],
)
def test_a_screen_has_a_class_by_its_width(screen: str, expected: str) -> None:
    assert screen_class(screen) == expected
