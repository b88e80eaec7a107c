"""Filters: conditions on an event and its session, joined by and, or, not, and "did so in the same session".

A condition is asked of one event at a time. A session-level dimension has the value of the event's session.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from liveinsight.errors import InvalidInput
from liveinsight.stats.vocabulary import DIMENSIONS, TIME, check_name, dimension_scope
from liveinsight.stats.words import OPERATOR_WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

OPERATORS = tuple(each.name for each in OPERATOR_WORDS)
ANYTHING = "*"  # in a pattern of `matches`: any characters, or none

MAX_FILTERS = 20
MAX_FILTER_VALUES = 100
_DEEPEST = 6
_MOST_ANYTHING = 10
_FILTERABLE = tuple(name for name, dimension in DIMENSIONS.items() if dimension.scope != TIME)


class Filter(NamedTuple):
    """`dimension` compared with `values`: is, contains, starts_with, matches (any of them), is_not (none of them).

    Comparison is exact, by code point. A pattern of `matches` is about the whole value, and only `*` is special in it.
    """

    dimension: str
    operator: str
    values: tuple[str, ...]

    def holds(self, value: str) -> bool:
        """Whether a value of the dimension passes."""
        if self.operator == "is":
            return value in self.values
        if self.operator == "is_not":
            return value not in self.values
        if self.operator == "contains":
            return any(each in value for each in self.values)
        if self.operator == "matches":
            return any(matches(each, value) for each in self.values)
        return any(value.startswith(each) for each in self.values)


# No named tuples, which would be equal when what they join is: a question is told from another by comparing them.
@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of the conditions holds."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the conditions holds."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class Did:
    """The same session has an event, at any time, for which the condition holds."""

    condition: Condition


Condition = Filter | AllOf | AnyOf | Not | Did


def matches(pattern: str, value: str) -> bool:
    """Whether a whole value is of a pattern. Takes time in proportion to the lengths, whoever wrote the pattern."""
    first, *others = pattern.split(ANYTHING)
    if not others:
        return value == pattern
    *middle, last = others
    if not value.startswith(first):
        return False
    at = len(first)
    for piece in middle:
        found = value.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return len(value) - len(last) >= at and value.endswith(last)


def leaves(conditions: Iterable[Condition]) -> list[Filter]:
    """The comparisons in conditions."""
    found: list[Filter] = []
    for each in conditions:
        if isinstance(each, Filter):
            found.append(each)
        else:
            found += leaves(inside(each))
    return found


def inside(condition: AllOf | AnyOf | Not | Did) -> tuple[Condition, ...]:
    """The conditions that it joins."""
    return (condition.condition,) if isinstance(condition, Not | Did) else condition.conditions


def hold(conditions: Iterable[Condition], leaf: Callable[[Filter | Did], bool]) -> bool:
    """Whether all conditions hold, when `leaf` says it of comparisons and of what else the session did."""
    return all(_holds(each, leaf) for each in conditions)


def _holds(condition: Condition, leaf: Callable[[Filter | Did], bool]) -> bool:
    match condition:
        case AllOf():
            return hold(condition.conditions, leaf)
        case AnyOf():
            return any(_holds(each, leaf) for each in condition.conditions)
        case Not():
            return not _holds(condition.condition, leaf)
        case _:
            return leaf(condition)


def check_filters(conditions: tuple[Condition, ...]) -> None:
    """Raises InvalidInput for names, operators or sizes that are none."""
    found = leaves(conditions)
    for each in found:
        scope = dimension_scope(each.dimension)
        if scope == TIME:
            msg = f"A filter cannot be about {each.dimension}: say when with period, or with from and to."
            raise InvalidInput(msg, code="invalid_query")
        check_name("dimension", each.dimension, _FILTERABLE, is_known=scope is not None)
        check_name("operator", each.operator, OPERATORS, is_known=each.operator in OPERATORS)
    if len(found) > MAX_FILTERS or any(not 0 < len(each.values) <= MAX_FILTER_VALUES for each in found):
        msg = f"Use at most {MAX_FILTERS} filters of 1 to {MAX_FILTER_VALUES} values each."
        raise InvalidInput(msg, code="invalid_query")
    if any(
        value.count(ANYTHING) > _MOST_ANYTHING for each in found if each.operator == "matches" for value in each.values
    ):
        msg = f"A pattern may have at most {_MOST_ANYTHING} {ANYTHING}."
        raise InvalidInput(msg, code="invalid_query")
    _check_shape(conditions, 1, in_did=False)


def _check_shape(conditions: tuple[Condition, ...], depth: int, *, in_did: bool) -> None:
    if depth > _DEEPEST:
        msg = f"Nest filters at most {_DEEPEST} deep."
        raise InvalidInput(msg, code="invalid_query")
    for each in conditions:
        if isinstance(each, Filter):
            continue
        if not inside(each):
            msg = "and, or, not and did need a filter inside."
            raise InvalidInput(msg, code="invalid_query")
        if isinstance(each, Did) and in_did:
            msg = "did cannot stand inside did: both are about the same session."
            raise InvalidInput(msg, code="invalid_query")
        _check_shape(inside(each), depth + 1, in_did=in_did or isinstance(each, Did))
