"""Conditions and dimensions as expressions over `Facts.events`."""

from __future__ import annotations

import re
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING

import polars as pl

from liveinsight.stats.filters import AllOf, AnyOf, Did, Filter, Not

if TYPE_CHECKING:
    from collections.abc import Iterable

    from liveinsight.stats.filters import Condition
    from liveinsight.stats.period import Period

EVERY = {"minute": "1m", "hour": "1h", "day": "1d", "week": "1w", "month": "1mo"}
OF_EVENT = {"page", "page_title", "event_type", "conversion_type", "currency", "element"}


def all_hold(conditions: Iterable[Condition]) -> pl.Expr:
    """Whether all conditions hold."""
    return reduce(and_, map(_holds, conditions), pl.lit(value=True))


def within(period: Period, time: str = "timestamp") -> pl.Expr:
    """Whether a time lies in a period."""
    return (pl.col(time) >= period.start) & (pl.col(time) < period.end)


def part_of(time: str, interval: str, timezone: str) -> pl.Expr:
    """The start of the part of the calendar that holds a time, ms."""
    local = pl.from_epoch(time, "ms").dt.replace_time_zone("UTC").dt.convert_time_zone(timezone)
    return local.dt.truncate(EVERY[interval]).dt.epoch("ms")


def _holds(condition: Condition) -> pl.Expr:
    match condition:
        case AllOf(conditions):
            return all_hold(conditions)
        case AnyOf(conditions):
            return reduce(or_, map(_holds, conditions))
        case Not(inner):
            return ~_holds(inner)
        case Did(inner):
            return _holds(inner).any().over("session")
        case Filter():
            return _compared(condition)


def _compared(condition: Filter) -> pl.Expr:
    column, values = pl.col(condition.dimension), condition.values
    match condition.operator:
        case "is":
            return column.is_in(values)
        case "is_not":
            return ~column.is_in(values)
        case "contains":
            return pl.any_horizontal(column.str.contains(value, literal=True) for value in values)
        case "starts_with":
            return pl.any_horizontal(column.str.starts_with(value) for value in values)
    patterns = "|".join(re.escape(value).replace(r"\*", ".*") for value in values)
    return column.str.contains(f"(?s)^({patterns})$")
