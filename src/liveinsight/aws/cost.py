"""What a month on AWS costs: units that were measured, times list prices of a day.

`python -m benchmarks dynamodb` measures what the tables charge for an event, by how many are folded together, and for a
report. What is assumed says so. Nothing here asks AWS for anything, and free tiers that end are left out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

PRICES_OF = "November 2026, us-east-1, on demand, arm64, without taxes"
_DAYS, _HOURS = 30, 30 * 24  # a month
_SECONDS = _HOURS * 3600


class Prices(NamedTuple):
    """Dollars. See PRICES_OF."""

    write_units: float = 0.625  # a million
    read_units: float = 0.125  # a million
    stored_gb: float = 0.25  # a month
    backup_gb: float = 0.20  # a month, of point-in-time recovery
    requests: float = 0.20  # Lambda, a million
    gb_seconds: float = 0.0000133334  # Lambda, arm64
    front_requests: float = 1.00  # CloudFront, a million by HTTPS
    front_gb: float = 0.085  # CloudFront, sent to browsers
    logs_gb: float = 0.50  # CloudWatch, taken in
    metric: float = 0.30  # CloudWatch, a month each
    alarm: float = 0.10  # CloudWatch, a month each


class Free(NamedTuple):
    """What an account has each month without an end."""

    requests: int = 1_000_000
    gb_seconds: int = 400_000
    front_requests: int = 10_000_000
    front_gb: int = 1024
    stored_gb: int = 25
    logs_gb: int = 5
    metrics: int = 10
    alarms: int = 10


class Folded(NamedTuple):
    """Units an event costs the tables, in and out of the aggregator, when so many are folded together."""

    at_once: int
    write_units: float
    read_units: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """What an event, a request and a look at the dashboard take. Change it when the benchmarks say so."""

    # Measured, November 2026.
    folded: tuple[Folded, ...] = (Folded(1, 10.35, 3.75), Folded(50, 3.53, 0.73), Folded(1000, 1.89, 0.12))
    poll_read_units: float = 10.0
    screen_read_units: float = 400.0  # eight questions; the first of a day works sums out
    # Assumed.
    events_per_request: float = 2.0  # the tracker sends once a second what has happened
    shards: int = 4  # of the stream, each folded apart: a new table takes 4000 units a second, a partition 1000
    window_s: float = 1.0  # FoldSeconds of the template
    stored_kb: float = 0.6  # of an event, in all tables, after a day: its chain, its cells, its session
    days_kept: float = 365.0
    collect_gb_s: float = 0.010  # a warm collector: 20 ms at 0.5 GB
    fold_gb_s: float = 0.075  # a delivery, and
    fold_event_gb_s: float = 0.001  # each of its events
    log_kb: float = 0.9  # a collect request: its counts and three lines of Lambda's
    answer_kb: float = 0.6  # a collect answer with its headers
    tracker_kb: float = 2.5
    events_per_load: float = 20.0  # of the tracker, which browsers keep for an hour
    dashboards: float = 1.0  # open
    hours_a_day: float = 8.0  # ... for so long
    poll_s: float = 5.0
    poll_gb_s: float = 0.015
    poll_kb: float = 2.0
    screens_a_day: float = 50.0  # of reports
    screen_requests: float = 8.0
    screen_gb_s: float = 3.5
    metrics: int = 7
    alarms: int = 9
    maintenance_gb_s: float = 2.0  # an hour


class Line(NamedTuple):
    """Dollars a month for one thing."""

    name: str
    dollars: float


PRICES = Prices()
FREE = Free()


def month(events: float, units: Units, prices: Prices = PRICES, free: Free = FREE) -> list[Line]:
    """What a month of so many events costs, thing by thing."""
    requests = events / units.events_per_request
    polls = units.dashboards * units.hours_a_day * 3600 / units.poll_s * _DAYS
    screens = units.screens_a_day * _DAYS
    deliveries, at_once = _deliveries(events, units)
    writes, reads = _of_event(at_once, units.folded)
    invocations = requests + polls + screens * units.screen_requests + deliveries + _HOURS
    gb_seconds = (
        requests * units.collect_gb_s
        + deliveries * units.fold_gb_s
        + events * units.fold_event_gb_s
        + polls * units.poll_gb_s
        + screens * units.screen_gb_s
        + _HOURS * units.maintenance_gb_s
    )
    kept = events * units.days_kept / _DAYS * units.stored_kb / 1e6
    front = requests + events / units.events_per_load + polls + screens * units.screen_requests
    sent = (
        requests * units.answer_kb + events / units.events_per_load * units.tracker_kb + polls * units.poll_kb
    ) / 1e6
    return [
        Line("DynamoDB writes", events * writes * prices.write_units / 1e6),
        Line(
            "DynamoDB reads",
            (events * reads + polls * units.poll_read_units + screens * units.screen_read_units)
            * prices.read_units
            / 1e6,
        ),
        Line("DynamoDB storage", _beyond(kept, free.stored_gb) * prices.stored_gb + kept * prices.backup_gb),
        Line(
            "Lambda",
            _beyond(invocations, free.requests) * prices.requests / 1e6
            + _beyond(gb_seconds, free.gb_seconds) * prices.gb_seconds,
        ),
        Line(
            "CloudFront",
            _beyond(front, free.front_requests) * prices.front_requests / 1e6
            + _beyond(sent, free.front_gb) * prices.front_gb,
        ),
        Line(
            "CloudWatch",
            _beyond((requests + deliveries) * units.log_kb / 1e6, free.logs_gb) * prices.logs_gb
            + _beyond(units.metrics, free.metrics) * prices.metric
            + _beyond(units.alarms, free.alarms) * prices.alarm,
        ),
    ]


def _deliveries(events: float, units: Units) -> tuple[float, float]:
    """How often the aggregator is called, and how many events it has then: visits come by chance, so some alone.

    The events of a request have ids of their own, and so shards of their own.
    """
    reached = 1 - (1 - 1 / units.shards) ** units.events_per_request  # share of requests that a shard hears of
    requests = events / units.events_per_request * reached
    rate = requests / _SECONDS * units.window_s  # requests within a window
    windows = _SECONDS / units.window_s * units.shards
    deliveries = windows * (1 - math.exp(-rate)) if rate < 1 else windows
    return deliveries, events / deliveries if deliveries else 0.0


def _of_event(at_once: float, folded: tuple[Folded, ...]) -> tuple[float, float]:
    """Write and read units of an event, between what was measured: by the logarithm of how many go together."""
    before = folded[0]
    for after in folded:
        if at_once <= after.at_once:
            break
        before = after
    else:
        return folded[-1].write_units, folded[-1].read_units
    if after is before:
        return after.write_units, after.read_units
    share = math.log(at_once / before.at_once) / math.log(after.at_once / before.at_once)
    return (
        before.write_units + share * (after.write_units - before.write_units),
        before.read_units + share * (after.read_units - before.read_units),
    )


def _beyond(amount: float, free: float) -> float:
    return max(amount - free, 0.0)
