"""Where the visitor is, as far as a trusted proxy says."""

from __future__ import annotations

import pytest

from tests.ingest.tracker import stored


@pytest.mark.parametrize(
    ("country", "region", "kept"),
    [
        ("KR", "서울", ("KR", "서울")),
        ("kr", "", ("KR", "")),
        ("XX", "somewhere", ("", "")),
        ("T1", "", ("", "")),
        ("Korea", "Seoul", ("", "")),
        ("", "Seoul", ("", "")),
        ("US", "x" * 100, ("US", "x" * 64)),
    ],
)
def test_a_country_is_two_letters_or_unknown(country: str, region: str, kept: tuple[str, str]) -> None:
    context = stored(request_country=country, request_region=region).context
    assert (context.country, context.region) == kept
