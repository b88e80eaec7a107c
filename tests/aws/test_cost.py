"""`liveinsight cost`, and the table in the documentation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from liveinsight.aws.cost import FREE, PRICES, Folded, Units, month
from liveinsight.cli.app import app

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "aws.md"
MONTHS = (10_000, 100_000, 1_000_000, 10_000_000, 100_000_000)


def total(events: float, units: Units | None = None) -> float:
    return sum(line.dollars for line in month(events, units or Units()))


def test_where_nobody_visits_and_nobody_looks_it_costs_nothing() -> None:
    assert total(0, replace(Units(), dashboards=0, screens_a_day=0)) == 0


def test_an_event_costs_what_was_measured_for_so_many_at_once() -> None:
    units = replace(Units(), folded=(Folded(1, 10, 0), Folded(100, 2, 0)), events_per_request=1, shards=1)
    second = 30 * 24 * 3600
    for at_once, writes in ((10, 6), (100, 2), (1000, 2)):
        [line, *_] = month(second * at_once, units)
        assert line.dollars == pytest.approx(second * at_once * writes * PRICES.write_units / 1e6)


def test_events_that_come_alone_are_folded_alone() -> None:
    units = replace(Units(), folded=(Folded(1, 10, 0), Folded(100, 2, 0)), events_per_request=1)
    [line, *_] = month(1000, units)
    assert line.dollars == pytest.approx(1000 * 10 * PRICES.write_units / 1e6, rel=0.01)


def test_events_that_go_to_different_shards_are_folded_apart() -> None:
    units = replace(Units(), folded=(Folded(1, 10, 0), Folded(100, 2, 0)), events_per_request=1)
    second = 30 * 24 * 3600
    [in_one, *_] = month(second * 10, replace(units, shards=1))
    [in_four, *_] = month(second * 40, replace(units, shards=4))
    assert in_four.dollars == pytest.approx(4 * in_one.dollars), "ten a second and shard, as in one"


def test_gathering_longer_costs_less() -> None:
    assert total(10_000_000, replace(Units(), window_s=30)) < 0.8 * total(10_000_000)


def test_what_is_free_each_month_is_not_charged() -> None:
    few = {line.name: line.dollars for line in month(FREE.requests / 4, Units())}
    assert (few["CloudFront"], few["CloudWatch"]) == (0, 0)
    many = {line.name: line.dollars for line in month(1e9, Units())}
    assert many["CloudFront"] > 300


def test_the_command_prints_every_thing_and_their_sum() -> None:
    done = CliRunner().invoke(app, ["cost", "--events-per-month", "1000000"])
    assert done.exit_code == 0, done.output
    rows = {line.rsplit(None, 1)[0]: line.rsplit(None, 1)[1] for line in done.output.splitlines()[:7]}
    assert rows == {
        **{each.name: f"{each.dollars:,.2f}" for each in month(1e6, Units())},
        "total": f"{total(1e6):,.2f}",
    }


def test_the_page_has_what_the_command_prints() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    for events in MONTHS:
        row = [cell.strip() for cell in next(line for line in lines if line.startswith(f"| {events:,} |")).split("|")]
        found = [each.dollars for each in month(events, Units())]
        assert row[2:-1] == [f"{dollars:,.2f}" for dollars in (*found, sum(found))]
