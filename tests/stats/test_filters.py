"""Patterns, in which only `*` is special."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveinsight.stats.filters import leaves, matches
from tests.factories import did, either, every, saw, where, without


@pytest.mark.parametrize(
    ("pattern", "value", "is_match"),
    [
        ("", "", True),
        ("", "a", False),
        ("*", "", True),
        ("*", "anything\nat all", True),
        ("**", "", True),
        ("/blog/*", "/blog/", True),
        ("/blog/*", "/blog", False),
        ("*.pdf", "/a.pdf", True),
        ("*.pdf", "/apdf", False),
        ("*.pdf", "/a.pdf?", False),
        ("/*/edit", "/a/b/edit", True),
        ("/*/edit", "/edit", False),
        ("a*a", "a", False),
        ("a*a", "aa", True),
        ("ab*ba", "aba", False),
        ("*a*b*", "ba", False),
        ("*a*b*", "xaxbx", True),
        ("*aab", "aaab", True),
        ("*ab*ab", "abab", True),
        ("*ab*ab", "ab", False),
        ("a?c", "abc", False),
        ("[ab]", "a", False),
        (r"\*", r"\anything", True),
        ("%", "x", False),
        ("é", "e\u0301", False),
    ],
)
def test_a_pattern_is_about_the_whole_value(pattern: str, value: str, is_match: bool) -> None:
    assert matches(pattern, value) == is_match


@given(st.text("ab*", max_size=6), st.text("ab*", max_size=8))
def test_any_pattern_means_the_same_as_trying_every_way(pattern: str, value: str) -> None:
    assert matches(pattern, value) == tried(pattern, value)


def tried(pattern: str, value: str) -> bool:
    if not pattern:
        return not value
    if pattern[0] == "*":
        return any(tried(pattern[1:], value[cut:]) for cut in range(len(value) + 1))
    return value[:1] == pattern[0] and tried(pattern[1:], value[1:])


def test_conditions_know_what_they_compare() -> None:
    home, cart, plan = saw("/"), saw("/cart"), where("prop:plan", "is_not", "pro", "")
    assert leaves((home, without(either(cart, did(every(plan, home)))))) == [home, cart, plan, home]
